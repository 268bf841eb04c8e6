import type { NodeAPI } from 'node-red';
import type { ListenerNode } from '../config/misp-listener';

/** What the editor's script asks the runtime for, behind Node-RED's permissions. */
export default function register(RED: NodeAPI): void {
  RED.plugins.registerPlugin('misp-workflows', { type: 'misp-workflows' });
  const listenerOf = (id: string) => {
    const node = RED.nodes.getNode(id) as ListenerNode | null;
    return node?.type === 'misp-listener' && node.service ? node : undefined;
  };
  const gone = '/misp-workflows/listeners/:id/gone';
  RED.httpAdmin.get(gone, RED.auth.needsPermission('misp.read'), (request, response) => {
    response.json(listenerOf(request.params.id)?.goneModules() ?? []);
  });
  RED.httpAdmin.delete(`${gone}/:name`, RED.auth.needsPermission('misp.write'), (request, response) => {
    const listener = listenerOf(request.params.id);
    listener?.forgetModule(request.params.name);
    response.json(listener?.goneModules() ?? []);
  });
}
