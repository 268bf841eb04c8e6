import { API_KEY } from '../../sandbox/misp/server';
import type { FlowNode } from '../support/node-red';

const LOGIN = { user: 'misp', password: 'secret-4711' };
/** All but `open` have what they need. */
export const SECRETS: Record<string, Record<string, string>> = {
  m: { apiKey: API_KEY },
  ...Object.fromEntries(['l', 'onTakenPort', 'refuses', 'twiceA', 'twiceB'].map((id) => [id, LOGIN])),
};

let row = 0;
const at = (column: number) => ({ x: 120 + 200 * column, y: 40 + 60 * row });
const node = (id: string, type: string, wires: string[], more: object = {}): FlowNode => ({
  ...{ id, type, z: 'first', version: 1, name: id, wires: [wires] },
  ...more,
});

/** A row of the tab: a trigger, and what stands behind it. */
function trigger(id: string, to: string[], more: object = {}): FlowNode {
  row++;
  return node(id, 'misp-trigger', to, {
    ...{ version: 2, listener: 'l', trigger: 'event-publish', module: id.toLowerCase(), goOn: 'response' },
    ...{ deadline: 0, ...at(0), ...more },
  });
}
const response = (id: string, answer = 'block'): FlowNode =>
  node(id, 'misp-response', [], { answer, message: 'no', ...at(3) });
const listener = (id: string, port: number): FlowNode => ({
  ...{ id, type: 'misp-listener', version: 1, name: '', host: '127.0.0.1', port, authentication: true },
});

/** A flow with the mistakes that the checks and the statuses are to answer. */
export function mistakes(url: string, ports: Record<string, number>): FlowNode[] {
  row = 0;
  const empty = { scope: 'event', condition: 'in_or', tags: [], clusters: [] };
  const several = {
    ...{ version: 2, language: 'path', hash_path: 'Event.Tag.{n}.name' },
    ...{ operator: 'equals', value: 'tlp:red' },
  };
  return [
    { id: 'first', type: 'tab', label: 'First' },
    { id: 'second', type: 'tab', label: 'Second' },
    { id: 'm', type: 'misp-server', version: 1, name: '', url, verify: true, timeout: 5 },
    listener('l', ports.last),
    listener('onTakenPort', ports.taken),
    listener('refuses', ports.refuses),
    listener('twiceA', ports.twice),
    listener('twiceB', ports.twice),
    listener('open', ports.twice + 1),
    trigger('onTaken', [], { listener: 'onTakenPort' }),
    trigger('unwired', [], { listener: 'refuses', module: 'gate' }),
    trigger('onOpen', [], { listener: 'open' }),
    trigger('noListener', [], { listener: '' }),
    trigger('noModule', [], { module: '' }),
    trigger('late', ['stop'], { deadline: 99 }),
    response('stop'),
    trigger('asks', ['several']),
    node('several', 'misp-if', ['stop'], { ...several, ...at(1) }),
    trigger('asksTags', ['noTags']),
    node('noTags', 'misp-if-tag', ['stop'], { ...empty, ...at(1) }),
    trigger('parts', ['beside']),
    node('beside', 'misp-concurrent', ['aside'], at(1)),
    response('aside'),
    trigger('saved', ['tooLate'], { trigger: 'event-after-save' }),
    response('tooLate'),
    trigger('sameA', [], { name: 'gate', module: 'same', goOn: 'watch' }),
    trigger('sameB', [], { name: 'gate', module: 'same', goOn: 'watch', z: 'second' }),
    response('unreached'),
  ];
}
