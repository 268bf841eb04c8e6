import { strict as assert } from 'node:assert';
import { API_KEY, PUBLISHER_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { allow, block, credentials, ifTag, listener, tab, trigger } from '../support/flows';
import { freePort, get, listening } from '../support/misp';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';
import measured from '../fixtures/fail-closed/workflow-F.json';

const MODULE = Object.values(measured.graph).find(({ data }) => data.id.startsWith('nodered'))!.data.id;
const TAG = 'node-red:cleared';

/** MISP's own blocks are drawn as in docs/fail-closed.md: what is published is what the flow has cleared. */
describe('a trigger that clears, in a MISP that fails closed', function () {
  this.timeout(60_000);
  let nodeRed: NodeRedProcess;
  let misp: StandInMisp;
  let port = 0;

  before(async () => {
    port = await freePort();
    nodeRed = await forkNodeRed();
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://misp:secret@127.0.0.1', port } });
    const row = misp.workflowStore.add({ trigger_id: 'event-publish' });
    row.data = structuredClone(measured.graph);
    misp.workflowStore.switchTrigger('event-publish', true);
    for (const { data } of Object.values(measured.graph)) misp.workflowStore.switchModule(data.id, true);
    misp.tags.make(TAG);
  });
  after(async () => {
    nodeRed.kill();
    await misp.close();
  });
  beforeEach(() => {
    const event = misp.events.get('2')!;
    event.published = false;
    event.Tag = event.Tag.filter(({ name }) => name !== TAG);
  });

  async function start(more: object = {}, apiKey = API_KEY): Promise<void> {
    const settings = { module: MODULE, clears: true, clearServer: 'misp', deadline: 3, ...more };
    await nodeRed.deploy(
      [
        tab,
        listener(port),
        { id: 'misp', type: 'misp-server', url: misp.url, timeout: 5, verify: true },
        trigger(['if'], settings),
        ifTag('if', 'tlp:red', ['stop'], ['go']),
        block(),
        allow(),
      ],
      { ...credentials, misp: { apiKey } },
    );
    await listening(port);
  }
  /** Publishes inline: whether the event is published, and what MISP's log says of it. */
  async function publish(): Promise<{ published: boolean; log: string }> {
    const outcome = await (await misp.publish('2')).outcome;
    const log = [outcome?.reason, ...(outcome?.log ?? [])].join('\n');
    return { published: misp.events.get('2')!.published === true, log };
  }
  const isThere = () =>
    get(port, '/healthcheck').then(
      () => true,
      () => false,
    );
  const mark = (local: boolean) => {
    const tag = misp.tags.make(TAG);
    misp.events.get('2')!.Tag.push({ ...tag, local });
  };

  it('publishes what the flow has cleared, and takes the clearance away', async () => {
    await start();
    assert.equal((await publish()).published, true);
    assert.ok(!misp.events.get('2')!.Tag.some(({ name }) => name === TAG));
    assert.equal((await publish()).published, true, 'and again');
  });

  it('publishes it too where an old clearance stood on the event', async () => {
    for (const local of [true, false]) {
      mark(local);
      assert.equal((await publish()).published, true);
    }
  });

  it('does not publish what the flow blocks, and says why', async () => {
    const event = misp.events.get('2')!;
    mark(true);
    event.Tag.push({ ...misp.tags.make('tlp:red'), local: false });
    const { published, log } = await publish();
    event.Tag = event.Tag.filter(({ name }) => name !== 'tlp:red');
    assert.equal(published, false);
    assert.match(log, /blocked by the flow/);
  });

  it('does not publish when the event cannot be cleared, and says why', async () => {
    await start({}, PUBLISHER_KEY);
    const { published, log } = await publish();
    assert.equal(published, false);
    assert.match(log, /could not be cleared for it: .*Local tags can only be added/);
  });

  it('does not publish what a flow allows that does not clear', async () => {
    await start({ clears: false });
    assert.equal((await publish()).published, false);
  });

  it('does not publish when Node-RED is killed, whatever was cleared before', async () => {
    await start();
    assert.equal((await publish()).published, true);
    misp.events.get('2')!.published = false;
    nodeRed.kill();
    while (await isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
    mark(true);
    const { published, log } = await publish();
    assert.equal(published, false);
    assert.match(log, /Could not load class for module/);
  });
});
