import { strict as assert } from 'node:assert';
import { mock } from 'node:test';
import type { ServerResponse } from 'node:http';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { prove, type ProofRow } from '../../src/connect/proof';
import { ProofAnswers } from '../../src/connect/proof-answers';
import { MispClient } from '../../src/misp/client';
import { words } from '../../src/text';
import { BREAKAGES, realAnswer, routeOf } from '../support/breakages';
import { recordCalls, sendJson, type RecordedCall, type Recorder } from '../support/recorder';

const wish = {
  ...{ trigger: 'event-publish', module: 'nodered_event_publish', deadlineMs: 2000 },
  ...{ watches: false, dead: false, service: { protocol: 'http', host: '127.0.0.1', port: 1 } as const },
};

describe('a proof whose MISP answers anything', () => {
  let misp: StandInMisp;
  let recorder: Recorder;
  let client: MispClient;

  // It publishes whatever the trigger says, so that "blocked" must never be seen.
  before(async () => {
    misp = await startStandInMisp({ port: 0 });
    recorder = await recordCalls(misp.url);
    client = new MispClient({ url: recorder.url, apiKey: API_KEY, verify: true, timeoutMs: 3000 });
  });
  after(async () => {
    client.close();
    recorder.close();
    await misp.close();
  });

  async function proved(answer: Recorder['answer']): Promise<ProofRow[]> {
    recorder.answer = answer;
    recorder.calls.length = 0;
    const asked = { called: true, end: () => undefined };
    const rows = await prove(client, wish, () => asked, { signal: new AbortController().signal });
    recorder.answer = undefined;
    return rows;
  }
  const levelOf = (rows: readonly ProofRow[], id: string) => rows.find((row) => row.id === id)?.level;
  const textIn = (rows: readonly ProofRow[]) => rows.map(({ said }) => words(said)).join('\n');
  const left = () => [...misp.events.values()].filter(({ info }) => info.startsWith('Round trip'));

  /** What is left is named, or nothing is; and nothing is taken for stopped. */
  function assertHonest(rows: readonly ProofRow[], about: string): void {
    assert.equal(rows.at(-1)?.id, 'tidy', about);
    assert.notEqual(levelOf(rows, 'block'), 'green', about);
    const said = textIn(rows);
    for (const { id, uuid } of left()) {
      assert.notEqual(levelOf(rows, 'tidy'), 'green', about);
      assert.ok(said.includes(id) || said.includes(uuid), about);
      misp.events.delete(id);
    }
    assert.ok(said.length < 20_000, `${about}: ${said.length}`);
  }

  const BROKEN = ['cut JSON', 'null', 'an empty list', 'false', 'another id', 'HTML', 'nothing'];
  const ROUTES = ['events/add', 'events/restSearch', 'events/publish', 'events/delete', 'event_blocklists'];
  for (const route of ROUTES) {
    it(`broken answers of ${route} prove nothing, and hide no event`, async () => {
      assert.equal(levelOf(await proved(undefined), 'tidy'), 'green');
      for (const how of BROKEN) {
        const isIt = (call: RecordedCall) => routeOf(call).includes(route);
        const rows = await proved((call, response) => {
          if (!isIt(call)) return false;
          void realAnswer(misp.url, call, how).then((real) => BREAKAGES[how](response, real));
          return true;
        });
        assertHonest(rows, `${how} at ${route}`);
      }
    });
  }

  const MARKUP = '<img src=x onerror=alert(1)>{{7*7}}\u001b[2J';
  const HOSTILE: [name: string, answer: unknown][] = [
    ['markup', { name: MARKUP, message: MARKUP, errors: MARKUP }],
    ['1 MB', { name: 'x'.repeat(1e6), message: 'x'.repeat(1e6), errors: ['y'.repeat(1e6)] }],
    ['other types', { name: 7, message: { a: [] }, errors: [[null]], saved: 'yes' }],
  ];
  for (const [name, answer] of HOSTILE) {
    it(`words of MISP that are ${name} stay words, and short`, async () => {
      for (const route of ['events/add', 'events/publish', 'events/delete']) {
        const rows = await proved(
          (call, response) => routeOf(call).includes(route) && sendJson(response, answer, 403),
        );
        assertHonest(rows, `${name} at ${route}`);
      }
    });
  }

  it('prototype keys and fields of other types make no event published', async () => {
    const real = (call: RecordedCall, response: ServerResponse, change: (event: string) => string) => {
      void realAnswer(misp.url, call, '').then((text) =>
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(change(text)),
      );
      return true;
    };
    const as = (published: string) => (event: string) =>
      event.replace(/"published":(?:true|false|"\d")/, `"published":${published}`);
    const inherited = (event: string) =>
      event.replace(/"published":(?:true|false|"\d"),?/, '"__proto__":{"published":true},');
    for (const change of [as('{}'), as('[]'), as('"no"'), as('null'), inherited]) {
      const rows = await proved(
        (call, response) => routeOf(call).includes('events/restSearch') && real(call, response, change),
      );
      assert.equal(rows.at(-1)?.id, 'tidy');
      assert.deepEqual(left(), []);
    }
    assert.equal(({} as Record<string, unknown>).published, undefined);
  });
});

describe('the answers that a proof waits to give', () => {
  const EVENT = '5f3c2b1a-0000-4000-8000-00000000000a';
  afterEach(() => mock.timers.reset());

  it('are given once, for their module and event alone, however it is written', () => {
    const answers = new ProofAnswers();
    const call = answers.expect('mine', EVENT, 'block');
    for (const event of [undefined, null, 7, {}, [EVENT], '__proto__', 'constructor', `${EVENT} `])
      assert.equal(answers.take('mine', event), undefined);
    assert.equal(answers.take('other', EVENT), undefined);
    assert.equal(call.called, false);
    assert.equal(answers.take('mine', EVENT.toUpperCase()), 'block');
    assert.equal(call.called, true);
    assert.equal(answers.take('mine', EVENT), undefined);
  });

  it('are not waited for any more after five minutes, and not when the proof ended', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const answers = new ProofAnswers();
    const late = answers.expect('mine', EVENT, 'allow');
    mock.timers.tick(5 * 60_000 - 1);
    assert.equal(answers.take('mine', EVENT), 'allow');
    const forgotten = answers.expect('mine', EVENT, 'allow');
    mock.timers.tick(5 * 60_000);
    assert.equal(answers.take('mine', EVENT), undefined);
    const ended = answers.expect('mine', EVENT, 'allow');
    ended.end();
    assert.equal(answers.take('mine', EVENT), undefined);
    assert.deepEqual([late.called, forgotten.called, ended.called], [true, false, false]);
  });
});
