import { strict as assert } from 'node:assert';
import { startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { moduleEntry, TestActionService, type Seen } from './support/action-service';
import { recording, recordings, type Experiment, type TriggerRecording } from './support/recordings';

interface UrlForm extends Experiment {
  requests: { method: string; path: string; headers: [string, string][] }[];
}

/** The port of the service in the recordings. */
const RECORDED_PORT = '6666';

describe('the requests of the stand-in MISP', () => {
  let service: TestActionService;
  let misp: StandInMisp;

  before(async () => {
    service = await new TestActionService(recording('service/modules-reply.json')).start();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: service.port },
    });
  });
  after(async () => {
    await misp.close();
    await service.close();
  });
  beforeEach(() => {
    service.reset();
    Object.assign(misp.actionService, { url: 'http://127.0.0.1', port: service.port });
  });

  /** Headers as text, the port as in the recordings. */
  const headersOf = ({ headers }: Pick<Seen, 'headers'>) =>
    headers.map(([name, value]) => `${name}: ${value.replace(`:${service.port}`, `:${RECORDED_PORT}`)}`);

  for (const { name, recorded } of recordings<TriggerRecording>('triggers')) {
    it(`are those of MISP: ${name}`, async () => {
      const { _about: about, request } = recorded;
      const { trigger, blocking = false } = about;
      const { module, data, params } = request.body;
      misp.workflows[trigger] = { module, params };
      const outcome = await misp.fire(trigger, data);
      const loads = blocking ? ['GET /modules'] : ['GET /modules', 'GET /modules'];
      assert.deepEqual(service.calls, [...loads, `${request.method} ${request.path}`]);
      const [load] = service.seen;
      assert.deepEqual(
        headersOf(load),
        headersOf(request).filter((header) => !header.startsWith('Content-')),
      );
      const query = service.seen.at(-1) as Seen;
      assert.deepEqual(headersOf(query), headersOf(request));
      assert.equal(Buffer.byteLength(query.text), request.bodyBytes);
      assert.equal(query.text, JSON.stringify(request.body), 'the body, key by key');
      assert.deepEqual([outcome.trigger, outcome.blocking, outcome.blocked], [trigger, blocking, false]);
      assert.equal(outcome.failedOpen, undefined);
      assert.deepEqual(
        outcome.requests.map(({ method, path, status }) => `${method} ${path} ${status}`),
        service.calls.map((call) => `${call} 200`),
      );
    });
  }

  it('are all 46 recorded ones', () => assert.equal(recordings('triggers').length, 46));

  for (const form of recording<UrlForm[]>('behaviour/service-url-forms.json')) {
    it(`follow Plugin.Action_services_url as in MISP: ${form.experiment}`, async () => {
      const url = /\((http\S+)\)/.exec(form.experiment)?.[1] ?? URLS[form.experiment];
      misp.actionService.url = url.replace(`:${RECORDED_PORT}`, `:${service.port}`);
      misp.workflows['event-publish'] = { module: 'nodered_block' };
      service.query = { body: '{"error":"no"}' };
      const { answer } = await misp.publish('1');
      assert.equal(answer.status, form.rest[0].response.status);
      // The recording MISP asked its enrichment service, on the same port, twice before.
      const asked = form.requests.slice(2);
      const atRecorded = (text: string) => text.replace(`:${service.port}`, `:${RECORDED_PORT}`);
      assert.deepEqual(
        service.calls.map(atRecorded),
        asked.map(({ method, path }) => `${method} ${path}`),
      );
      const withoutLength = (headers: string[]) =>
        headers.filter((header) => !/^Content-Length/.test(header));
      for (const [index, request] of asked.entries()) {
        assert.deepEqual(withoutLength(headersOf(service.seen[index])), withoutLength(headersOf(request)));
      }
    });
  }

  for (const run of recording<{ enrichmentServicesEnabled: boolean; publish?: string; requests: string[] }[]>(
    'behaviour/requests-per-run.json',
  )) {
    if (run.enrichmentServicesEnabled) continue;
    it(`are as many as MISP's: ${run.publish ?? 'a trigger that does not block'}`, async () => {
      misp.workflows['event-publish'] = { module: 'nodered_block' };
      misp.workflows['event-after-save-new'] = { module: 'nodered_notify' };
      if (run.publish) await (await misp.publish('2', { inline: run.publish === 'inline' })).outcome;
      else await misp.fire('event-after-save-new', { Event: {} });
      assert.deepEqual(service.calls, run.requests);
    });
  }

  it('carry parameters that are not set as empty texts, and matching data', async () => {
    const [{ requests }] = recording<{ requests: { body?: Record<string, unknown> }[] }[]>(
      'behaviour/params-and-filters.json',
    );
    const recorded = requests.at(-1)?.body as { params: object; matchingData: object };
    misp.workflows['event-publish'] = { module: 'nodered_filter', params: { unknown: 1 } };
    const data = { Event: { info: 'x', Attribute: [{ value: 'a' }, { value: 'b' }] } };
    await misp.fire('event-publish', data);
    const body = JSON.parse(service.seen[1].text) as Record<string, unknown>;
    assert.deepEqual(Object.keys(body), Object.keys(recorded));
    assert.deepEqual(body.params, recorded.params);
    assert.deepEqual(body.filteredItems, data);
    assert.deepEqual(body.matchingData, { [Object.keys(recorded.matchingData)[0]]: data });
    misp.workflows['event-publish'].params = { data_extraction_path: 'Event.Attribute.{n}.value' };
    await misp.fire('event-publish', data);
    const next = JSON.parse(service.seen[3].text) as { matchingData: object };
    assert.deepEqual(Object.values(next.matchingData), [['a', 'b']]);
  });

  it('are written as PHP writes JSON', async () => {
    misp.workflows['event-publish'] = { module: 'NodeRed-Camel Name' };
    await misp.fire('event-publish', { Event: { info: 'a/b “ü” 日本 \u2028' } });
    const { text } = service.seen[1];
    assert.ok(text.includes('a/b “ü” 日本 \\u2028'), text);
    assert.ok(text.endsWith('"params":[]}'), 'an empty list and an empty object are one');
  });

  it('are none when no workflow is enabled', async () => {
    misp.workflows['event-publish'] = { module: 'nodered_block', enabled: false };
    const { answer } = await misp.publish('2');
    assert.equal(answer.status, 200);
    delete misp.workflows['event-publish'];
    assert.equal((await misp.publish('2')).answer.status, 200);
    assert.deepEqual(service.calls, []);
  });

  it('do not name a trigger that MISP does not have', async () => {
    await assert.rejects(misp.fire('event-explode', {}), /Unknown trigger/);
  });
});

