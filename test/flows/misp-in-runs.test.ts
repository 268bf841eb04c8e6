import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { block, credentials, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';
import { recordCalls, type Recorder } from '../support/recorder';

/** Nodes that work with a MISP, while MISP waits for a run: trigger -> the node -> block. */
describe('MISP nodes in a run', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let recorder: Recorder;
  before(async () => {
    nodeRed = await startNodeRed();
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    recorder = await recordCalls(misp.url);
  });
  after(async () => {
    await nodeRed.stop();
    recorder.close();
    await misp.close();
  });

  async function ask(type: string, triggerId: string, settings: object = {}) {
    const port = await freePort();
    await deploy(
      nodeRed.RED,
      [
        tab,
        listener(port),
        { id: 'misp', type: 'misp-server', url: recorder.url, timeout: 2, verify: true },
        trigger(['tested'], { trigger: triggerId }),
        node('tested', type, [['stop'], ['stop']], { server: 'misp', ...settings }),
        block(),
      ],
      { ...credentials, misp: { apiKey: API_KEY } },
    );
    recorder.calls.length = 0;
    await listening(port);
    return (await query(port, 'test_module', event(['tlp:red']))).json;
  }

  for (const [name, settings] of [
    ['misp-request', { method: 'POST', path: '/tags/add' }],
    ['misp-request', { method: 'DELETE', path: '/events/delete/1' }],
    ['misp-run-module', { module: 'tag-if' }],
    ['misp-ai', { use: 'recommend-tags' }],
  ] as const) {
    it(`${name} ${JSON.stringify(settings)} refuses to write while MISP saves`, async () => {
      const { error } = await ask(name, 'event-before-save', settings);
      assert.match(String(error), /Use the after-save trigger for changes/);
      assert.deepEqual(recorder.calls, []);
    });
  }

  for (const [name, settings] of [
    ['misp-request', { method: 'GET', path: '/events/view/1' }],
    ['misp-reload', { which: 'other', event: '1', eventType: 'str' }],
    ['misp-search', { types: ['ip-dst'], limit: 3 }],
    ['misp-decay', { models: ['1'] }],
  ] as const) {
    it(`${name} reads while MISP saves`, async () => {
      assert.equal((await ask(name, 'event-before-save', settings)).error, 'blocked by the flow');
    });
  }

  it('waits for the messages of a search', async () => {
    const settings = { types: ['ip-dst'], limit: 0, pageSize: 100, deliver: 'pages' };
    assert.equal((await ask('misp-search', 'event-publish', settings)).error, 'blocked by the flow');
  });

  it('lets go on when a search sends nothing', async () => {
    const settings = { value: 'not-there.example.net', deliver: 'each' };
    assert.deepEqual(await ask('misp-search', 'event-publish', settings), { data: true });
  });

  it('decides by the error policy when a search fails', async () => {
    const { error } = await ask('misp-search', 'event-publish', { value: 'nothing', valueType: 'msg' });
    assert.match(String(error), /misp-search: Value is to come from the message/);
  });
});
