import type { NodeAPI } from 'node-red';
import { PICKER_SOURCES, searchPicker, type PickerAnswer, type PickerSource } from '../../src/misp/pickers';
import type { ServerNode } from '../config/misp-server';

/** What a picker gets: things to choose from, or why there are none. */
type Answer = PickerAnswer | { problem: string };

/** The route behind the live pickers in the forms. */
export function servePickers(RED: NodeAPI): void {
  const mayRead = RED.auth.needsPermission('misp.read');
  RED.httpAdmin.get('/misp-workflows/pickers/:source', mayRead, (request, response) => {
    const source = PICKER_SOURCES.find((known) => known === request.params.source);
    if (!source) return void response.status(404).end();
    const { server, search } = request.query;
    void answer(RED, source, textOf(server), textOf(search)).then((found) => response.json(found));
  });
}

async function answer(RED: NodeAPI, source: PickerSource, id: string, text: string): Promise<Answer> {
  const server = RED.nodes.getNode(id) as ServerNode | null;
  if (!server?.client) return { problem: 'notDeployed' };
  try {
    return await searchPicker(server.client, source, text);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function textOf(parameter: unknown): string {
  return typeof parameter === 'string' ? parameter : '';
}
