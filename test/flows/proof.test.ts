import { strict as assert } from 'node:assert';
import {
  API_KEY,
  READ_ONLY_KEY,
  startStandInMisp,
  type StandInMisp,
  type StandInOptions,
} from '../../sandbox/misp/server';
import type { ConnectPreview, ConnectRun, ProofPreview, ProofRun } from '../../nodes/plugin/api';
import { prove } from '../../src/connect/proof';
import { MispClient } from '../../src/misp/client';
import { words } from '../../src/text';
import { idOf, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, query } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

const MODULE = 'nodered_event_publish';
const CLEARS = { clears: true, clearServer: 'misp', clearTag: 'node-red:cleared' };

describe('the proof of the round trip', function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let port: number;

  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  afterEach(() => misp.close());
  after(() => nodeRed.stop());

  /** A MISP that is connected with a flow that stops everything. */
  async function start(settings: object = {}, options: Partial<StandInOptions> = {}): Promise<void> {
    misp = await startStandInMisp({ port: 0, ...options });
    misp.settings.set('Plugin.Workflow_enable', true);
    await deployAgain(settings);
  }
  async function deployAgain(settings: object): Promise<void> {
    const flow = [
      tab,
      { id: 'misp', type: 'misp-server', url: misp.url, timeout: 5 },
      listener(port),
      trigger(['answer'], { module: MODULE, deadline: 2, ...settings }),
      node('answer', 'misp-response', [], { answer: 'block', message: 'the flow' }),
    ];
    await deploy(nodeRed.RED, flow, {
      misp: { apiKey: API_KEY },
      listener: { user: 'misp', password: 'secret' },
    });
  }
  async function ask<T>(method: 'GET' | 'POST', path: string, body: object = {}): Promise<T> {
    const sent = {
      trigger: idOf('trigger'),
      server: 'misp',
      key: '',
      host: '127.0.0.1',
      dead: true,
      ...body,
    };
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: JSON.stringify(sent) } : {}),
    });
    assert.equal(response.status, 200);
    return (await response.json()) as T;
  }
  async function over<T extends { isOver: boolean }>(path: string): Promise<T> {
    for (;;) {
      const found = await ask<T>('GET', path);
      if (found.isOver) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  async function connect(): Promise<void> {
    const { steps: seen } = await ask<ConnectPreview>('POST', 'connect/plan');
    const { run } = await ask<{ run: string }>('POST', 'connect/start', { seen });
    const { steps } = await over<ConnectRun>(`connect/runs/${run}`);
    assert.deepEqual(
      steps.filter(({ state }) => state === 'failed' || state === 'left'),
      [],
    );
  }
  async function proved(body: object = {}): Promise<ProofRun> {
    const { effects: seen } = await ask<ProofPreview>('POST', 'proof/plan', body);
    const { run } = await ask<{ run: string }>('POST', 'proof/start', { ...body, seen });
    return over<ProofRun>(`proof/runs/${run}`);
  }
  const levels = ({ rows }: ProofRun) => rows.map(({ id, level }) => `${level} ${id}`);
  const left = () => ({
    events: [...misp.events.values()].filter(({ info }) => info.startsWith('Round trip')).length,
    blocked: misp.collections.blocklist.filter(({ event_info }) =>
      String(event_info).startsWith('Round trip'),
    ).length,
  });
  const NOTHING = { events: 0, blocked: 0 };

  it('says what it may set off, and writes nothing before that was read', async () => {
    await start();
    await connect();
    misp.calls.reset();
    const { effects, hindrances } = await ask<ProofPreview>('POST', 'proof/plan');
    assert.deepEqual(hindrances, []);
    assert.match(
      effects.join('\n'),
      /only the organisation.*\n.*publish.*\n.*ZeroMQ.*\n.*blocklist.*\n.*2 s/,
    );
    const other = await ask<{ changed?: true }>('POST', 'proof/start', { seen: effects.slice(1) });
    assert.equal(other.changed, true);
    assert.deepEqual(misp.calls.writing, []);
  });

  it('fails open where it was drawn so: a dead Node-RED is told in yellow', async () => {
    await start({ onDeadline: 'allow' });
    await connect();
    const events = misp.events.size;
    const proof = await proved();
    assert.deepEqual(levels(proof), [
      ...['green event', 'green block', 'yellow silence', 'yellow death', 'green allow', 'green tidy'],
    ]);
    assert.match(proof.rows[3].words, /fails open/);
    assert.deepEqual(left(), NOTHING);
    assert.equal(misp.events.size, events);
  });

  it('fails closed where the trigger clears: nothing is published but what was allowed', async () => {
    await start({ ...CLEARS });
    await connect();
    const proof = await proved();
    assert.deepEqual(levels(proof), [
      ...['green event', 'green block', 'green silence', 'green death', 'green allow', 'green tidy'],
    ]);
    assert.deepEqual(left(), NOTHING);
  });

  it('leaves a dead Node-RED out unless it is asked for', async () => {
    await start({ ...CLEARS });
    await connect();
    assert.deepEqual(levels(await proved({ dead: false })), [
      ...['green event', 'green block', 'green allow', 'green tidy'],
    ]);
  });

  it('answers for no other event, and not twice: the flow stops everything meanwhile and afterwards', async () => {
    await start();
    await connect();
    const { effects: seen } = await ask<ProofPreview>('POST', 'proof/plan');
    const uuids = new Set<string>();
    const begun = await ask<{ run: string }>('POST', 'proof/start', { seen });
    const wrong: unknown[] = [];
    for (;;) {
      for (const { uuid, info } of misp.events.values()) if (info.startsWith('Round trip')) uuids.add(uuid);
      const { json } = await query(port, MODULE, event(['tlp:red']), { user: 'misp', password: 'secret' });
      if (json.error !== 'the flow') wrong.push(json);
      const { isOver } = await ask<ProofRun>('GET', `proof/runs/${begun.run}`);
      if (isOver) break;
    }
    assert.deepEqual(wrong, []);
    assert.equal(uuids.size, 1);
    for (const uuid of uuids) {
      const asked = { Event: { ...(event(['tlp:red']) as { Event: object }).Event, uuid } };
      const { json } = await query(port, MODULE, asked, { user: 'misp', password: 'secret' });
      assert.equal(json.error, 'the flow');
    }
  });

  it('shows in red that MISP publishes without asking, and that it does not ask', async () => {
    await start();
    const client = new MispClient({ url: misp.url, apiKey: API_KEY, verify: true, timeoutMs: 5000 });
    const never = { called: false, end: () => undefined };
    const wish = {
      ...{ trigger: 'event-publish', module: MODULE, deadlineMs: 2000, watches: false, dead: false },
      service: { protocol: 'http', host: '127.0.0.1', port } as const,
    };
    const rows = await prove(client, wish, () => never, { signal: new AbortController().signal });
    client.close();
    assert.deepEqual(
      rows.map(({ id, level }) => `${level} ${id}`),
      ['green event', 'red block', 'red allow', 'green tidy'],
    );
    assert.match(words(rows[1].said), /without asking/);
    assert.deepEqual(left(), NOTHING);
  });

  it('takes nothing for proved when the answer of MISP is lost', async () => {
    await start();
    await connect();
    misp.faults.settings = { fault: 'close-after', every: 1, only: /events\/publish\// };
    const proof = await proved({ dead: false });
    misp.faults.settings = {};
    assert.equal(levels(proof)[1], 'yellow block');
    assert.deepEqual(left(), NOTHING);
  });

  it('proves nothing twice at once, and ends when the flow is deployed anew: the event is taken away', async () => {
    await start({ deadline: 8 });
    await connect();
    const { effects: seen } = await ask<ProofPreview>('POST', 'proof/plan');
    const first = await ask<{ run: string }>('POST', 'proof/start', { seen });
    const second = await ask<{ problem?: string }>('POST', 'proof/start', { seen });
    assert.ok(second.problem);
    while (left().events === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await deployAgain({ deadline: 3 });
    await over<ProofRun>(`proof/runs/${first.run}`);
    assert.deepEqual(left(), NOTHING);
  });

  it('ends when the trigger is taken out of the flow in the middle, or Node-RED moves it to another module', async () => {
    for (const change of [{ module: 'renamed' }, { d: true }]) {
      await start({ deadline: 8 });
      await connect();
      const { effects: seen } = await ask<ProofPreview>('POST', 'proof/plan');
      const { run } = await ask<{ run: string }>('POST', 'proof/start', { seen });
      while (left().events === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await deployAgain({ deadline: 8, ...change });
      const proof = await over<ProofRun>(`proof/runs/${run}`);
      assert.ok(!levels(proof).includes('green allow'));
      assert.deepEqual(left(), NOTHING);
      // The next one is not kept from beginning.
      await deployAgain({});
      const next = await ask<ProofPreview>('POST', 'proof/plan');
      assert.deepEqual(next.hindrances, []);
      await misp.close();
    }
    misp = await startStandInMisp({ port: 0 });
  });

  it('is read anew when a deploy in between changes what it would do', async () => {
    await start();
    await connect();
    const { effects: seen } = await ask<ProofPreview>('POST', 'proof/plan');
    await deployAgain({ deadline: 3 });
    misp.calls.reset();
    assert.equal((await ask<{ changed?: true }>('POST', 'proof/start', { seen })).changed, true);
    await deployAgain({ d: true });
    const gone = await ask<{ problem?: string }>('POST', 'proof/start', { seen });
    assert.match(gone.problem ?? '', /deploy/);
    assert.deepEqual(misp.calls.writing, []);
  });

  it('takes no answer of another type for a number of a run', async () => {
    await start();
    for (const id of ['__proto__', 'constructor', '0', '%2e%2e%2fplan', 'x'.repeat(2000)]) {
      const response = await fetch(`${nodeRed.url}/admin/misp-workflows/proof/runs/${id}`);
      assert.equal(response.status, 404);
    }
    for (const body of [
      { trigger: {} },
      { server: ['misp'] },
      { trigger: '__proto__' },
      { key: 7, server: 0 },
    ]) {
      const { problem } = await ask<{ problem?: string }>('POST', 'proof/plan', body);
      assert.ok(problem, JSON.stringify(body));
    }
    const begun = await ask<{ changed?: true }>('POST', 'proof/start', {
      seen: { ['__proto__']: [] },
      dead: 'yes',
    });
    assert.equal(begun.changed, true);
  });

  it('takes the event away when MISP fails in the middle', async () => {
    await start();
    await connect();
    misp.faults.settings = { fault: '500', every: 1, only: /events\/publish\// };
    const proof = await proved({ dead: false });
    misp.faults.settings = {};
    assert.ok(levels(proof).some((row) => row.startsWith('red')));
    assert.deepEqual(left(), NOTHING);
  });

  it('names the event that it could not take away', async () => {
    await start();
    await connect();
    misp.faults.settings = { fault: '500', every: 1, only: /events\/delete\// };
    const proof = await proved({ dead: false });
    misp.faults.settings = {};
    assert.equal(levels(proof).at(-1), 'red tidy');
    const [{ id }] = [...misp.events.values()].filter(({ info }) => info.startsWith('Round trip'));
    assert.ok(proof.rows.at(-1)?.words.includes(id));
  });

  const REFUSED: [
    name: string,
    settings: object,
    options: Partial<StandInOptions>,
    words: RegExp,
    key?: string,
  ][] = [
    ['a version that does not stop', {}, { version: '2.5.30' }, /2\.5\.30/],
    ['a trigger that only watches', { goOn: 'watch' }, {}, /only watches/],
    ['another trigger', { trigger: 'event-after-save' }, {}, /Only the publication/],
    ['a read-only key', {}, {}, /read/, READ_ONLY_KEY],
    ['a MISP that does not call it', {}, {}, /connect it first/],
  ];
  for (const [name, settings, options, words, key = ''] of REFUSED) {
    it(`refuses ${name}, in words`, async () => {
      await start(settings, options);
      misp.calls.reset();
      const { hindrances, effects } = await ask<ProofPreview>('POST', 'proof/plan', { key });
      assert.match(hindrances.join('\n'), words);
      const begun = await ask<{ changed?: true }>('POST', 'proof/start', { key, seen: effects });
      assert.equal(begun.changed, true);
      assert.deepEqual(misp.calls.writing, []);
    });
  }
});
