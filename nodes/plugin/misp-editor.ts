import type { NodeAPI } from 'node-red';
import { keepServices } from '../config/listener-services';
import type { ListenerNode } from '../config/misp-listener';
import { checkDeployed } from './check-deployed';
import { serveModules } from './modules';
import { serveConnectionTest } from './test-connection';
import { serveMailServerTest } from './test-mail-server';
import { serveTestRuns } from './test-run';
import { servePickers } from './pickers';
import { serveTrials } from './try-node';
import { servePreviews } from './try-path';

/** What the editor's script asks the runtime for, behind Node-RED's permissions. */
export default function register(RED: NodeAPI): void {
  // First of all: MISP goes on as long as nobody listens.
  keepServices(RED);
  RED.plugins.registerPlugin('misp-workflows', { type: 'misp-workflows' });
  checkDeployed(RED);
  serveTestRuns(RED);
  serveTrials(RED);
  servePreviews(RED);
  servePickers(RED);
  serveModules(RED);
  serveConnectionTest(RED);
  serveMailServerTest(RED);
  const listenerOf = (id: string) => {
    const node = RED.nodes.getNode(id) as ListenerNode | null;
    return node?.type === 'misp-listener' && node.service ? node : undefined;
  };
  const mayRead = RED.auth.needsPermission('misp.read');
  const mayWrite = RED.auth.needsPermission('misp.write');

  RED.httpAdmin.get('/misp-workflows/listeners/:id/contact', mayRead, (request, response) => {
    const contact = listenerOf(request.params.id)?.service?.contact();
    if (contact) response.json(contact);
    else response.status(404).end();
  });

  const gone = '/misp-workflows/listeners/:id/gone';
  RED.httpAdmin.get(gone, mayRead, (request, response) => {
    response.json(listenerOf(request.params.id)?.goneModules() ?? []);
  });
  RED.httpAdmin.delete(`${gone}/:name`, mayWrite, (request, response) => {
    const listener = listenerOf(request.params.id);
    listener?.forgetModule(request.params.name);
    response.json(listener?.goneModules() ?? []);
  });
}
