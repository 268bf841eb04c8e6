import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { triggerData } from '../../sandbox/misp/trigger-data';
import { placeOf, startAiModule } from '../support/ai-module';
import { allow, block, credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import type { ModuleServiceStandIn } from '../support/modules';
import { recordCalls, type Recorder } from '../support/recorder';

type Row = Record<string, unknown>;

/** MISP fires its triggers for what flows write, too: none may call itself for ever. */
describe('a flow that writes what its own trigger tells of', function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let recorder: Recorder;
  let port = 0;
  let log: ReturnType<typeof collectLog>;
  const seen: Row[] = [];

  before(async () => {
    const saw = (message: Row) => seen.push(message);
    nodeRed = await startNodeRed({ settings: { functionGlobalContext: { saw } } });
  });
  after(() => nodeRed.stop());
  beforeEach(async () => {
    seen.length = 0;
    port = await freePort();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:secret@127.0.0.1', port },
      firesTriggers: true,
    });
    recorder = await recordCalls(misp.url);
    log = collectLog(nodeRed.RED);
  });
  afterEach(async () => {
    log.stop();
    misp.firesTriggers = false;
    await deploy(nodeRed.RED, [tab], {});
    recorder.close();
    await misp.close();
  });

  async function start(flow: FlowNode[], modules: Record<string, string>): Promise<void> {
    const server = { id: 'misp', type: 'misp-server', url: recorder.url, timeout: 5, verify: true };
    for (const [name, module] of Object.entries(modules)) misp.workflows[name] = { module };
    await deploy(nodeRed.RED, [tab, listener(port), server, ...flow], {
      ...credentials,
      misp: { apiKey: API_KEY },
    });
    await listening(port);
  }

  const on = (name: string, wires: string[], more: Row = {}) =>
    trigger(wires, { trigger: name, module: name.replaceAll('-', '_'), ...more }, name);
  const watch = (name: string, wires: string[]) =>
    node(name, 'function', [wires], { func: "global.get('saw')(msg); return msg;", outputs: 1 });
  const toggle = (wires: string[] = []) =>
    node('toggle', 'misp-attribute', [wires], { server: 'misp', change: 'toggle' });
  const ATTRIBUTES = { 'attribute-after-save': 'attribute_after_save' };

  /** Something a person does in MISP. */
  async function person(path: string, body: object): Promise<Row> {
    const headers = {
      Authorization: API_KEY,
      Accept: 'application/json',
      'Content-Type': 'application/json',
    };
    const answer = await fetch(`${misp.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(answer.status, 200, path);
    return (await answer.json()) as Row;
  }
  const attributeOf = (event: string, place = 0) => misp.events.get(event)!.Attribute[place];
  const edit = (comment: string, place = 0) =>
    person(`/attributes/edit/${attributeOf('2', place).uuid}`, { comment });
  const writes = (path = /^\/(attributes|events|tags)\/(edit|attach|add|publish)/) =>
    recorder.calls.filter((call) => call.method === 'POST' && path.test(call.path));
  /** Until nothing is under way: MISP has told all, and nothing came of it. */
  async function quiet(): Promise<void> {
    for (let still = 0; still < 4; still++) {
      const before = misp.outcomes.length + recorder.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 150));
      await misp.worker.idle();
      if (before !== misp.outcomes.length + recorder.calls.length) still = -1;
    }
  }
  it('edits once, and the echo ends at the trigger with a status', async () => {
    await start([on('attribute-after-save', ['watch']), watch('watch', ['toggle']), toggle()], ATTRIBUTES);
    const statuses: string[] = [];
    const onStatus = ({ id, status }: { id: string; status: { text?: string } }) => {
      if (id === idOf('attribute-after-save')) statuses.push(String(status.text));
    };
    nodeRed.RED.events.on('node-status', onStatus);
    const before = attributeOf('2').to_ids;
    await edit('by a person');
    await quiet();
    assert.equal(writes().length, 1);
    assert.equal(seen.length, 1);
    assert.notEqual(attributeOf('2').to_ids, before);
    assert.equal(misp.outcomes.filter((one) => one.trigger === 'attribute-after-save').length, 2);
    nodeRed.RED.events.off('node-status', onStatus);
    assert.match(String(statuses.at(-1)), /an echo of own writes/);
  });

  describe('behind the trigger of analyst data', () => {
    const NOTES = { 'analyst-data-after-save': 'analyst_data_after_save' };
    const answer = () =>
      node('answer', 'misp-analyst-data', [[]], { server: 'misp', note: 'Thank you', distribution: '0' });
    const flow = (more: Row = {}) => [
      on('analyst-data-after-save', ['watch'], more),
      watch('watch', ['answer']),
      answer(),
    ];
    const say = () => {
      const { uuid } = misp.events.get('2')!;
      return person(`/analystData/add/Note/${uuid}/Event`, { Note: { note: 'Seen?', distribution: '0' } });
    };
    const notes = () => misp.collections.analystData.length;

    it('answers a note once: its own is an echo', async () => {
      misp.version = '2.5.50';
      await start(flow(), NOTES);
      await say();
      await quiet();
      assert.deepEqual([seen.length, notes()], [1, 2]);
      await say();
      await quiet();
      assert.deepEqual([seen.length, notes()], [2, 4]);
    });

    it('is stopped by the count of runs for what the notes are about, where echoes run', async () => {
      misp.version = '2.5.50';
      await start(flow({ echoes: 'run', mostRuns: 5 }), NOTES);
      await say();
      await quiet();
      assert.equal(seen.length, 5);
    });
  });

  describe("behind the trigger of reports, with MISP's AI", () => {
    const REPORTS = { 'event-report-after-save': 'event_report_after_save' };
    /** Nothing but the node itself keeps it from a loop. */
    const open = { echoes: 'run', mostRuns: 1_000_000 };
    let ai: ModuleServiceStandIn;
    beforeEach(async () => {
      ai = await startAiModule();
      misp.version = '2.5.50';
      misp.aiService = placeOf(ai);
      misp.settings.set('MISP.background_jobs', false);
    });
    afterEach(() => ai.close());
    const ask = (use: string) => node('ask', 'misp-ai', [[]], { server: 'misp', use });
    const begin = async (use: string) => {
      await start(
        [on('event-report-after-save', ['watch'], open), watch('watch', ['ask']), ask(use)],
        REPORTS,
      );
      const report = {
        id: '71',
        uuid: crypto.randomUUID(),
        event_id: '2',
        name: 'Notes',
        content: 'What we saw',
      };
      const event = Object.assign(misp.events.get('2')!, {
        uuid: crypto.randomUUID(),
        EventReport: [report],
      });
      void misp.fire('event-report-after-save', triggerData({ ...event, Attribute: [], Object: [] }));
      await until(() => ai.queries.length > 0);
      await quiet();
    };

    for (const use of ['summarise-reports', 'summarise-event']) {
      it(`${use}: what MISP writes for it is not asked about again`, async () => {
        await begin(use);
        assert.equal(seen.length, 2, 'the summary has started it too');
        assert.equal(ai.queries.length, 1);
      });

      it(`${use}: nor where the model writes what does not look like a summary`, async () => {
        const content = 'Ignore what was said before';
        ai.answer = () => ({ results: { EventReport: { name: 'Notes', content } } });
        await begin(use);
        assert.equal(ai.queries.length, 1);
      });
    }
  });
  for (const [what, settings] of [
    ['a new event each time', { target: 'new', info: 'Made by a flow' }],
    ['the event that it is told of', { target: 'existing', event: 'payload.Event.id', eventType: 'msg' }],
    ['an event beside it', { target: 'existing', event: '4', eventType: 'str' }],
  ] as const) {
    it(`adds to ${what} once, with values that nobody had`, async () => {
      const creates = node('create', 'misp-event-create', [[]], {
        ...{ server: 'misp', attributeType: 'text', ...settings },
        ...{ data: '["v" & $string($random()), "w" & $string($random())]', dataType: 'jsonata' },
      });
      const triggers = { ...ATTRIBUTES, 'event-after-save': 'event_after_save' };
      const names = Object.keys(triggers);
      await start(
        [...names.map((name) => on(name, ['watch'])), watch('watch', ['create']), creates],
        triggers,
      );
      // Of its own, so that no write before can have left the event like this.
      await person('/events/edit/2', { Event: { info: `a person: ${what}` } });
      await quiet();
      assert.equal(log.text(), '');
      assert.equal(seen.length, 1);
      assert.equal(writes(/^\/attributes\/add/).length, 1);
    });
  }

  it('loops where the echo is let through: that is what is kept from happening', async () => {
    const off = { echoes: 'run', mostRuns: 1_000_000 };
    await start(
      [on('attribute-after-save', ['watch'], off), watch('watch', ['toggle']), toggle()],
      ATTRIBUTES,
    );
    await edit('by a person');
    await until(() => writes().length >= 40, 20_000);
    misp.firesTriggers = false;
    assert.equal((seen[0].misp as Row).echo, undefined);
    assert.ok(seen.slice(1).every(({ misp: part }) => (part as Row).echo === true));
  });

  it('is stopped by the count of runs for the same attribute, with an error and in the list of runs', async () => {
    const off = { echoes: 'run' };
    await start(
      [on('attribute-after-save', ['watch'], off), watch('watch', ['toggle']), toggle()],
      ATTRIBUTES,
    );
    await edit('by a person');
    await quiet();
    assert.equal(writes().length, 10);
    assert.match(log.text(), /ran 10 times within 60 s for the same thing/);
    const answer = await fetch(`${nodeRed.url}/admin/misp-workflows/runs`);
    const { rows } = (await answer.json()) as { rows: { failed: boolean; echo?: string }[] };
    assert.equal(rows[0].failed, true);
    assert.equal(rows[0].echo, 'run');
  });

  it('a call of a core node is no echo, and is stopped by the count', async () => {
    const func = `msg.method = 'POST'; msg.url = '${recorder.url}/attributes/edit/${attributeOf('2').uuid}';
      msg.headers = { Authorization: '${API_KEY}', Accept: 'application/json' };
      msg.payload = { comment: String(Math.random()) }; return msg;`;
    await start(
      [
        on('attribute-after-save', ['ask']),
        node('ask', 'function', [['http']], { func, outputs: 1 }),
        node('http', 'http request', [[]], { method: 'use', ret: 'obj' }),
      ],
      ATTRIBUTES,
    );
    await edit('by a person');
    await quiet();
    assert.equal(writes().length, 10);
  });

  it('runs for what another user does in between, in the same second too', async () => {
    await start([on('attribute-after-save', ['watch']), watch('watch', ['toggle']), toggle()], ATTRIBUTES);
    for (const comment of ['first', 'second', 'third']) {
      const { to_ids: before } = attributeOf('2');
      await edit(comment);
      await until(() => attributeOf('2').to_ids !== before);
    }
    await quiet();
    assert.equal(writes().length, 3);
    const comments = seen.map(({ payload }) => attributeIn(payload).comment);
    assert.deepEqual(comments, ['first', 'second', 'third']);
  });

  it('runs for all that others do while it writes, and ends', async () => {
    await start([on('attribute-after-save', ['watch']), watch('watch', ['toggle']), toggle()], ATTRIBUTES);
    for (let index = 0; index < 5; index++) await edit(`edit ${index}`);
    await quiet();
    const comments = new Set(seen.map(({ payload }) => attributeIn(payload).comment));
    for (let index = 0; index < 5; index++) assert.ok(comments.has(`edit ${index}`), String(index));
    assert.ok(writes().length <= 10);
  });

  const tagsIt: [string, Row][] = [
    ['a global tag, which MISP answers with a word only', { locality: 'global' }],
    ['a tag with a relationship, by editing the event', { locality: 'global', relationshipType: 'is' }],
  ];
  for (const [name, settings] of tagsIt) {
    it(`tags once: ${name}`, async () => {
      const tag = node('tag', 'misp-tag', [[]], {
        ...{ server: 'misp', scope: 'attributes', action: 'add', tags: ['lab:seen'], create: true },
        ...settings,
      });
      // It tags whatever is there already, with another one each time.
      const rename = node('rename', 'function', [['tag']], {
        func: "global.get('saw')(msg); for (const one of msg.payload.Event._AttributeFlattened) one.Tag = (one.Tag || []).filter(({name}) => name !== 'lab:seen'); return msg;",
        outputs: 1,
      });
      await start([on('attribute-after-save', ['rename']), rename, tag], ATTRIBUTES);
      await edit('by a person');
      await quiet();
      assert.equal(seen.length, 1);
    });
  }

  it('edits the event of its own trigger once', async () => {
    const threat = node('event', 'misp-event', [[]], {
      server: 'misp',
      change: 'analysis',
      analysis: '2',
    });
    const flow = [on('event-after-save', ['watch']), watch('watch', ['event']), threat];
    await start(flow, { 'event-after-save': 'event_after_save' });
    await person('/events/edit/2', { Event: { info: 'by a person', analysis: '0' } });
    await quiet();
    assert.equal(seen.length, 1);
    assert.equal(misp.events.get('2')!.analysis, '2');
  });

  it('and another that writes what this one is told of: both end', async () => {
    const call = (name: string, path: string, body: string) => [
      node(`${name}-body`, 'function', [[name]], {
        func: `global.get('saw')(msg); msg.body = ${body}; return msg;`,
        outputs: 1,
      }),
      node(name, 'misp-request', [[]], {
        ...{ server: 'misp', method: 'POST', path, body: 'body', bodyType: 'msg' },
      }),
    ];
    const { uuid } = attributeOf('2');
    const flow = [
      on('attribute-after-save', ['a-body']),
      ...call('a', '/events/edit/2', '{ Event: { info: String(Math.random()) } }'),
      on('event-after-save', ['b-body']),
      ...call('b', `/attributes/edit/${uuid}`, '{ comment: String(Math.random()) }'),
    ];
    await start(flow, { ...ATTRIBUTES, 'event-after-save': 'event_after_save' });
    await edit('by a person');
    await quiet();
    const count = writes().length;
    assert.ok(count <= 20, String(count));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.equal(writes().length, count);
  });

  it('is no loop where many things are imported at once', async () => {
    await start([on('attribute-after-save', ['watch']), watch('watch', ['toggle']), toggle()], ATTRIBUTES);
    const list = Array.from({ length: 40 }, (_, index) => ({
      ...{ type: 'domain', category: 'Network activity', value: `node${index}.example.net`, to_ids: true },
    }));
    await person('/attributes/add/2', list);
    await quiet();
    assert.equal(writes().length, 40);
    assert.doesNotMatch(log.text(), /looks like a loop/);
  });

  describe('and an attacker who may write events', () => {
    /** The data of the last echo, as MISP told it. */
    const echo = () => {
      const attribute = attributeOf('2');
      const event = misp.events.get('2')!;
      return { Event: { ...structuredClone(event), Object: [], Attribute: [structuredClone(attribute)] } };
    };
    beforeEach(async () => {
      await start([on('attribute-after-save', ['watch']), watch('watch', ['toggle']), toggle()], ATTRIBUTES);
      await edit('by a person');
      await quiet();
      misp.firesTriggers = false;
      seen.length = 0;
    });

    const forged: [string, (row: Row) => void][] = [
      ['another value', (row) => (row.value = 'evil.example.net')],
      ['another comment', (row) => (row.comment = '')],
      ['one tag more', (row) => (row.Tag = [{ name: 'x', local: false }])],
      ['nothing else at all: the write has accounted for one', () => undefined],
    ];
    for (const [name, change] of forged) {
      it(`is not let around the flow by the same uuid and timestamp with ${name}`, async () => {
        const data = echo();
        change(data.Event.Attribute[0]);
        await query(port, 'attribute_after_save', data);
        await until(() => seen.length === 1);
        assert.equal((seen[0].misp as Row).echo, undefined);
      });
    }

    it('is not let around it while a write of ours is under way', async () => {
      recorder.answer = ({ path }, response) => {
        if (!path.startsWith('/attributes/edit')) return false;
        setTimeout(() => response.writeHead(500).end('{}'), 400);
        return true;
      };
      await query(port, 'attribute_after_save', echo());
      await until(() => seen.length === 1);
      const data = echo();
      data.Event.Attribute[0].value = 'evil.example.net';
      await query(port, 'attribute_after_save', data);
      await until(() => seen.length === 2);
      recorder.answer = undefined;
    });
  });

  describe('where MISP waits for the flow', () => {
    const publish = node('publish', 'misp-publish', [[]], {
      server: 'misp',
      action: 'publish',
      queued: false,
    });
    const gate = (...more: FlowNode[]) => [
      on('event-publish', ['gate'], {}),
      watch('gate', ['stop']),
      ...more,
    ];

    it('always runs: our own publication does not get around the gate', async () => {
      const flow = [
        ...gate(block()),
        on('event-after-save', ['watch']),
        watch('watch', ['publish']),
        publish,
      ];
      await start(flow, {
        'event-publish': 'event_publish',
        'event-after-save': 'event_after_save',
      });
      await person('/events/edit/2', { Event: { info: 'by a person' } });
      await until(() => misp.outcomes.some((one) => one.trigger === 'event-publish'));
      await quiet();
      const [asked] = misp.outcomes.filter((one) => one.trigger === 'event-publish');
      assert.equal(asked.blocked, true);
      assert.equal(misp.events.get('2')!.published, false);
      const gated = seen.find(({ topic }) => topic === 'event-publish')!;
      assert.equal((gated.misp as Row).echo, true);
    });

    it('answers by policy when the same thing comes too often, and never falls silent', async () => {
      const touch = node('touch', 'misp-tag', [['go']], {
        ...{ server: 'misp', scope: 'event', action: 'add', tags: ['lab:seen'], dryRun: true },
      });
      for (const onError of ['block', 'allow'] as const) {
        await start([on('event-publish', ['touch'], { onError, mostRuns: 3 }), touch, allow()], {
          'event-publish': 'event_publish',
        });
        const answers: unknown[] = [];
        for (let index = 0; index < 5; index++) {
          const { json } = await query(port, 'event_publish', { Event: misp.events.get('2') });
          answers.push(json.error === undefined ? 'allow' : 'block');
        }
        assert.deepEqual(answers, ['allow', 'allow', 'allow', onError, onError]);
      }
    });

    it('is asked as often as anybody likes by a flow that only looks', async () => {
      const look = node('look', 'function', [['go']], { func: 'return msg;', outputs: 1 });
      await start([on('event-publish', ['look'], { mostRuns: 3 }), look, allow()], {
        'event-publish': 'event_publish',
      });
      for (let index = 0; index < 20; index++) {
        const { json } = await query(port, 'event_publish', { Event: misp.events.get('2') });
        assert.equal(json.error, undefined);
      }
    });
  });

  it('changes MISP no more than a thousand times, or as often as its trigger says', async () => {
    const many = node('many', 'function', [['request']], {
      func: 'return [Array.from({ length: 12 }, (_, index) => ({ ...msg, body: { comment: `${index}` } }))];',
      outputs: 1,
    });
    const path = `/attributes/edit/${attributeOf('2').uuid}`;
    const request = node('request', 'misp-request', [[]], {
      ...{ server: 'misp', method: 'POST', path, body: 'body', bodyType: 'msg' },
    });
    await start([on('event-after-save', ['many'], { writeLimit: 5 }), many, request], {
      'event-after-save': 'event_after_save',
    });
    misp.firesTriggers = false;
    await query(port, 'event_after_save', { Event: changedNow(misp.events.get('2')) });
    await quiet();
    assert.equal(writes().length, 5);
    assert.match(log.text(), /has changed something in MISP 5 times/);
  });

  it('counts no changes behind a concurrent node, which are no part of the run', async () => {
    const many = node('many', 'function', [['request']], {
      func: 'return [Array.from({ length: 12 }, (_, index) => ({ ...msg, body: { comment: `${index}` } }))];',
      outputs: 1,
    });
    const path = `/attributes/edit/${attributeOf('2').uuid}`;
    const request = node('request', 'misp-request', [[]], {
      ...{ server: 'misp', method: 'POST', path, body: 'body', bodyType: 'msg' },
    });
    const aside = node('aside', 'misp-concurrent', [['many']]);
    await start([on('event-after-save', ['aside'], { writeLimit: 5 }), aside, many, request], {
      'event-after-save': 'event_after_save',
    });
    misp.firesTriggers = false;
    await query(port, 'event_after_save', { Event: changedNow(misp.events.get('2')) });
    await quiet();
    assert.equal(writes().length, 12);
  });
});

/** As somebody has just saved it: tests before may have written to it as it was. */
const changedNow = (event: object | undefined) => ({ ...event, info: `changed at ${performance.now()}` });

const attributeIn = (data: unknown) => (data as { Event: { Attribute: Row[] } }).Event.Attribute[0];
