import { strict as assert } from 'node:assert';
import { ANALYST_KEY } from '../../sandbox/misp/users';
import { NEWEST } from '../../sandbox/misp/version';
import { aiAnswerOf, type AiAnswer } from '../../src/actions/ai-answer';
import { planAi } from '../../src/actions/ask-ai';
import { AskedLately } from '../../src/echo/asked-lately';
import { BREAKAGES, realAnswer } from '../support/breakages';
import { until } from '../support/until';
import { placeOf, startAiModule } from '../support/ai-module';
import { MispNodeTest, type NodeSettings, type TestMessage } from '../support/misp-node';
import type { ModuleServiceStandIn } from '../support/modules';
import { eventOf, resultOf } from '../support/planned';
import { soon } from '../support/soon';

type Row = Record<string, unknown>;

const REPORT = 'aaaaaaaa-0000-4000-8000-000000000001';
const SECOND = 'aaaaaaaa-0000-4000-8000-000000000002';
const report = (uuid: string, content: string, more: Row = {}): Row => ({
  ...{ id: uuid.slice(-1), uuid, event_id: '2', name: 'Notes', content, distribution: '5' },
  ...{ sharing_group_id: '0', timestamp: '1795392401', deleted: false, ...more },
});
const aiOf = (message: TestMessage) => (message.misp as { ai: AiAnswer }).ai;
const SUMMARY = '# AI summary\n- in short\n\n==================\n\n';

