import { toCoreFormat } from '../../src/event/to-core';
import { node, tab } from './flows';
import { deploy, startNodeRed } from './node-red';

const MB = 1024 * 1024;
const onType = { selector: 'Event._AttributeFlattened.{n}', operator: 'equals' };

/** Ten of our nodes in a row; each lets the message pass. */
const CHAIN: [type: string, settings: object][] = [
  ['misp-if-tag', { scope: 'event_attribute', condition: 'in_or', tags: ['tlp:amber'], clusters: [] }],
  ['misp-if', { hash_path: 'Event._AttributeFlattened.{n}.type', operator: 'in', value: 'domain' }],
  ['misp-filter', { ...onType, filteringLabel: 'A', hash_path: 'type', value: 'domain' }],
  ['misp-if-count', { selector: 'Event._AttributeFlattened.{n}', operator: 'greater', value: 10 }],
  ['misp-filter-tag', { filteringLabel: 'B', scope: 'attribute', condition: 'in_or', tags: ['tlp:amber'] }],
  ['misp-if-organisation', { org_type: 'orgc', condition: 'in', org_id: ['1'] }],
  ['misp-filter-reset', { filteringLabel: 'all' }],
  ['misp-if-distribution', { scope: 'event', condition: 'equals', distribution: '1' }],
  ['misp-if-threat-level', { condition: 'equals', threatlevel: '1' }],
  ['misp-if-published', { condition: 'not_equals' }],
];

function largeEvent(count: number): unknown {
  const Attribute = Array.from({ length: count }, (_, index) => ({
    id: String(index),
    uuid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    type: index % 2 ? 'url' : 'domain',
    category: 'Network activity',
    value: `value ${index}`,
    Tag: [{ name: 'tlp:amber' }, { name: `tag:${index % 100}` }],
  }));
  const fields = { orgc_id: '1', distribution: '1', threat_level_id: '1', published: false };
  return toCoreFormat({ Event: { ...fields, Tag: [{ name: 'tlp:green' }], Attribute } });
}

function heap(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Tells what an event takes, and what more is held while it is at the end of the chain. */
async function measure(): Promise<void> {
  const arrived: object[] = [];
  const nodeRed = await startNodeRed({
    settings: { functionGlobalContext: { take: (message: object) => arrived.push(message) } },
  });
  const nodes = CHAIN.map(([type, settings], index) => {
    const next = [[index + 1 < CHAIN.length ? `n${index + 1}` : 'take']];
    return node(`n${index}`, type, next, { ...settings });
  });
  const take = node('take', 'function', [[]], { func: "global.get('take')(msg); return null;", outputs: 1 });
  await deploy(nodeRed.RED, [tab, ...nodes, take]);
  const pass = (payload: unknown) =>
    new Promise<void>((resolve) => {
      const count = arrived.length;
      nodeRed.RED.nodes.getNode('node-n0')?.receive({ payload });
      const timer = setInterval(() => {
        if (arrived.length === count) return;
        clearInterval(timer);
        resolve();
      }, 10);
    });

  await pass(largeEvent(1000)); // what is made once: caches, compiled code
  arrived.length = 0;
  const empty = heap();
  const payload = largeEvent(100_000);
  const loaded = heap();
  await pass(payload);
  const passed = heap();
  process.send?.({ event: (loaded - empty) / MB, more: (passed - loaded) / MB, arrived: arrived.length });
  await nodeRed.stop();
  process.exit();
}

void measure();
