import type { FlowNode } from './node-red';

/** Credentials that the test listener asks for. */
export const credentials = { listener: { user: 'misp', password: 'secret' } };

/** A listener on a port. */
export function listener(port: number, more: object = {}): FlowNode {
  return { id: 'listener', type: 'misp-listener', host: '127.0.0.1', port, authentication: true, ...more };
}

/** A node's id in the flow: Node-RED takes a setting that equals another node's id for a reference to it. */
export const idOf = (name: string): string => `node-${name}`;

export const tab: FlowNode = { id: 'tab', type: 'tab', label: 'Test' };

/** A node in tab `tab`; `wires`, and `links` and `scope` in `more`, name other nodes. */
export function node(
  name: string,
  type: string,
  wires: string[][],
  more: Record<string, unknown> = {},
): FlowNode {
  const targets = wires.map((output) => output.map(idOf));
  const named = { ...more };
  for (const key of ['links', 'scope']) {
    if (Array.isArray(named[key])) named[key] = (named[key] as string[]).map(idOf);
  }
  return { id: idOf(name), type, z: 'tab', x: 100, y: 100, wires: targets, ...named };
}

/** A trigger, wired to the nodes named. */
export function trigger(wires: string[], more: Record<string, unknown> = {}, name = 'trigger'): FlowNode {
  return node(name, 'misp-trigger', [wires], {
    listener: 'listener',
    trigger: 'event-publish',
    module: 'test_module',
    ...more,
  });
}

/** IF tag in scope event: is the event tagged with `tag`? */
export function ifTag(name: string, tag: string, then: string[], otherwise: string[] = []): FlowNode {
  const settings = { scope: 'event', condition: 'in_or', tags: [tag], clusters: [] };
  return node(name, 'misp-if-tag', [then, otherwise], settings);
}

/** A response node that blocks with `message`. */
export function block(name = 'stop', message = 'blocked by the flow'): FlowNode {
  return node(name, 'misp-response', [], { answer: 'block', message });
}

/** A response node that allows. */
export function allow(name = 'go', answer = 'allow'): FlowNode {
  return node(name, 'misp-response', [], { answer });
}
