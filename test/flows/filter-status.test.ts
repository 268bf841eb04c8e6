import { strict as assert } from 'node:assert';
import { node, tab } from '../support/flows';
import { deploy, startNodeRed } from '../support/node-red';
import { until } from '../support/until';

describe('an active filter', function () {
  this.timeout(20000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  const statuses: { id: string; status: { text?: string } }[] = [];
  const onStatus = (event: (typeof statuses)[number]) => statuses.push(event);
  before(async () => {
    nodeRed = await startNodeRed();
    nodeRed.RED.events.on('node-status', onStatus);
    const onType = {
      selector: 'Event.Attribute.{n}',
      hash_path: 'type',
      operator: 'equals',
      value: 'domain',
    };
    await deploy(nodeRed.RED, [
      tab,
      node('first', 'misp-filter', [['second']], { ...onType, filteringLabel: 'A' }),
      node('second', 'misp-filter', [['below']], { ...onType, filteringLabel: 'B' }),
      node('below', 'misp-if-published', [['reset'], ['reset']]),
      node('reset', 'misp-filter-reset', [['after']], { filteringLabel: 'A' }),
      node('after', 'misp-if-published', [[], []]),
    ]);
  });
  after(async () => {
    nodeRed.RED.events.off('node-status', onStatus);
    await nodeRed.stop();
  });
  const textOf = (name: string) => statuses.filter(({ id }) => id === `node-${name}`).at(-1)?.status.text;
  const send = (to: string) => {
    const payload = { Event: { published: true, Attribute: [{ type: 'domain' }, { type: 'url' }] } };
    nodeRed.RED.nodes.getNode(`node-${to}`)?.receive({ payload });
  };

  it('shows in the status of the nodes below it, until it is taken away', async () => {
    send('first');
    await until(() => textOf('after') !== undefined);
    assert.equal(textOf('second'), 'filtered: A');
    assert.equal(textOf('below'), '→ then · filtered: A, B');
    assert.equal(textOf('after'), '→ then · filtered: B');
  });

  it('is not shown any more when a message comes without it, and is told once only', async () => {
    const before = statuses.length;
    send('first');
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(statuses.length, before);
    send('below');
    await until(() => textOf('below') !== '→ then · filtered: A, B');
    assert.equal(textOf('below'), '→ then');
  });
});
