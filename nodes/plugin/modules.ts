import type { NodeAPI } from 'node-red';
import { workflowModules } from '../../src/misp/workflow-modules';
import type { ServerNode } from '../config/misp-server';
import { serve } from './route';

/** The route behind the list of modules in the form of `misp-run-module`: those of a deployed MISP. */
export function serveModules(RED: NodeAPI): void {
  serve(RED, 'GET /modules', { permission: 'misp.read' }, async ({ query: { server: id } }) => {
    const server = typeof id === 'string' ? (RED.nodes.getNode(id) as ServerNode | null) : null;
    if (server?.type !== 'misp-server' || !server.client) return undefined;
    return { modules: await workflowModules(server.client) };
  });
}
