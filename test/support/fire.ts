import http from 'node:http';
import { block, credentials, ifTag, listener, node, tab, trigger } from './flows';
import { call, event, get } from './misp';
import type { FlowNode } from './node-red';
import type { NodeRedProcess } from './node-red-process';

const red = event(['tlp:red']);
const green = event(['tlp:green']);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The demo's flow; `version` makes each deploy a different one. */
export function demo(port: number, version = 0, more: object = {}): FlowNode[] {
  return [
    { ...tab, info: String(version) },
    listener(port, more),
    trigger(['if'], { deadline: 2, name: `v${version}` }),
    ifTag('if', 'tlp:red', ['stop']),
    block(),
  ];
}

/** Answers that are right while the flows do not run. */
const HALTED = /node type is missing|flows of Node-RED are stopped/;
const missing: FlowNode = { id: 'missing', type: 'no-such-type', z: 'tab', x: 1, y: 1, wires: [] };

/** Asks every millisecond while `work` is done, and lists what went wrong. */
async function fireDuring(port: number, work: () => Promise<void>) {
  const problems: string[] = [];
  const open = new Set<Promise<void>>();
  let asked = 0;
  let blocked = 0;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });
  const ask = async (isRed: boolean) => {
    const reply = await call(
      { module: 'test_module', data: isRed ? red : green, params: {} },
      { port, agent },
    );
    const expected = isRed ? { error: 'blocked by the flow' } : { data: true };
    if (HALTED.test(reply.json.error ?? '')) blocked++;
    else if (JSON.stringify(reply.json) !== JSON.stringify(expected))
      problems.push(`${isRed}: ${reply.text}`);
  };
  const askModules = async () => {
    const reply = await get(port, '/modules', { agent });
    if (!reply.text.includes('test_module')) problems.push(`modules: ${reply.text}`);
  };
  const timer = setInterval(() => {
    if (open.size > 150) return;
    const work = (asked++ % 10 === 0 ? askModules() : ask(asked % 2 === 0))
      .catch((error: Error) => void problems.push(error.message))
      .finally(() => open.delete(work));
    open.add(work);
  }, 1);
  await work();
  clearInterval(timer);
  await Promise.all(open);
  agent.destroy();
  return { asked, blocked, problems };
}

/** Redeploys while it is asked. */
export async function fireDuringRedeploys(nodeRed: NodeRedProcess, port: number, redeploys: number) {
  const result = await fireDuring(port, async () => {
    for (let version = 1; version <= redeploys; version++) {
      await nodeRed.deploy(demo(port, version), credentials, version % 3 === 0 ? 'nodes' : 'full');
      await sleep(20);
    }
  });
  if (result.blocked > 0) result.problems.push(`${result.blocked} blocked although all flows ran`);
  return result;
}

/**
 * Redeploys of all kinds: all nodes, changed flows, changed nodes, a trigger that is replaced by a copy, a
 * listener that moves to another address, a missing type, and flows that are stopped and started.
 */
export function fireDuringAllKinds(nodeRed: NodeRedProcess, port: number, redeploys: number) {
  const host = (version: number) => ({ host: Math.floor(version / 10) % 2 ? '0.0.0.0' : '127.0.0.1' });
  const copied = (version: number) =>
    demo(port, version, host(version)).map((n) =>
      n.type === 'misp-trigger' ? { ...n, id: `copy-${version}` } : n,
    );
  return fireDuring(port, async () => {
    for (let version = 1; version <= redeploys; version++) {
      const flow = demo(port, version, host(version));
      const kind = version % 10;
      if (kind === 3) await nodeRed.deploy([...flow, missing], credentials);
      else if (kind === 6) {
        await nodeRed.setState('stop');
        await sleep(20);
        await nodeRed.setState('start');
      } else if (kind === 8) await nodeRed.deploy(copied(version), credentials, 'nodes');
      else await nodeRed.deploy(flow, credentials, ['full', 'flows', 'nodes'][version % 3]);
      await sleep(20);
    }
  });
}

/** Asks `count` times, `atOnce` at a time, and lists wrong answers. */
export async function fire(port: number, count: number, atOnce: number): Promise<string[]> {
  const problems: string[] = [];
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const isRed = next++ % 2 === 0;
      const reply = await call(
        { module: 'test_module', data: isRed ? red : green, params: {} },
        { port, agent },
      );
      const expected = isRed ? '{"error":"blocked by the flow"}' : '{"data":true}';
      if (reply.text !== expected) problems.push(reply.text);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  agent.destroy();
  return problems;
}

/** A trigger that does not block, in front of a slow node, and the demo's gate beside it. */
export function slowFlow(port: number, more: object = {}): FlowNode[] {
  return [
    ...demo(port, 0, more),
    trigger(['slow'], { trigger: 'event-after-save', module: 'accepted' }, 'second'),
    node('slow', 'delay', [['seen']], { pauseType: 'delay', timeout: '5', timeoutUnits: 'seconds' }),
    node('seen', 'function', [[]], { func: 'return null;', outputs: 1 }),
  ];
}

/** An event of about 0.4 MB, as it is sent: its attributes stand there twice. */
export function largeEvent(): object {
  const Attribute = Array.from({ length: 700 }, (_, index) => ({
    id: String(index),
    uuid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    type: 'domain',
    category: 'Network activity',
    value: `host-${index}.example.org`,
    comment: 'seen in a campaign '.repeat(4),
    to_ids: true,
    Tag: [{ name: 'tlp:amber' }],
  }));
  return event(['tlp:green'], { Attribute, _AttributeFlattened: Attribute });
}

/** Sends large events to a trigger that does not block, and tells what MISP was told. */
export async function fireAccepted(port: number, count: number, atOnce: number) {
  const body = Buffer.from(JSON.stringify({ module: 'accepted', data: largeEvent(), params: {} }));
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
  const told = { accepted: 0, refused: 0, other: [] as string[] };
  let next = 0;
  const worker = async () => {
    while (next++ < count) {
      const text = await call(body, { port, agent }).then(
        (reply) => reply.text,
        (error: Error) => error.message,
      );
      if (text === '{"data":true}') told.accepted++;
      else if (/too many open runs/.test(text)) told.refused++;
      else told.other.push(text);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  agent.destroy();
  return { ...told, megabytes: body.length / 1024 / 1024 };
}
