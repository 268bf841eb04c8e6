import type { NodeAPI } from 'node-red';
import type { MispClient } from '../../src/misp/client';
import { namesOf } from '../../src/misp/picker-names';
import type { PickerSource } from '../../src/misp/picker-sources';
import { PICKER_SOURCES, searchPicker } from '../../src/misp/pickers';
import type { ServerNode } from '../config/misp-server';
import type { Answer, PickerAnswer, QueryOf } from './api';
import { textField } from './body';
import { serve } from './route';

type PickerRoute = 'GET /pickers/:source' | 'GET /pickers/:source/chosen';
type Query<R extends PickerRoute> = Partial<Record<keyof QueryOf<R>, unknown>>;

/** The routes behind the live pickers in the forms: what fits a text, and the names of what was chosen. */
export function servePickers(RED: NodeAPI): void {
  servePicker(RED, 'GET /pickers/:source', (client, source, { search }) =>
    searchPicker(client, source, textField(search)),
  );
  servePicker(RED, 'GET /pickers/:source/chosen', (client, source, { value }) =>
    namesOf(client, source, [value].flat().map(textField)),
  );
}

function servePicker<R extends PickerRoute>(
  RED: NodeAPI,
  route: R,
  ask: (client: MispClient, source: PickerSource, query: Query<R>) => Promise<PickerAnswer>,
): void {
  serve<PickerRoute>(RED, route, { permission: 'misp.read' }, ({ params, query }): Asking => {
    const source = PICKER_SOURCES.find((known) => known === params.source);
    if (!source) return undefined;
    const server = RED.nodes.getNode(textField(query.server)) as ServerNode | null;
    // Nodes of other packages may have a client of their own.
    if (server?.type !== 'misp-server' || !server.client) return { problem: 'notDeployed' };
    return ask(server.client, source, query as Query<R>);
  });
}

type Asking = Promise<PickerAnswer> | Answer<PickerRoute> | undefined;