const URLS: Record<string, string> = {
  'userinfo in the URL': 'http://misp:s3cr3t@127.0.0.1',
  'userinfo with percent-encoded characters': 'http://misp:p%40ss%3Aw@127.0.0.1',
  'host name localhost': 'http://localhost',
  'https with a self-signed certificate': 'https://127.0.0.1',
  'port and path in the URL (http://127.0.0.1:6666/pre/fix), port 6666': 'http://127.0.0.1:6666/pre/fix',
};

/** Bytes of an attribute in the recorded data. */
const EACH = 691;

describe('what happens in the background of the stand-in MISP', () => {
  let service: TestActionService;
  let misp: StandInMisp;
  before(async () => {
    service = await new TestActionService([moduleEntry('nodered_notify', { blocking: false })]).start();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: service.port },
      workflows: { 'event-after-save-new': { module: 'nodered_notify' } },
    });
  });
  after(async () => {
    await misp.close();
    await service.close();
  });
  beforeEach(() => service.reset());

  interface Sizes {
    experiment: string;
    queryRequests?: number[];
  }
  for (const sizes of recording<Sizes[]>('behaviour/background-triggers-size-and-speed.json')) {
    const count = Number(/with (\d+) attributes$/.exec(sizes.experiment)?.[1]);
    const { queryRequests } = sizes;
    if (!queryRequests) continue;
    it(`loses as much as MISP: ${sizes.experiment}`, async () => {
      const outcome = await misp.fire('event-after-save-new', ofSize(count, queryRequests[0]));
      const isLost = queryRequests.length === 0;
      const loads = ['GET /modules', 'GET /modules'];
      assert.deepEqual(service.calls, isLost ? ['GET /modules'] : [...loads, 'POST /query']);
      assert.equal(outcome.failedOpen, isLost ? 'Argument list too long' : undefined);
      assert.deepEqual([outcome.blocked, outcome.log], [false, []]);
      assert.equal(misp.log.worker.length, isLost ? 1 : 0);
    });
  }

  it('is done one after the other', async () => {
    service.query = { delayMs: 100 };
    await Promise.all(
      [1, 2, 3].map((id) => misp.fire('event-after-save-new', { Event: { id: String(id) } })),
    );
    const [first, second, third] = service.seen.filter(({ method }) => method === 'POST').map(({ at }) => at);
    assert.ok(second - first >= 95 && third - second >= 95, `${first} ${second} ${third}`);
  });

  /** An event like the recorded one: each attribute twice, with the tags of the event. */
  function ofSize(count: number, bytes = EACH * 2 * count): object {
    const attribute = { ...largeEvent().Attribute[0], comment: '' };
    const each = JSON.stringify(attribute).length;
    const filled = {
      ...attribute,
      comment: 'x'.repeat(Math.max(0, Math.round(bytes / count / 2) - each - 1)),
    };
    const list = Array.from({ length: count }, () => filled);
    return { Event: { info: 'Large', Attribute: list, _AttributeFlattened: list } };
  }
  const largeEvent = () =>
    recording<TriggerRecording>('triggers/event-publish.big-event.json').request.body.data.Event as {
      Attribute: object[];
    };
});
