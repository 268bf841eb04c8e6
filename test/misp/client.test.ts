import { strict as assert } from 'node:assert';
import { inspect } from 'node:util';
import { CircuitBreaker } from '../../src/misp/breaker';
import { MispValidationError } from '../../src/misp/validation';
import { sleep } from '../../src/http/repeat';
import { WorkflowError } from '../../src/text';
import { ANALYST_KEY, READER_KEY, type FaultSettings } from '../../sandbox/misp/server';
import { freePort } from '../support/misp';
import { eventWith, MispTest, wordsOf } from './support/misp';
import { soon } from '../support/soon';

const SECRET = 'sentinelsentinelsentinelsentinelsentinel';

describe('the client of MISP’s REST API', () => {
  let test: MispTest;
  beforeEach(async () => {
    test = await MispTest.start({ events: [eventWith('1', 3)] });
  });
  afterEach(() => test.close());

  const view = () => test.client.get<{ Event: { id: string } }>('/events/view/1');
  const sighting = () => test.client.post('/sightings/add/100000', { type: 0 });
  const faults = (settings: FaultSettings) => {
    test.misp.faults.settings = settings;
    test.misp.calls.reset();
  };
  const failure = async (work: Promise<unknown>): Promise<WorkflowError> => {
    try {
      await work;
    } catch (error) {
      assert.ok(error instanceof WorkflowError, inspect(error));
      return error;
    }
    throw new Error('It did not fail');
  };

  it('gives what MISP says', async () => {
    assert.equal((await view()).Event.id, '1');
    const { headers } = await test.client.ask('POST', '/events/restSearch', { eventid: '1' });
    assert.equal(headers['x-result-count'], '1');
  });

  for (const [what, key, expected] of [
    ['a wrong key', 'x'.repeat(40), /^MISP does not know this API key/],
    [
      'a missing permission',
      READER_KEY,
      /refuses this to the key: You do not have permission.* needs perm_add/,
    ],
  ] as const) {
    it(`says: ${what}`, async () => {
      const client = test.clientWith({ apiKey: key });
      assert.match(await wordsOf(client.post('/event_blocklists/add', { uuids: [] })), expected);
    });
  }

  it('says what is not there, and what MISP does not take', async () => {
    assert.match(await wordsOf(test.client.get('/events/view/99')), /does not have that: Invalid event/);
    assert.match(
      await wordsOf(test.client.get('/tags/attachTagToObject')),
      /does not take this call: This method/,
    );
    const analyst = test.clientWith({ apiKey: ANALYST_KEY });
    assert.match(
      await wordsOf(analyst.post('/events/edit/1', {})),
      /refuses this to the key: You are not authorised/,
    );
  });

  it('tells field by field what MISP does not accept', async () => {
    const error = await failure(test.client.post('/attributes/edit/100000', { type: 'ip-dst', value: 'x' }));
    assert.ok(error instanceof MispValidationError);
    assert.deepEqual(error.fields, { value: ['IP address has an invalid format.'] });
    assert.equal(error.what, 'Could not edit Attribute');
    const words = await wordsOf(test.client.post('/events/edit/1', { Event: { timestamp: '1' } }));
    assert.match(words, /has not saved this \(Could not edit Event\): .*not newer than the local copy/);
  });

  it('knows a web page, and a login page', async () => {
    for (const fault of ['html', 'login'] as const) {
      faults({ every: 1, fault });
      assert.match(await wordsOf(view()), /answers with a web page, not with the API/);
      assert.equal(test.misp.calls.list.length, 1);
    }
  });

  it('does not take more than it may', async () => {
    faults({ every: 1, fault: 'large' });
    const client = test.clientWith({ mostBytes: 1_000_000 });
    assert.match(await wordsOf(client.get('/events/view/1')), /larger than allowed/);
  });

  for (const fault of ['500', '503', '429', 'close'] as const) {
    it(`asks again what only reads: ${fault}`, async () => {
      faults({ every: 1, fault, once: true, retryAfter: 0 });
      assert.equal((await view()).Event.id, '1');
      assert.deepEqual(test.misp.calls.list, ['GET /events/view', 'GET /events/view']);
      await test.client.post('/attributes/restSearch', { eventid: '1' });
      assert.equal(test.misp.calls.list.length, 4);
    });
  }

  it('gives up after three times', async () => {
    faults({ every: 1, fault: '500' });
    assert.match(await wordsOf(view()), /refused the request \(status 500\): An Internal Error/);
    assert.equal(test.misp.calls.list.length, 3);
  });

  it('does not repeat what would count twice, and says if it may have been done', async () => {
    faults({ every: 1, fault: 'close-after' });
    assert.match(
      await wordsOf(sighting()),
      /cannot be reached.*not known whether MISP has carried this out/s,
    );
    assert.equal(test.misp.collections.sightings.length, 1);
    faults({ every: 1, fault: '500' });
    assert.match(await wordsOf(sighting()), /status 500/);
    assert.equal(test.misp.calls.list.length, 1);
    faults({ every: 1, fault: '429', once: true, retryAfter: 0 });
    await sighting();
    assert.equal(test.misp.collections.sightings.length, 2, 'refused without a look: asked again');
  });

  it('waits as long as MISP asks for, but not for ever', async () => {
    faults({ every: 1, fault: '429', once: true, retryAfter: 1 });
    const started = Date.now();
    await view();
    assert.ok(Date.now() - started >= 950);
    faults({ every: 1, fault: '429', retryAfter: 3600 });
    const words = await wordsOf(test.client.get('/events/view/1?again'));
    assert.match(words, /too busy \(status 429\) and asks to wait 3600 s/);
    assert.equal(test.misp.calls.list.length, 1);
  });

  it('does not wait longer than the time-out', async () => {
    faults({ every: 1, fault: 'silent' });
    const client = test.clientWith({ timeoutMs: 100 });
    assert.match(await wordsOf(client.get('/events/view/1')), /did not answer in time/);
    assert.match(await wordsOf(client.post('/sightings/add/100000', {})), /in time.*not known whether/);
    assert.equal(test.misp.calls.list.length, 2, 'a time-out is not waited for again');
  });

  it('waits longer where more is to be done', async () => {
    faults({ latencyMs: 200 });
    const client = test.clientWith({ timeoutMs: 100 });
    await client.post('/tags/search', { tag: ['x'] }, { extraMs: 500 });
  });

  it('gives up when the flow is stopped: on the way, and while it waits', async () => {
    for (const settings of [
      { every: 1, fault: 'silent' },
      { every: 1, fault: '429', retryAfter: 5 },
    ] as const) {
      faults(settings);
      const stopping = new AbortController();
      setTimeout(() => stopping.abort(), 50);
      const started = Date.now();
      const words = await wordsOf(test.client.get(`/events/view/1?${settings.fault}`, stopping.signal));
      assert.match(words, /given up because the flow was stopped/);
      assert.ok(Date.now() - started < 1000);
    }
    const stopped = AbortSignal.abort();
    test.misp.calls.reset();
    assert.match(await wordsOf(test.client.get('/events/view/1', stopped)), /given up/);
    assert.equal(test.misp.calls.list.length, 0);
  });

  it('costs a run milliseconds when MISP is down, and says since when', async () => {
    const client = test.clientWith({ url: `http://127.0.0.1:${await freePort()}` });
    for (let i = 0; i < 3; i++)
      assert.match(await wordsOf(client.get('/x')), /cannot be reached \(ECONNREFUSED\)/);
    await soon(200, async () => {
      for (let i = 0; i < 20; i++)
        assert.match(
          await wordsOf(client.get('/x')),
          /has not answered since \d{4}-.* UTC.*\(.*cannot be reached.*\)\. It is tried again in \d s/,
        );
    });
  });

  it('is not away for others, who answer', async () => {
    faults({ every: 1, fault: '500' });
    for (let i = 0; i < 5; i++) await wordsOf(sighting());
    faults({});
    await view();
  });

  it('never holds the key, not even in the cause', async () => {
    const client = test.clientWith({ apiKey: SECRET, proxy: undefined });
    const proxied = test.clientWith({
      apiKey: SECRET,
      proxy: `http://user:proxy${SECRET}@127.0.0.1:${await freePort()}`,
    });
    faults({ every: 2, fault: 'close' });
    const errors = [
      await failure(client.get('/events/view/1')),
      await failure(client.post('/sightings/add/1', { values: [SECRET] })),
      await failure(proxied.get('/events/view/1')),
      await failure(test.clientWith({ apiKey: `${SECRET}\u0000` }).get('/events/view/1')),
    ];
    for (const error of errors) {
      assert.ok(!inspect(error, { depth: 10, showHidden: true }).includes(SECRET), error.message);
      assert.equal(error.cause, undefined);
    }
  });
});

describe('the circuit breaker', () => {
  it('opens after three failures, lets one call through after a while, and closes when that is answered', () => {
    let now = 1_795_392_298_000;
    const breaker = new CircuitBreaker('https://misp.example.org', () => now);
    for (let i = 0; i < 3; i++) {
      breaker.enter();
      breaker.failed('it did not answer');
    }
    assert.throws(() => breaker.enter(), /tried again in 5 s/);
    now += 5000;
    breaker.enter();
    assert.throws(() => breaker.enter(), /has not answered since/, 'one call only');
    breaker.failed('it did not answer');
    now += 9000;
    assert.throws(() => breaker.enter(), /tried again in 1 s/, 'twice as long');
    now += 1000;
    breaker.enter();
    breaker.answered();
    breaker.enter();
    breaker.failed('once');
    breaker.enter();
  });

  it('takes a call that was given up for none', async () => {
    let now = 0;
    const breaker = new CircuitBreaker('x', () => now);
    for (let i = 0; i < 3; i++) breaker.failed('x');
    now += 5000;
    breaker.enter();
    breaker.abandoned();
    breaker.enter();
    await sleep(0);
  });
});
