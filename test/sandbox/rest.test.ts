import { strict as assert } from 'node:assert';
import type { MispEvent } from '../../sandbox/misp/model';
import { API_KEY, READER_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { TestActionService } from './support/action-service';
import { recording, recordings, shapeOf, type RestRecording } from './support/recordings';
import { rest } from './support/rest';

/** All recorded keys were replaced by this one; which user it was stands beside it. */
const RECORDED_KEY = '0123456789abcdefghijABCDEFGHIJ0123456789';

/** What a recording is about that the stand-in does not have: another action shows the same. */
const elsewhere: Record<string, Partial<RestRecording['request']>> = {
  'error-invalid-json': { path: '/events/index' },
  'error-get-instead-of-post': { path: '/events/publish/150' },
};

describe('the REST API of the stand-in MISP', () => {
  let service: TestActionService;
  let misp: StandInMisp;
  const { Event: recordedEvent } = recording<{ response: { body: { Event: MispEvent } } }>(
    'rest/events-view.json',
  ).response.body;

  beforeEach(async () => {
    service = await new TestActionService(recording('service/modules-reply.json')).start();
    const modules = ['nodered_block', 'nodered_filter', 'nodered_notify'];
    const triggers = ['event-publish', 'event-before-save', 'event-after-save'];
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: service.port },
      workflows: Object.fromEntries(triggers.map((trigger, index) => [trigger, { module: modules[index] }])),
      events: [structuredClone(recordedEvent)],
    });
  });
  afterEach(async () => {
    await misp.close();
    await service.close();
  });

  for (const { name, recorded } of recordings<RestRecording>('rest')) {
    it(`answers as recorded: ${name}`, async () => {
      const request = { ...recorded.request, ...elsewhere[name] };
      if (name === 'events-publish.already-published') await misp.publish('150');
      if (name === 'logs-index.workflow') await failThrice();
      const key = recorded.as === 'site admin' ? API_KEY : READER_KEY;
      const headers = { ...request.headers };
      if (headers.Authorization === RECORDED_KEY) headers.Authorization = key;
      const text = typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
      const reply = await rest(
        misp.url,
        request.method,
        request.path,
        headers,
        request.body ? text : undefined,
      );
      assert.equal(reply.status, recorded.response.status);
      for (const [header, value] of Object.entries(recorded.response.headers)) {
        assert.equal(reply.headers[header], sameServer(header, value));
      }
      const expected = JSON.stringify(recorded.response.body)
        .replaceAll(RECORDED_KEY, key)
        .replaceAll(recorded.request.path, request.path);
      compare[name.split('.')[0]]?.(reply.body, recorded.response.body);
      if (!compare[name.split('.')[0]] && typeof recorded.response.body === 'object') {
        assert.equal(reply.text, expected, 'the same text, key by key');
      }
    });
  }

  /** Where not all of it can be the same. */
  const compare: Record<string, ((actual: object, expected: object) => void) | undefined> = {
    // The key is the name of a header in the file of a user.
    'users-view-me': (actual, expected) => {
      assert.deepEqual(shapeOf(actual), shapeOf(expected));
      const withoutKey = (body: object) => JSON.stringify(body).replace(/"authkey":"\w+"/, '');
      assert.equal(withoutKey(actual), withoutKey(expected));
    },
    // The recording has other events. What an event has only in a sharing group or with a galaxy is left out.
    'events-index': (actual, expected) => {
      const [row] = actual as Record<string, unknown>[];
      const [recordedRow] = expected as Record<string, unknown>[];
      const wanted = { ...recordedRow };
      delete wanted.SharingGroup;
      if (wanted.GalaxyCluster) wanted.GalaxyCluster = [];
      assert.deepEqual(shapeOf(row), shapeOf(wanted));
      assert.deepEqual(Object.keys(row), Object.keys(wanted));
    },
    'logs-index': (actual, expected) => {
      assert.deepEqual((actual as object[]).map(shapeOf), (expected as object[]).map(shapeOf));
      const { Log: row } = (actual as { Log: Record<string, string> }[])[0];
      assert.deepEqual([row.model, row.action, row.email], ['Workflow', 'execute_workflow', 'SYSTEM']);
    },
    // MISP numbers its own modules too.
    'workflows-moduleIndex': (actual, expected) => {
      assert.deepEqual(Object.values(actual), Object.values(expected));
      assert.ok(!Array.isArray(actual) && !('0' in actual), 'not a list');
    },
  };

  /** Hosts and counts are those of this stand-in. */
  function sameServer(header: string, value: string): string {
    if (header === 'x-result-count') return '1';
    return value.replace('http://127.0.0.1:8080', misp.url);
  }

  async function failThrice(): Promise<void> {
    service.query = { body: '{"error":"no"}' };
    for (let i = 0; i < 4; i++) await misp.publish('150');
  }

  const json = { Accept: 'application/json' };

  it('finds an event by its uuid, and publishes it', async () => {
    const target = `/events/publish/${recordedEvent.uuid}/disable_background_processing:1`;
    const reply = await rest(misp.url, 'POST', target);
    assert.deepEqual([reply.status, reply.body.id], [200, '150']);
    assert.equal(misp.event('150')?.published, true);
    assert.equal((await rest(misp.url, 'POST', '/events/unpublish/150')).status, 200);
    assert.equal(misp.event('150')?.published, false);
  });

  it('shows the list of events in pages', async () => {
    misp.events.clear();
    for (const id of ['1', '2', '3']) misp.events.set(id, { ...recordedEvent, id });
    const ids = async (target: string) =>
      ((await rest(misp.url, 'GET', target)).body as unknown as { id: string }[]).map(({ id }) => id);
    assert.deepEqual(await ids('/events/index'), ['1', '2', '3']);
    assert.deepEqual(await ids('/events/index/limit:2/page:2'), ['3']);
    assert.deepEqual(await ids('/events/index?limit=1&page=2'), ['2']);
    assert.deepEqual(await ids('/events/index.json?limit=1'), ['1']);
  });

  it('lets a reader read', async () => {
    const headers = { ...json, Authorization: READER_KEY };
    assert.equal((await rest(misp.url, 'GET', '/events/view/150', headers)).status, 200);
    assert.equal((await rest(misp.url, 'GET', '/workflows/moduleIndex', headers)).status, 403);
    assert.equal((await rest(misp.url, 'POST', '/events/publish/150', headers)).status, 403);
    assert.equal(misp.event('150')?.published, false);
  });

  it('does not stumble over strange requests', async () => {
    for (const target of [
      '/events/__proto__',
      '/constructor/x',
      '/events/view/%E0%A4%A',
      '//',
      '/events/view/',
    ]) {
      assert.equal((await rest(misp.url, 'GET', target)).status, 404, target);
    }
    assert.equal((await rest(misp.url, 'DELETE', '/events/publish/150')).status, 405);
    const reply = await rest(misp.url, 'GET', '/users/login', {});
    assert.deepEqual([reply.status, reply.headers.location], [302, `${misp.url}/`]);
  });
});
