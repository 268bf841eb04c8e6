import type { NodeAPI } from 'node-red';
import { workflowModules, type WorkflowModule } from '../../src/misp/workflow-modules';
import type { ServerNode } from '../config/misp-server';

/** What the form of `misp-run-module` shows; `problem` says why MISP gave no list. */
export type ModulesAnswer = { modules: WorkflowModule[] } | { problem: string };

/** The route behind the list of modules: those of a deployed MISP. */
export function serveModules(RED: NodeAPI): void {
  RED.httpAdmin.get('/misp-workflows/modules', RED.auth.needsPermission('misp.read'), (request, response) => {
    const { server: id } = request.query;
    const server = typeof id === 'string' ? (RED.nodes.getNode(id) as ServerNode | null) : null;
    if (server?.type !== 'misp-server' || !server.client) return void response.status(404).end();
    workflowModules(server.client).then(
      (modules) => response.json({ modules } satisfies ModulesAnswer),
      (error) => response.json({ problem: (error as Error).message } satisfies ModulesAnswer),
    );
  });
}
