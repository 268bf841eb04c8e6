import { strict as assert } from 'node:assert';
import { toCoreFormat } from '../../src/event/to-core';
import type { EnrichmentCounts } from '../../src/actions/plan';
import { MispNodeTest, type NodeSettings, type TestMessage } from '../support/misp-node';
import { moduleNamed, startModules, type ModuleServiceStandIn, type Query } from '../support/modules';
import { eventOf, planOf, resultOf } from '../support/planned';

const DNS = moduleNamed('dns', ['domain'], {}, { config: ['nameserver', 'apikey'] });
const GEO = moduleNamed('geo', ['ip-dst', 'domain'], { format: 'misp_standard' });

interface Row {
  value: string;
  uuid: string;
  enrichment?: unknown[];
}
interface Payload {
  Event: { Attribute: Row[]; Object: { Attribute: Row[] }[]; _AttributeFlattened: Row[] };
}

const uuid = (number: number) => `5f0f0000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const event = (...values: string[]) =>
  toCoreFormat({
    Event: {
      id: '2',
      Attribute: values.map((value, index) => ({
        ...{ id: String(index + 1), uuid: uuid(index + 1), event_id: '2', type: 'domain', value },
      })),
    },
  }) as Payload;
const plain = (values: unknown) => ({ results: [{ types: ['text'], values }] });
const enrichmentOf = (message: TestMessage) =>
  (message.payload as Payload).Event._AttributeFlattened.map(({ enrichment }) => enrichment);
const countsOf = (message: TestMessage) => resultOf(message).enrichment as EnrichmentCounts;
const numbers = (message: TestMessage) => {
  const { result, nothing, failed, timedOut, notAsked } = countsOf(message);
  return [result, nothing, failed, timedOut, notAsked];
};
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('misp-enrich', function () {
  this.timeout(60000);
  let test: MispNodeTest;
  let modules: ModuleServiceStandIn;
  before(async () => {
    test = await MispNodeTest.start();
    modules = await startModules([DNS, GEO]);
  });
  after(async () => {
    await test.stop();
    await modules.close();
  });

  function deployEnrich(
    settings: NodeSettings = {},
    service: object = {},
    secrets: object = {},
  ): Promise<void> {
    modules.queries.length = 0;
    modules.most = 0;
    modules.modules = [DNS, GEO];
    modules.answer = ({ domain }) => plain([`of ${String(domain)}`]);
    return test.deploy('misp-enrich', {
      service: 'modules',
      enrichWith: ['dns'],
      beside: [{ id: 'modules', type: 'misp-modules', url: modules.url, ...service }],
      secrets: { modules: secrets },
      ...settings,
    });
  }

  it("puts results where MISP's nodes look for them, and asks as MISP does", async () => {
    const secrets = { settings: JSON.stringify({ 'dns.apikey': 'SentinelApiKey' }) };
    await deployEnrich({}, {}, secrets);
    const [message] = await test.send({ payload: event('a.example', 'b.example') });
    assert.deepEqual(enrichmentOf(message), [
      [[{ types: ['text'], values: ['of a.example'] }]],
      [[{ types: ['text'], values: ['of b.example'] }]],
    ]);
    const { Event } = message.payload as Payload;
    assert.equal(Event.Attribute[0].enrichment, Event._AttributeFlattened[0].enrichment);
    assert.deepEqual(modules.queries[0], {
      ...{ module: 'dns', event_id: '2', domain: 'a.example' },
      config: { nameserver: null, apikey: 'SentinelApiKey' },
    });
    assert.deepEqual(numbers(message), [2, 0, 0, 0, 0]);
    assert.deepEqual(test.calls, [], 'MISP is not asked');
    assert.ok(!JSON.stringify(message).includes('SentinelApiKey'));
  });

  it('shows no setting of a module, even if the module repeats it', async () => {
    const key = 'Sentinel"Api/Key';
    await deployEnrich({}, {}, { settings: JSON.stringify({ 'dns.apikey': key, 'dns.nameserver': '1000' }) });
    modules.answer = ({ domain, config }) =>
      domain === 'a.example'
        ? { error: `Could not reach https://x/?key=${encodeURIComponent(key)}, no key ${key}`, config }
        : plain([key, '1000']);
    const [message] = await test.send({ payload: event('a.example', 'b.example') });
    const shown = JSON.stringify(message);
    assert.ok(!shown.includes('Sentinel'), shown);
    assert.ok(shown.includes('"1000"'), 'what is no secret stays');
  });

  it('asks each value once, and not again while it is kept', async () => {
    await deployEnrich();
    await test.send({ payload: event('a.example', 'a.example', 'b.example') });
    assert.equal(modules.queries.length, 2);
    test.sent.length = 0;
    const [message] = await test.send({ payload: event('b.example', 'c.example') });
    assert.equal(modules.queries.length, 3);
    assert.deepEqual(numbers(message), [2, 0, 0, 0, 0]);
    await deployEnrich({}, { keep: 0 });
    await test.send({ payload: event('a.example') });
    test.sent.length = 0;
    await test.send({ payload: event('a.example') });
    assert.equal(modules.queries.length, 2, '0 keeps nothing');
  });

  it('gives a shared answer uuids of its own, and references to the attribute that asks', async () => {
    await deployEnrich({ enrichWith: ['geo'] });
    modules.answer = ({ attribute }: Query) => ({
      results: {
        Object: [
          {
            ...{ name: 'geolocation', uuid: uuid(900) },
            Attribute: [{ type: 'text', object_relation: 'country', value: 'Luxembourg', uuid: uuid(901) }],
            ObjectReference: [
              { referenced_uuid: (attribute as Row).uuid, object_uuid: uuid(900), relationship_type: 'x' },
            ],
          },
        ],
      },
    });
    const [message] = await test.send({ payload: event('a.example', 'a.example') });
    assert.equal(modules.queries.length, 1);
    const objects = enrichmentOf(message).map(
      (own) =>
        (own as { Object: { uuid: string; ObjectReference: Record<string, string>[] }[] }[])[0].Object[0],
    );
    assert.notEqual(objects[0].uuid, objects[1].uuid);
    assert.equal(objects[1].ObjectReference[0].object_uuid, objects[1].uuid);
    assert.deepEqual(
      objects.map(({ ObjectReference }) => ObjectReference[0].referenced_uuid),
      [uuid(1), uuid(2)],
    );
  });

  it('takes any answer for what it is worth: none ends the run', async () => {
    await deployEnrich();
    const answers: Record<string, [answer: unknown, counts: number[]]> = {
      'false.example': [false, [0, 0, 1, 0, 0]],
      'null.example': [null, [0, 0, 1, 0, 0]],
      'text.example': ['just text', [0, 0, 1, 0, 0]],
      'list.example': [
        [1, 2],
        [0, 0, 1, 0, 0],
      ],
      'number.example': [7, [0, 0, 1, 0, 0]],
      'none.example': [{}, [0, 0, 1, 0, 0]],
      'data.example': [{ data: true }, [0, 0, 1, 0, 0]],
      'results.example': [{ results: 'text' }, [0, 0, 1, 0, 0]],
      'nothing.example': [{ results: [] }, [0, 1, 0, 0, 0]],
      'empty.example': [{ results: { Object: [], Attribute: [] } }, [0, 1, 0, 0, 0]],
      'unknown.example': [{ error: 'Non existing hash' }, [0, 1, 0, 0, 0]],
      'key.example': [{ error: 'Shodan authentication is missing' }, [0, 0, 1, 0, 0]],
      'raised.example': [
        { error: 'Something went wrong, look in the server logs for details' },
        [0, 0, 1, 0, 0],
      ],
      'timeout.example': [{ error: 'Timeout.' }, [0, 0, 0, 1, 0]],
      'both.example': [{ error: 'e', ...plain('v') }, [1, 0, 0, 0, 0]],
      'nullError.example': [{ error: null, ...plain('v') }, [1, 0, 0, 0, 0]],
    };
    modules.answer = ({ domain }) => answers[String(domain)][0];
    for (const [value, [, counts]] of Object.entries(answers)) {
      test.sent.length = 0;
      const [message] = await test.send({ payload: event(value) });
      assert.deepEqual(numbers(message), counts, value);
      if (counts[2] + counts[3] > 0) assert.equal(countsOf(message).problems.length, 1, value);
    }
  });

  it('costs only those that fail: every third value', async () => {
    await deployEnrich();
    let count = 0;
    modules.answer = ({ domain }, response) => {
      count += 1;
      if (count % 3 !== 0) return plain(`of ${String(domain)}`);
      response.writeHead(500, { 'Content-Type': 'text/html' }).end('<html><b>500</b></html>');
      return undefined;
    };
    const values = Array.from({ length: 12 }, (_, index) => `${index}.example`);
    const [message] = await test.send({ payload: event(...values) });
    assert.deepEqual(numbers(message), [8, 0, 4, 0, 0]);
    assert.equal(enrichmentOf(message).filter(Boolean).length, 8);
  });

  it('does not read an answer that is too large, or no JSON', async () => {
    await deployEnrich({}, { answerLimit: 1 });
    modules.answer = ({ domain }, response) => {
      if (domain === 'ok.example') return plain('x');
      if (domain === 'broken.example') return void response.end('{"results": [');
      response.on('error', () => undefined);
      const chunk = 'x'.repeat(64 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
      return undefined;
    };
    const [message] = await test.send({ payload: event('large.example', 'broken.example', 'ok.example') });
    assert.deepEqual(numbers(message), [1, 0, 2, 0, 0]);
    assert.match(
      countsOf(message).problems.join('\n'),
      /more than 1 MB[^]*no JSON|no JSON[^]*more than 1 MB/,
    );
  });

  it('fails if nobody answers at all, and if a module is not there', async () => {
    await deployEnrich();
    modules.answer = (_query, response) => void response.destroy();
    assert.match(await test.fail({ payload: event('a.example') }), /No value was enriched: dns: .*broke off/);
    await deployEnrich({ enrichWith: ['dns', 'gone'] });
    assert.match(await test.fail({ payload: event('a.example') }), /no module gone/);
    await deployEnrich({}, { url: 'http://127.0.0.1:1' });
    assert.match(await test.fail({ payload: event('a.example') }), /cannot be reached/);
    await deployEnrich({ failures: 'error' });
    modules.answer = ({ domain }) => (domain === 'a.example' ? plain('x') : { error: 'no API key' });
    const payload = event('a.example', 'b.example');
    assert.match(await test.fail({ payload }), /1 queries of 2 failed. The first: dns: no API key/);
    assert.equal(payload.Event.Attribute[0].enrichment?.length, 1, 'what was found is there');
  });

  it('stops one second before the deadline: what was not asked is counted', async () => {
    await deployEnrich({}, { parallel: 2 });
    modules.answer = async () => {
      await wait(400);
      return plain('x');
    };
    const values = Array.from({ length: 20 }, (_, index) => `${index}.example`);
    const started = Date.now();
    const misp = { blocking: true, deadline: started + 2000 };
    const [message] = await test.send({ payload: event(...values), misp });
    assert.ok(Date.now() - started < 1500, `${Date.now() - started} ms`);
    const [result, , , timedOut, notAsked] = numbers(message);
    assert.ok(result >= 2 && notAsked >= 10 && timedOut <= 2, numbers(message).join());
    assert.equal(result + timedOut + notAsked, 20);
    // The service does not notice that nobody waits any more.
    await wait(500);
  });

  it('has ten queries under way all the time when told so, and asks each of 500 values once', async () => {
    await deployEnrich({}, { parallel: 10 });
    let answered = 0;
    const waiting: (() => void)[] = [];
    // One is answered when ten are there, or all that are left: with fewer this would come to no end.
    modules.answer = async ({ domain }) => {
      const turn = new Promise<void>((resolve) => waiting.push(resolve));
      if (waiting.length === Math.min(10, 500 - answered)) waiting.shift()?.();
      await turn;
      answered += 1;
      if (waiting.length === 500 - answered) waiting.shift()?.();
      return plain(`of ${String(domain)}`);
    };
    const values = Array.from({ length: 500 }, (_, index) => `${index}.example`);
    const [message] = await test.send({ payload: event(...values, ...values) }, 1, 40_000);
    assert.equal(modules.most, 10);
    assert.equal(modules.queries.length, 500);
    assert.deepEqual(numbers(message), [1000, 0, 0, 0, 0]);
  });

  it('saves attributes and objects with few calls, and nothing twice', async () => {
    const values = Array.from({ length: 250 }, (_, index) => `${index}.save.example`);
    await deployEnrich({ action: 'save', enrichWith: ['geo', 'dns'] }, { parallel: 10 });
    modules.answer = ({ module, domain, attribute }) =>
      module === 'dns'
        ? { results: [{ types: ['hostname'], values: [`host.${String(domain)}`], tags: ['tlp:green'] }] }
        : { results: { Attribute: [attribute], Object: [objectFor(attribute as Row)] } };
    const stored = test.misp.events.get('2');
    assert.ok(stored);
    const before = stored.Attribute.length;
    const payload = () => withValues(values);
    const [message] = await test.send({ payload: payload() }, 1, 40_000);
    const writes = test.calls.filter((call) => /POST \/(?:attributes\/add|events\/edit|objects)/.test(call));
    assert.ok(writes.length <= 10, writes.join('\n'));
    assert.equal(stored.Attribute.length - before, 250);
    const added = stored.Attribute.at(-1);
    assert.match(String(added?.comment), /enriched by dns\.$/);
    assert.deepEqual(
      added?.Tag?.map(({ name }) => name),
      ['tlp:green'],
    );
    const objects = stored.Object.filter(({ name }) => name === 'url');
    assert.equal(objects.length, 250);
    assert.equal((objects[0].ObjectReference as object[]).length, 1, 'refers to what is in the event');
    assert.equal(resultOf(message).operations[0].state, 'done');
    const { Event } = message.payload as Payload;
    assert.ok(Event._AttributeFlattened.some(({ value }) => value === 'host.0.save.example'));
    test.sent.length = 0;
    test.recorder.calls.length = 0;
    const [again] = await test.send({ payload: payload() }, 1, 40_000);
    assert.equal(resultOf(again).operations[0].state, 'unchanged');
    assert.deepEqual(
      test.calls.filter((call) => call.startsWith('POST')),
      [],
    );
  });

  function objectFor({ uuid: asked, value }: Row): object {
    return {
      ...{ name: 'url', 'meta-category': 'network', template_uuid: uuid(7), template_version: '9' },
      Attribute: [{ type: 'text', object_relation: 'text', value: `about ${value}` }],
      ObjectReference: [{ referenced_uuid: asked, relationship_type: 'related-to' }],
    };
  }

  /** The stored event, with attributes of these values that MISP does not have but knows by their uuid. */
  function withValues(values: readonly string[]): object {
    const payload = eventOf(test.misp, '2');
    const [first] = test.misp.events.get('2')?.Attribute ?? [];
    const attributes = values.map((value, index) => ({
      ...{ id: String(9000 + index), uuid: first.uuid, event_id: '2', type: 'domain', value },
    }));
    return {
      Event: { ...payload.Event, Attribute: attributes, Object: [], _AttributeFlattened: attributes },
    };
  }

  it('reports what MISP does not take, and what cannot be saved', async () => {
    await deployEnrich({ action: 'save', onFailure: 'continue' });
    modules.answer = () => ({
      results: [
        { types: ['ip-dst'], values: ['not an address'] },
        { types: ['hostname'], values: ['taken.example'] },
        { types: ['freetext'], values: ['whatever'] },
      ],
    });
    const [message] = await test
      .send({ payload: event('r.example') })
      .catch(() => test.sent.map((one) => one.message));
    const [{ state, failures = [] }] = resultOf(message).operations;
    assert.equal(state, 'partial');
    assert.match(failures[0].problem, /not an address: value: IP address has an invalid format/);
    assert.equal(countsOf(message).notSaved, 1);
    assert.match(countsOf(message).problems.join(), /free text/);
  });

  it('only says what it would save in a dry run', async () => {
    await deployEnrich({ action: 'save', dryRun: true });
    const [message] = await test.send({ payload: event('dry.example') });
    const [plan] = planOf(message) as { do: string; attributes: { type: string; value: string }[] }[];
    assert.equal(plan.do, 'add-to-event');
    assert.equal(plan.attributes[0].value, 'of dry.example');
    assert.deepEqual(test.calls, []);
  });

  it('lets MISP enrich: a job for each attribute', async () => {
    await deployEnrich({ action: 'misp' });
    const payload = eventOf(test.misp, '2');
    const some = payload.Event.Attribute?.slice(0, 3);
    Object.assign(payload.Event, { Attribute: some, Object: [], _AttributeFlattened: some });
    const [message] = await test.send({ payload });
    const calls = test.calls.filter((call) => call.startsWith('POST /attributes/enrich/'));
    assert.equal(calls.length, 3);
    assert.equal(resultOf(message).operations[0].state, 'unknown');
    assert.equal(modules.queries.length, 0, 'the service is not asked by us');
  });
});
