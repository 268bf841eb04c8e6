import { strict as assert } from 'node:assert';
import { startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { TestActionService } from './support/action-service';
import { recording, type Experiment } from './support/recordings';
import { rest } from './support/rest';

describe('publishing in the stand-in MISP', () => {
  let service: TestActionService;
  let misp: StandInMisp;

  beforeEach(async () => {
    service = await new TestActionService().start();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: service.port },
      workflows: {
        'event-publish': { module: 'nodered_block' },
        'event-before-save': { module: 'nodered_block' },
      },
    });
  });
  afterEach(async () => {
    await misp.close();
    await service.close();
  });

  const experiments = recording<Experiment[]>('behaviour/blocking-event-publish.json');
  for (const recorded of experiments) {
    const [{ request, response }] = recorded.rest;
    const [, , action, id] = request.path.split('/');
    // Those by another user, with e-mail, or of an event that is just being saved are not there (yet).
    if (/plain publisher/.test(recorded.experiment) || !/^(un)?publish$/.test(action)) continue;
    it(`goes as recorded: ${recorded.experiment}`, async () => {
      const reason = 'Blocked by Node-RED: PAP:RED must not be published';
      if (/replies error/.test(recorded.experiment))
        service.query = { body: JSON.stringify({ error: reason }) };
      const event = misp.event('1');
      assert.ok(event);
      event.published = action === 'unpublish';
      const reply = await rest(misp.url, request.method, request.path.replace(`/${id}`, '/1'));
      const isQueued = reply.body.name === 'Job queued';
      if (isQueued) assert.equal(event.published, false, 'the answer does not wait for the decision');
      await misp.worker.idle();
      assert.equal(reply.status, response.status);
      assert.equal(reply.headers['content-type'], response.contentType);
      assert.equal(
        reply.text,
        JSON.stringify(response.body).replaceAll(`/${id}`, '/1').replace(`"${id}"`, '"1"'),
      );
      assert.equal(event.published, recorded.after.published === '1');
      assert.deepEqual(
        misp.log.rows.map(({ action, model, model_id, email, title, change }) => ({
          ...{ action, model, model_id, email, title, change },
        })),
        recorded.logRows.map(({ action, model, email, title, change }) => ({
          ...{ action, model, model_id: '1', email, title: title.replace(`(${id})`, '(1)'), change },
        })),
      );
      const withoutId = (job: object) => ({ ...job, id: undefined });
      assert.deepEqual(
        misp.jobs.map((job) => withoutId(job)),
        recorded.jobRows.map((job) => ({ ...withoutId(job), job_input: 'Event ID: 1' })),
      );
    });
  }

  it('does not know an event that is not there', async () => {
    const { answer, outcome } = await misp.publish('99');
    assert.deepEqual([answer.status, outcome], [404, undefined]);
    assert.deepEqual(service.calls, []);
  });

  interface Concurrency {
    experiment: string;
    serviceDelayMs: number;
    queryArrivedAtMs: number[];
  }
  const delayMs = 100;
  const ways: Record<string, () => Promise<unknown>[]> = {
    '3 callers edit 3 different events at the same time, event-before-save on': () =>
      ['1', '2', '3'].map((id) => misp.fire('event-before-save', { Event: { id } })),
    '3 callers publish 3 different events inline at the same time, event-publish on': () =>
      ['1', '2', '3'].map((id) => misp.publish(id)),
    'queue, arrival of the three queries at the service': () =>
      ['1', '2', '3'].map(async (id) => (await misp.publish(id, { inline: false })).outcome),
  };
  for (const recorded of recording<Concurrency[]>('behaviour/concurrency.json')) {
    const way = ways[recorded.experiment];
    if (!way) continue;
    it(`waits in line as recorded: ${recorded.experiment}`, async () => {
      service.query = { delayMs };
      await Promise.all(way());
      const isInLine = (times: number[], delay: number) => times[2] - times[0] >= 1.9 * delay;
      const arrived = service.seen.filter(({ method }) => method === 'POST').map(({ at }) => at);
      const wanted = isInLine(recorded.queryArrivedAtMs, recorded.serviceDelayMs ?? 2000);
      assert.equal(arrived.length, 3);
      assert.equal(isInLine(arrived, delayMs), wanted, arrived.join());
    });
  }
});
