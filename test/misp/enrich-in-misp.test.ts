import { strict as assert } from 'node:assert';
import type { MispEvent } from '../../sandbox/misp/model';
import { READER_KEY } from '../../sandbox/misp/server';
import { moduleNamed, startModules, type ModuleServiceStandIn } from '../support/modules';
import { eventWith, MispTest, refsOf } from './support/misp';

/** As they were recorded: `live/r1-enrichment-requests.json` of misp-modules, and `events-enrichEvent.json`. */
describe('carrying out: letting MISP enrich', () => {
  let test: MispTest;
  let event: MispEvent;
  let service: ModuleServiceStandIn;
  const start = async (version?: string) => {
    event = eventWith('1', 3);
    const types = [...new Set(event.Attribute.map(({ type }) => type))];
    service = await startModules([moduleNamed('lookup', types), moduleNamed('other', types)]);
    service.answer = () => ({ results: [{ types: ['text'], values: ['found'] }] });
    const port = Number(new URL(service.url).port);
    const moduleServices = { Enrichment: { url: 'http://127.0.0.1', port } };
    test = await MispTest.start({ events: [event], moduleServices, ...(version ? { version } : {}) });
  };
  afterEach(async () => {
    await test.close();
    await service.close();
  });

  const carryOut = async (items = refsOf(event), client = test.client) => {
    const operation = { event: { id: '1' }, items, modules: ['lookup'] };
    const { results, writing } = await test.carryOut([{ do: 'enrich-in-misp', ...operation }], client);
    await test.misp.worker.idle();
    return { ...results[0], problem: results[0].failures?.[0]?.problem ?? '', writing };
  };

  it('queues a job for each attribute, and MISP asks the chosen module', async () => {
    await start();
    const { state, writing } = await carryOut();
    assert.equal(state, 'unknown');
    assert.deepEqual(writing, Array(3).fill('POST /attributes/enrich'));
    assert.deepEqual([...new Set(service.queries.map(({ module }) => module))], ['lookup']);
    assert.equal(service.queries.length, 3);
    assert.ok(event.Attribute.some(({ value }) => value === 'found'));
  });

  it('asks an older MISP for the event, which says 500 although it has done it', async () => {
    await start('2.4.192');
    const { state, writing } = await carryOut();
    assert.equal(state, 'unknown');
    assert.equal(writing.at(-1), 'POST /events/enrichEvent');
    assert.equal(service.queries.length, 3);
    assert.ok(event.Attribute.some(({ value }) => value === 'found'));
  });

  it('never gives an older MISP more than was chosen', async () => {
    await start('2.4.192');
    const { state, problem, writing } = await carryOut(refsOf(event).slice(0, 2));
    assert.equal(state, 'failed');
    assert.match(problem, /whole events only/);
    assert.ok(!writing.includes('POST /events/enrichEvent'), writing.join());
    assert.equal(service.queries.length, 0);
  });

  it('says what failed: a module that is away, an attribute that is gone, a key that may not', async () => {
    await start('2.4.192');
    service.answer = () => false;
    assert.match((await carryOut()).problem, /lookup service not reachable/);
    await test.close();
    await service.close();
    await start();
    const [first] = refsOf(event);
    const gone = await carryOut([first, { id: '99', uuid: '5f0f0000-0000-4000-8000-000000000099' }]);
    assert.equal(gone.state, 'partial');
    assert.match(gone.problem, /Invalid Attribute/);
    const reader = await carryOut(undefined, test.clientWith({ apiKey: READER_KEY }));
    assert.equal(reader.state, 'failed');
  });
});
