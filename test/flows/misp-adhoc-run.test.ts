import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { sampleEvents } from '../../sandbox/misp/sample-events';
import type { AdHocForm, AdHocView } from '../../nodes/plugin/api';
import type { Report } from '../../src/adhoc/report';
import { idOf, node, tab } from '../support/flows';
import { until } from '../support/until';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { recordCalls, type Recorder } from '../support/recorder';

const COUNT = 1000;
const TAG = 'lab:checked';
const PARAMETERS = [
  { name: 'team', type: 'choice', value: 'soc', label: 'Which team', choices: 'soc, cert' },
  { name: 'reason', type: 'text', value: '', required: true },
  { name: 'limit', type: 'number', value: '5' },
  { name: 'loud', type: 'checkbox', value: 'true' },
];

/** A thousand small events, as MISP has them. */
function manyEvents() {
  const [small] = sampleEvents().slice(1);
  return Array.from({ length: COUNT }, (_, index) => ({
    ...structuredClone(small),
    ...{ id: String(index + 1), uuid: randomUUID(), info: `Incident ${index + 1}` },
    ...{ Attribute: [], Object: [], Tag: [] },
  }));
}

describe('misp-adhoc-run', function () {
  this.timeout(60000);
  let misp: StandInMisp;
  let recorder: Recorder;
  const userDir = mkdtempSync(path.join(tmpdir(), 'misp-ad-hoc-'));
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  /** What came to the end of the flow, and out of the second output. */
  const events: { id: string; test: boolean; params: unknown }[] = [];
  const reports: Report[] = [];
  const errors: string[] = [];
  /** Called for each event at the end of the flow. */
  let onEvent: (id: string) => void = () => undefined;

  before(async () => {
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: 1 },
      events: manyEvents(),
    });
    recorder = await recordCalls(misp.url);
    await boot();
  });
  after(async () => {
    await nodeRed.stop();
    recorder.close();
    await misp.close();
    rmSync(userDir, { recursive: true, force: true });
  });
  beforeEach(() => {
    for (const list of [events, reports, errors]) list.length = 0;
    for (const event of misp.events.values()) event.Tag.length = 0;
    onEvent = () => undefined;
  });

  async function boot(): Promise<void> {
    const event = (message: {
      payload: { Event: { id: string } };
      misp: { test: boolean; params: unknown };
    }) => {
      const { id } = message.payload.Event;
      events.push({ id, test: message.misp.test, params: message.misp.params });
      onEvent(id);
    };
    const report = ({ payload }: { payload: Report }) => reports.push(payload);
    const caught = ({ error }: { error: { message: string } }) => errors.push(error.message);
    const functionGlobalContext = { event, report, caught };
    nodeRed = await startNodeRed({ settings: { functionGlobalContext }, userDir });
  }

  const end = (name: string, call = name) =>
    node(name, 'function', [[]], { func: `global.get('${call}')(msg);`, outputs: 1 });

  async function open(settings: object = {}, between: FlowNode[] = [], type = 'full'): Promise<void> {
    const flow = [
      tab,
      { id: 'misp', type: 'misp-server', url: misp.url, timeout: 5, verify: true },
      node('tested', 'misp-adhoc-run', [[between.length > 0 ? 'between' : 'tag'], ['report']], {
        ...{ server: 'misp', name: 'Review', description: 'Marks what was looked at', parameters: [] },
        ...{ most: 2000, concurrency: 4, timeout: 5, version: 1, ...settings },
      }),
      ...between,
      node('tag', 'misp-tag', [['event']], {
        ...{ server: 'misp', action: 'add', scope: 'event', locality: 'local', tags: [TAG], create: true },
        version: 1,
      }),
      end('event'),
      end('report'),
      node('catch', 'catch', [['caught']], { scope: ['tested'] }),
      end('caught'),
    ];
    await deploy(nodeRed.RED, flow, { misp: { apiKey: API_KEY } }, type);
    recorder.calls.length = 0;
    recorder.answer = undefined;
  }

  const tested = () => nodeRed.RED.nodes.getNode(idOf('tested'));
  const send = (payload: unknown, more: object = {}) => tested()?.receive({ payload, ...more });

  async function ask<T>(method: string, where: string, body?: object, type = 'application/json') {
    const url = `${nodeRed.url}/admin/misp-workflows/ad-hoc-runs/flows${where}`;
    const sent = body ? { body: JSON.stringify(body), headers: { 'content-type': type } } : {};
    const response = await fetch(url, { method, ...sent });
    const text = await response.text();
    return {
      status: response.status,
      answer: (text ? JSON.parse(text) : undefined) as T & { problem?: string },
    };
  }
  const at = `/${idOf('tested')}`;
  const dry = async (body: object) => {
    const { answer } = await ask<{ run: string }>('POST', `${at}/dry-runs`, body);
    assert.equal(answer.problem, undefined);
    return over(answer.run);
  };
  const carryOut = (of: string, leaveOut: string[] = []) =>
    ask<{ run: string }>('POST', `${at}/runs`, { of, leaveOut });
  /** All parts of it. */
  async function view(run: string, since = 0): Promise<AdHocView> {
    const { answer: found } = await ask<AdHocView>('GET', `${at}/runs/${run}?since=${since}`);
    if (!found?.rows) return found;
    const { rows } = found.more ? await view(run, found.revision) : { rows: [] };
    return { ...found, rows: [...found.rows, ...rows].sort((a, b) => a.index - b.index) };
  }
  async function over(run: string): Promise<AdHocView> {
    for (;;) {
      // Rows alone cost time.
      const { state } = await view(run, Number.MAX_SAFE_INTEGER);
      if (state !== 'running') return view(run);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const tagged = () =>
    [...misp.events.values()].filter(({ Tag }) => Tag.some(({ name }) => name === TAG)).map(({ id }) => id);

  it('1,000 events: a plan of each, a stop halfway, the rest; the report is true, and no event is run twice', async () => {
    await open({ concurrency: 10 });
    const shown = await dry({ search: { info: 'Incident' } });
    assert.deepEqual([shown.state, shown.total, shown.counts], ['finished', COUNT, { planned: COUNT }]);
    for (const { row } of shown.rows) assert.match(row.lines.join(), /lab:checked/, row.id);
    assert.deepEqual(tagged(), []);
    assert.equal(new Set(events.map(({ id }) => id)).size, COUNT);
    assert.ok(events.every(({ test }) => test));
    events.length = 0;
    // Pressed twice.
    const pressed = await Promise.all([carryOut(shown.run), carryOut(shown.run)]);
    const [{ answer }, ...others] = pressed.sort((a) => (a.answer.problem ? 1 : -1));
    assert.match(others[0].answer.problem ?? '', /under way|new dry run/);
    await until(() => events.length >= COUNT / 2, 50_000);
    await ask('POST', `${at}/runs/${answer.run}/stop`, {});
    const half = await over(answer.run);
    assert.equal(half.state, 'stopped');
    assert.match(half.rows[0].row.lines.join(), /tag: .*lab:checked/);
    const of = (state: string) => half.rows.filter(({ row }) => row.state === state).map(({ row }) => row.id);
    const [done, left] = [of('done'), of('waiting')];
    assert.ok(done.length >= COUNT / 2 && left.length > 0, JSON.stringify(half.counts));
    assert.equal(done.length + left.length, COUNT);
    assert.deepEqual(tagged().sort(), done.sort());
    assert.deepEqual(events.map(({ id }) => id).sort(), done);
    assert.match((await carryOut(shown.run)).answer.problem ?? '', /new dry run/);
    assert.match(
      (await ask('POST', `${at}/runs/${answer.run}/stop`, {})).answer.problem ?? '',
      /not under way/,
    );
    const rest = await dry({ events: left.join(' ') });
    const { answer: last } = await carryOut(rest.run);
    assert.deepEqual((await over(last.run)).counts, { done: left.length });
    const real = events.filter(({ test }) => !test).map(({ id }) => id);
    assert.deepEqual([real.length, new Set(real).size, tagged().length], [COUNT, COUNT, COUNT]);
    await until(() => reports.length === 2);
    assert.deepEqual(reports[0].counts, half.counts);
  });

  const list = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => String(from + index));
  const states = ({ rows }: AdHocView) => rows.map(({ row }) => row.state);

  it('leaves out what is unticked, what MISP does not show, and what the dry run did not plan', async () => {
    const block = node('block', 'misp-response', [], { answer: 'block', message: 'not {{ Event.id }}' });
    const fails = node('fails', 'function', [['tag']], {
      func: `if (msg.payload.Event.id === '4') throw new Error('odd <b>event</b>'); return msg;`,
      outputs: 1,
    });
    const rules = [{ t: 'eq', v: '3', vt: 'str' }, { t: 'else' }];
    const by = { property: 'payload.Event.id', propertyType: 'msg', rules, outputs: 2, checkall: 'false' };
    await open({ concurrency: 1 }, [node('between', 'switch', [['block'], ['fails']], by), block, fails]);
    const { uuid } = misp.event('5')!;
    const shown = await dry({ events: `1, 2;3\n4 5 ${uuid.toUpperCase()} 9999 2` });
    assert.deepEqual(states(shown), ['planned', 'planned', 'blocked', 'failed', 'planned', 'missing']);
    assert.match(shown.rows[2].row.lines.join(), /not 3/);
    assert.match(shown.rows[3].row.lines.join(), /odd <b>event<\/b>/);
    const { answer } = await carryOut(shown.run, [misp.event('2')!.uuid]);
    assert.deepEqual(states(await over(answer.run)), ['done', 'done']);
    assert.deepEqual(tagged(), ['1', '5']);
    const { rows } = await view(answer.run, Number.MAX_SAFE_INTEGER);
    assert.deepEqual(rows, []);
  });

  it('asks for parameters, and takes nothing else', async () => {
    await open({ parameters: PARAMETERS, most: 3 });
    const { answer: form } = await ask<AdHocForm>('GET', at);
    assert.deepEqual(
      form.parameters.map(({ label, type, choices }) => [label, type, choices.length]),
      [
        ['Which team', 'choice', 2],
        ['reason', 'text', 0],
        ['limit', 'number', 0],
        ['loud', 'checkbox', 0],
      ],
    );
    const reason = 'x';
    const wrong: [body: object, problem: RegExp][] = [
      [{ events: '1' }, /reason must be filled in/],
      [{ events: '1', parameters: { reason, team: 'red' } }, /Which team must be one of: soc, cert/],
      [{ events: '1', parameters: { reason, limit: '1e999' } }, /limit must be a number/],
      [{ events: '1', parameters: { reason: { $ne: 1 } } }, /reason: the value is no text/],
      [{ events: '1', parameters: { reason, constructor: 1 } }, /no parameter constructor/],
      [{ events: '1', parameters: { reason: 'x'.repeat(10_001) } }, /more than 10000 characters/],
      [{ parameters: { reason } }, /No event is chosen/],
      [{ search: { published: 'yes' }, parameters: { reason } }, /No event is chosen/],
      [{ search: { info: 'Incident' }, parameters: { reason } }, /more than 3 events/],
      [{ search: { eventid: '1' }, parameters: { reason } }, /no condition eventid/],
      [{ search: { from: '1 or 1' }, parameters: { reason } }, /no day/],
      [{ search: { last: '../x' }, parameters: { reason } }, /no time span/],
      [{ search: { info: 'no such thing' }, parameters: { reason } }, /found no event/],
      [{ events: '1,2,3,4', parameters: { reason } }, /more than 3 events/],
      [{ events: '../admin', parameters: { reason } }, /\.\.\/admin is no id/],
      [{ events: '%', parameters: { reason } }, /% is no id/],
      [{ events: [{}, null], parameters: { reason } }, /is no id/],
    ];
    for (const [body, problem] of wrong) {
      const { answer } = await ask('POST', `${at}/dry-runs`, body);
      assert.match(answer.problem ?? '', problem, JSON.stringify(body).slice(0, 100));
    }
    await dry({ events: '1', parameters: { reason, limit: '7', loud: 'false' } });
    assert.deepEqual(events[0].params, { team: 'soc', reason, limit: 7, loud: false });
    const forged = await ask('POST', `${at}/dry-runs`, { events: '1', parameters: { reason } }, 'text/plain');
    assert.equal(forged.status, 415);
    assert.equal((await ask('GET', '/no-such-flow')).status, 404);
    assert.equal((await ask('GET', `${at}/runs/__proto__`)).status, 404);
    assert.deepEqual(tagged(), []);
  });

  it('is started by a message, one at a time, and tells by a message', async () => {
    await open({ concurrency: 1, parameters: [PARAMETERS[2]] });
    let isFirst = true;
    onEvent = () => {
      if (isFirst) send({ events: '7' });
      isFirst = false;
    };
    send({ events: ['1', '2'], parameters: { limit: 3 } }, { kept: 'as it was' });
    await until(() => reports.length > 0, 10_000);
    assert.match(errors.join(), /A run is under way/);
    assert.deepEqual(
      [reports[0].state, reports[0].counts, reports[0].byMessage],
      ['finished', { done: 2 }, true],
    );
    assert.deepEqual(events[0].params, { limit: 3 });
    assert.deepEqual(tagged(), ['1', '2']);
    for (const payload of [
      undefined,
      {},
      [],
      'x y',
      { search: {} },
      { events: '1', parameters: { other: 1 } },
    ]) {
      errors.length = 0;
      send(payload);
      await until(() => errors.length > 0);
    }
    reports.length = 0;
    send('3', { misp: { test: true } });
    await until(() => reports.length > 0);
    assert.deepEqual(reports[0].counts, { planned: 1 });
    assert.deepEqual(tagged(), ['1', '2']);
  });

  it('goes on when an event takes too long or MISP does not give it, and says so', async () => {
    const slow = node('slow', 'delay', [['tag']], {
      pauseType: 'delay',
      timeout: '3',
      timeoutUnits: 'seconds',
    });
    const by = {
      ...{ property: 'payload.Event.id', propertyType: 'msg', outputs: 2, checkall: 'false' },
      rules: [{ t: 'eq', v: '1', vt: 'str' }, { t: 'else' }],
    };
    const away = { id: 'misp', type: 'misp-server', url: recorder.url, timeout: 1, verify: true };
    await open({ timeout: 1 }, [node('between', 'switch', [['slow'], ['tag']], by), slow, away]);
    recorder.answer = ({ path: where }, response) => {
      if (!where.endsWith(misp.event('2')!.uuid)) return false;
      response.writeHead(200).end('<html>');
      return true;
    };
    const shown = await dry({ events: '1 2 3' });
    assert.deepEqual(states(shown), ['unknown', 'failed', 'planned']);
    assert.match(shown.rows[0].row.lines.join(), /time for this event was up/);
  });

  it('names what acts in a dry run, and forgets a plan with a deploy', async () => {
    await open({}, [node('between', 'exec', [['tag'], [], []], { name: 'rm', command: 'true', addpay: '' })]);
    assert.deepEqual((await ask<AdHocForm>('GET', at)).answer.acting, ['exec "rm"']);
    await open();
    assert.deepEqual((await ask<AdHocForm>('GET', at)).answer.acting, []);
    const shown = await dry({ events: '1' });
    await open({}, [], 'flows');
    assert.match((await carryOut(shown.run)).answer.problem ?? '', /new dry run/);
    assert.deepEqual(tagged(), []);
  });

  const folder = () => {
    const all = path.join(nodeRed.userDir, 'misp-workflows/ad-hoc-runs');
    return path.join(all, readdirSync(all)[0]);
  };
  const latestFile = () => path.join(folder(), readdirSync(folder()).sort().at(-1)!);

  it('says after a restart what was done, what was not, and what nobody knows', async () => {
    await open({ concurrency: 1 });
    const shown = await dry({ events: list(1, 40) });
    const { answer } = await carryOut(shown.run);
    await until(() => tagged().length >= 5, 20_000);
    assert.equal(statSync(latestFile()).mode & 0o777, 0o600);
    await nodeRed.stop();
    await boot();
    await until(() => reports.length > 0);
    const [{ state, counts, events: rows }] = reports;
    assert.equal(state, 'interrupted');
    assert.equal(counts.running, undefined);
    const done = rows.filter((row) => row.state === 'done').map(({ id }) => id);
    const open40 = rows.filter((row) => row.state === 'waiting').map(({ id }) => id);
    // The fifth was tagged, but perhaps not over.
    assert.ok(done.length >= 4 && open40.length > 20, JSON.stringify(counts));
    // What was under way when it ended may be in MISP or not: it is counted for neither.
    for (const id of done) assert.ok(tagged().includes(id), id);
    for (const id of open40) assert.ok(!tagged().includes(id), id);
    const { answer: form } = await ask<AdHocForm>('GET', at);
    assert.equal(form.past[0].run, answer.run);
    const again = await view(answer.run);
    assert.deepEqual([again.state, again.rows.length, again.usable], ['interrupted', 40, false]);
  });

  it('reads the torn notes of a process that was killed, and tells of them once', async () => {
    await open({ concurrency: 1 });
    const shown = await dry({ events: list(1, 3) });
    const { answer } = await carryOut(shown.run);
    await over(answer.run);
    await until(() => reports.length > 0);
    const lines = readFileSync(latestFile(), 'utf8').split('\n');
    assert.deepEqual(
      lines.slice(1, 5).map((line) => Object.keys(JSON.parse(line) as object)[0]),
      ['begun', 'ended', 'begun', 'ended'],
    );
    writeFileSync(latestFile(), [...lines.slice(0, 4), lines[4].slice(0, 20)].join('\n'));
    reports.length = 0;
    await open({ concurrency: 1 });
    await until(() => reports.length > 0);
    assert.deepEqual(
      reports[0].events.map(({ state }) => state),
      ['done', 'unknown', 'waiting'],
    );
    writeFileSync(path.join(folder(), '1795830357816-zz.jsonl'), '{"head":');
    await open({ concurrency: 1 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(reports.length, 1);
  });

  it('begins nothing that it cannot write down', async () => {
    await open({ concurrency: 1 });
    const shown = await dry({ events: '1' });
    const all = path.join(nodeRed.userDir, 'misp-workflows/ad-hoc-runs');
    rmSync(all, { recursive: true, force: true });
    writeFileSync(all, 'in the way');
    const { status, answer } = await carryOut(shown.run);
    rmSync(all);
    assert.equal(status, 200);
    assert.match(answer.problem ?? '', /cannot be written .*\((?:EEXIST|ENOTDIR)\)/);
    assert.ok(!answer.problem?.includes(userDir));
    assert.deepEqual(tagged(), []);
  });
});
