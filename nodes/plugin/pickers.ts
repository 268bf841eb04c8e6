import type { NodeAPI } from 'node-red';
import type { MispClient } from '../../src/misp/client';
import { namesOf } from '../../src/misp/picker-names';
import type { PickerSource } from '../../src/misp/picker-sources';
import { PICKER_SOURCES, searchPicker, type PickerAnswer } from '../../src/misp/pickers';
import type { ServerNode } from '../config/misp-server';

/** What a picker gets: things to choose from, or why there are none. */
type Answer = PickerAnswer | { problem: string };
type Ask = (
  client: MispClient,
  source: PickerSource,
  query: Record<string, unknown>,
) => Promise<PickerAnswer>;

/** The routes behind the live pickers in the forms: what fits a text, and the names of what was chosen. */
export function servePickers(RED: NodeAPI): void {
  serve('/misp-workflows/pickers/:source', (client, source, { search }) =>
    searchPicker(client, source, textOf(search)),
  );
  serve('/misp-workflows/pickers/:source/chosen', (client, source, { value }) =>
    namesOf(client, source, [value].flat().map(textOf)),
  );

  function serve(path: string, ask: Ask): void {
    RED.httpAdmin.get(path, RED.auth.needsPermission('misp.read'), (request, response) => {
      const source = PICKER_SOURCES.find((known) => known === request.params.source);
      if (!source) return void response.status(404).end();
      const id = textOf(request.query.server);
      void answer(RED, id, (client) => ask(client, source, request.query)).then((found) =>
        response.json(found),
      );
    });
  }
}

async function answer(
  RED: NodeAPI,
  id: string,
  ask: (client: MispClient) => Promise<PickerAnswer>,
): Promise<Answer> {
  const server = RED.nodes.getNode(id) as ServerNode | null;
  // Nodes of other packages may have a client of their own.
  if (server?.type !== 'misp-server' || !server.client) return { problem: 'notDeployed' };
  try {
    return await ask(server.client);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function textOf(parameter: unknown): string {
  return typeof parameter === 'string' ? parameter : '';
}