describe('misp-ai', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  let ai: ModuleServiceStandIn;
  /** Each run asks anew: what was asked before is another test's. */
  const run = (use: string, settings: NodeSettings = {}) =>
    test.deploy('misp-ai', { use, timeout: 5, ...settings });
  const put = (...reports: Row[]) => Object.assign(test.misp.events.get('2')!, { EventReport: reports });
  const payload = () => ({ payload: eventOf(test.misp, '2') });
  const asked = () => test.calls.filter((call) => / \/event.*\/ai/i.test(call));
  let events: [string, never][];

  before(async () => {
    test = await MispNodeTest.start();
    ai = await startAiModule();
    events = structuredClone([...test.misp.events.entries()]) as unknown as typeof events;
  });
  beforeEach(() => {
    for (const [id, event] of structuredClone(events)) test.misp.events.set(id, event);
    // A MISP of its own for each test, as far as the node's memory goes.
    test.misp.event('2')!.uuid = crypto.randomUUID();
    test.misp.version = NEWEST;
    test.misp.aiService = placeOf(ai);
    test.misp.settings.set('MISP.background_jobs', false);
    ai.queries.length = 0;
  });
  after(async () => {
    await test.stop();
    await ai.close();
  });

  it('suggests tags, and attaches none', async () => {
    await run('recommend-tags');
    const [message] = await test.send(payload());
    assert.deepEqual(asked(), ['GET /events/aiRecommendTags/2']);
    const { tags = [], selectable } = aiOf(message);
    assert.deepEqual(
      tags.map(({ name, selectable: can }) => [name, can]),
      [
        ['tlp:red', !payload().payload.Event.Tag?.some(({ name }) => name === 'tlp:red')],
        ['lab:new', true],
      ],
    );
    assert.ok(selectable?.includes('lab:new'));
    assert.ok(!test.misp.event('2')!.Tag.some(({ name }) => name === 'lab:new'));
    assert.equal(resultOf(message).operations[0].state, 'done');
  });

  it('has each report summarised that a person wrote and that has no summary', async () => {
    put(
      report(REPORT, '# Notes'),
      report(SECOND, `${SUMMARY}# Notes`),
      report(SECOND.replace(/2$/, '3'), 'deleted', { deleted: true }),
      report(SECOND.replace(/2$/, '4'), 'by a machine', {
        Tag: [{ name: 'ai-computer-assisted:assistance-level="ai-generated"' }],
      }),
    );
    await run('summarise-reports');
    const [message] = await test.send(payload());
    assert.deepEqual(asked(), ['POST /eventReports/aiSummarize/1']);
    assert.equal(resultOf(message).operations[0].state, 'done');
    const [first] = test.misp.event('2')!.EventReport as Row[];
    assert.match(String(first.content), /^# AI summary\n- the report in short\n\n=+\n\n# Notes$/);
    test.clear();
    await test.send(payload());
    assert.deepEqual(asked(), [], 'now it has one');
  });

  it('has the event summarised once', async () => {
    put(report(REPORT, '# Notes'));
    await run('summarise-event');
    await test.send(payload());
    const reports = test.misp.event('2')!.EventReport as Row[];
    assert.equal(reports.length, 2);
    test.clear();
    await test.send(payload());
    assert.deepEqual(asked(), []);
  });

  it('has indicators extracted from reports that no comment names', async () => {
    put(report(REPORT, 'found.example'), report(SECOND, 'found.example'));
    await run('extract-indicators');
    const [message] = await test.send(payload());
    assert.deepEqual(asked(), ['POST /events/aiExtractIndicators/2']);
    assert.equal(aiOf(message).attributes, 1);
    const found = test.misp.event('2')!.Attribute.at(-1)!;
    assert.match(String(found.comment), new RegExp(`EventReport ${REPORT}, ${SECOND}`));
    test.clear();
    await test.send(payload());
    assert.deepEqual(asked(), [], 'both are named');
    put(...(test.misp.event('2')!.EventReport as Row[]), report(SECOND.replace(/2$/, '3'), 'new'));
    test.clear();
    await test.send(payload());
    assert.equal(asked().length, 1, 'a new one is not');
  });

  it('does not ask the same again before its time, and asks again what MISP has refused', async () => {
    put(report(REPORT, 'text'));
    await run('recommend-tags', { onFailure: 'continue' });
    ai.answer = () => ({ error: 'no model' });
    test.receive(payload());
    while (test.errors.length + test.sent.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
    ai.answer = () => ({ results: { Tag: [] } });
    test.sent.length = test.errors.length = 0;
    const [one] = await test.send(payload());
    assert.equal(resultOf(one).operations[0].state, 'done');
    test.sent.length = 0;
    const [again] = await test.send(payload());
    assert.equal(resultOf(again).operations[0].state, 'unchanged');
    assert.deepEqual(aiOf(again).tags, []);
    assert.equal(asked().length, 2);
    await ai.close();
    ai = await startAiModule();
  });

  it('says of what MISP has queued that its outcome is not known', async () => {
    test.misp.settings.set('MISP.background_jobs', true);
    put(report(REPORT, 'text'));
    await run('summarise-reports');
    const [message] = await test.send(payload());
    assert.equal(resultOf(message).operations[0].state, 'unknown');
  });

  it('asks no second time where the answer did not come', async () => {
    await run('recommend-tags');
    test.recorder.answer = (_, response) => {
      response.socket?.destroy();
      return true;
    };
    assert.match(await test.fail(payload()), /ECONNRESET/);
    assert.equal(asked().length, 1);
  });

  it('plans only, in a dry run', async () => {
    put(report(REPORT, 'text'));
    await run('summarise-reports', { dryRun: true });
    const [message] = await test.send(payload());
    assert.deepEqual(
      resultOf(message).operations.map(({ state, operation }) => [state, operation.do]),
      [['planned', 'ask-ai']],
    );
    assert.deepEqual(asked(), []);
  });

  const REFUSED: [what: string, prepare: () => void, settings: NodeSettings, words: RegExp][] = [
    ['an older MISP', () => (test.misp.version = '2.5.46'), {}, /came with MISP 2\.5\.47/],
    ['an AI that is off', () => (test.misp.aiService = undefined), {}, /not enabled on this instance/],
    ['a key without the permission', () => undefined, { key: ANALYST_KEY }, /perm_ai_tools/],
    [
      'too many reports',
      () => put(report(REPORT, 'a'), report(SECOND, 'b')),
      { most: 1 },
      /the node allows 1/,
    ],
  ];
  for (const [what, prepare, settings, words] of REFUSED) {
    it(`says what is wrong: ${what}`, async () => {
      put(report(REPORT, 'text'));
      prepare();
      await run('summarise-reports', settings);
      assert.match(await test.fail(payload()), words);
    });
  }

  describe('where the answer is broken', () => {
    for (const use of ['recommend-tags', 'summarise-reports']) {
      for (const [how, break_] of Object.entries(BREAKAGES)) {
        it(`${use}: ${how}`, async () => {
          put(report(REPORT, 'text'));
          await run(use, { timeout: 1, wait: 1 });
          test.recorder.answer = (call, response) => {
            void realAnswer(test.misp.url, call, how).then((real) => break_(response, real));
            return true;
          };
          test.receive(payload());
          await until(() => test.sent.length + test.errors.length > 0);
          // MISP does not say whose summary it is.
          const isSaid = how === 'another id' && use === 'summarise-reports';
          assert.equal(test.sent.length, isSaid ? 1 : 0);
          if (!isSaid) assert.ok(test.errors[0].length > 20);
          assert.equal(asked().length, 1);
        });
      }
    }
  });

  it('does not take data without reports for an event without reports', async () => {
    await run('summarise-reports');
    const thin = {
      payload: { Event: { id: '2', info: 'x', attribute_count: '5', _AttributeFlattened: [] } },
    };
    assert.match(await test.fail(thin), /reports/);
  });
});

describe('what MISP says of its AI', () => {
  it('is cut to names and words', () => {
    const long = 'x'.repeat(1_000_000);
    const Tag = [
      {
        name: 'tlp:red',
        exists: '1',
        selectable: 1,
        status: long,
        reason: { a: 1 },
        __proto__: { polluted: true },
      },
      ...[{ name: long }, { name: 'a\nb' }, { name: '' }, { name: { a: 1 } }, null, 'text', 7],
      { name: '<img src=x onerror=alert(1)>', selectable: 'yes' },
    ];
    const { tags = [], selectable } = aiAnswerOf('recommend-tags', { Tag });
    assert.deepEqual(
      tags.map(({ name, exists, selectable: can, status }) => [name, exists, can, status.length]),
      [
        ['tlp:red', true, true, 255],
        ['<img src=x onerror=alert(1)>', false, false, 0],
      ],
    );
    assert.deepEqual(selectable, ['tlp:red']);
    const many = aiAnswerOf('recommend-tags', {
      Tag: Array.from({ length: 5000 }, (_, n) => ({ name: `t${n}` })),
    });
    assert.equal(many.tags?.length, 100);
    for (const odd of [undefined, null, [], 'x', { Tag: 'x' }])
      assert.deepEqual(aiAnswerOf('recommend-tags', odd).tags, []);
  });

  it('of what was found is a number', () => {
    const answer = { attributes: 3, objects: [{}, {}], rejected: { 0: 'a' } };
    assert.deepEqual(aiAnswerOf('extract-indicators', answer), {
      ...{ use: 'extract-indicators', attributes: 3, objects: 2, rejected: 1 },
    });
    for (const odd of [-1, 1.5, 'x', null])
      assert.deepEqual(aiAnswerOf('extract-indicators', { attributes: odd }), { use: 'extract-indicators' });
  });

  it('is looked for in a megabyte of hostile text in no time', async () => {
    for (const content of ['=', ' ', '#', '\n', '# AI summary\n', 'a, '].map((one) =>
      one.repeat(1_000_000 / one.length),
    )) {
      const comment = `extracted by ai_connector from EventReport ${content}`;
      const attribute = { id: '1', uuid: REPORT, event_id: '2', value: 'x', comment };
      const data = {
        Event: { id: '2', EventReport: [report(REPORT, content)], _AttributeFlattened: [attribute] },
      };
      await soon(200, () => {
        planAi('summarise-reports', {}, data, { most: 10, wait: 1 });
        planAi('summarise-event', {}, data, { most: 10, wait: 1 });
        planAi('extract-indicators', {}, data, { most: 10, wait: 1 });
      });
    }
  });

  it('is remembered for its time, and no more of it than there is room', () => {
    let now = 0;
    const lately = new AskedLately(2, () => now);
    assert.deepEqual(
      ['a', 'a', 'b', 'c', 'b', 'a'].map((one) => lately.claim(one, 100)),
      [true, false, true, true, false, true],
    );
    now = 100;
    assert.ok(lately.claim('b', 100));
    lately.release('b');
    assert.ok(lately.claim('b', 100));
  });
});
