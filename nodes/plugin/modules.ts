import type { NodeAPI } from 'node-red';
import { workflowModules } from '../../src/misp/workflow-modules';
import { serveMisp } from './ask-misp';

/** The route behind the list of modules in the form of `misp-run-module`. */
export function serveModules(RED: NodeAPI): void {
  serveMisp(RED, '/modules', async (client) => ({ modules: await workflowModules(client) }));
}
