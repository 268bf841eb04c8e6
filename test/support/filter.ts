import { strict as assert } from 'node:assert';
import { credentials, listener, node, tab, trigger } from './flows';
import { freePort, listening, query } from './misp';
import { deploy, startNodeRed } from './node-red';
import { until } from './until';

interface Attribute {
  uuid: string;
  value: string;
  comment?: string;
}
export interface Payload {
  Event: { Attribute: Attribute[]; _AttributeFlattened: Attribute[] };
}

const attribute = (uuid: string, type: string, tag: string, timestamp: number) => ({
  uuid,
  type,
  value: `value of ${uuid}`,
  timestamp: String(Math.round(timestamp / 1000)),
  Tag: [{ name: tag }],
  _allTags: [{ name: tag }],
});

/** An event with three attributes: a (ip-dst, tlp:red), b (domain, tlp:green), c (ip-dst, old). */
export function threeAttributes(): Payload {
  const day = 86400000;
  const list = [
    attribute('a', 'ip-dst', 'tlp:red', Date.now() - day),
    attribute('b', 'domain', 'tlp:green', Date.now() - day),
    attribute('c', 'ip-dst', 'x', Date.now() - 100 * day),
  ];
  return { Event: { Attribute: list, _AttributeFlattened: list } };
}

export type FilterStep = [type: string, settings: Record<string, unknown>];
export interface FilterCase {
  name: string;
  /** Nodes one after the other; an empty type stands for an edit of every attribute that is left. */
  steps: FilterStep[];
  /** The attributes left at the end. */
  left: string[];
  check?: (payload: Payload) => void;
}

/** Drives filter nodes in a real Node-RED, one behind the other. */
export function describeFilter(type: string, cases: FilterCase[]): void {
  describe(type, function () {
    this.timeout(30000);
    let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
    let port = 0;
    const received: { payload: Payload }[] = [];
    before(async () => {
      nodeRed = await startNodeRed({
        settings: {
          functionGlobalContext: { take: (message: { payload: Payload }) => received.push(message) },
        },
      });
      port = await freePort();
    });
    after(() => nodeRed.stop());

    for (const { name, steps, left, check } of cases) {
      it(name, async () => {
        received.length = 0;
        const nodes = steps.map(([kind, settings], index) => {
          const next = [[index + 1 < steps.length ? `s${index + 1}` : 'take']];
          const edit =
            "for (const a of msg.payload.Event._AttributeFlattened) a.comment = 'edited'; return msg;";
          return kind
            ? node(`s${index}`, kind, next, settings)
            : node(`s${index}`, 'function', next, { func: edit, outputs: 1 });
        });
        const take = node('take', 'function', [[]], {
          func: "global.get('take')(msg); return null;",
          outputs: 1,
        });
        await deploy(nodeRed.RED, [tab, listener(port), trigger(['s0']), ...nodes, take], credentials);
        await listening(port);
        await query(port, 'test_module', threeAttributes());
        await until(() => received.length === 1);
        const [{ payload }] = received;
        assert.deepEqual(
          payload.Event._AttributeFlattened.map((entry) => entry.uuid),
          left,
        );
        check?.(payload);
      });
    }
  });
}
