import { strict as assert } from 'node:assert';
import type { ServerResponse } from 'node:http';
import { startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { freePort } from '../support/misp';
import { moduleNamed, startModules, type ModuleServiceStandIn } from '../support/modules';
import { recording } from './support/recordings';
import { rest } from './support/rest';

interface Measured {
  what: string;
  status: number;
  msg?: string;
}

const OWN = ['attach-enrichment', 'generic-if', 'stop-execution'];
const json = { results: [{ types: ['text'], values: ['cleared'] }] };
const status500 = (response: ServerResponse) => void response.writeHead(500).end('{}');

/** Graph G of the measurements: what the Enrichment service answers decides. */
describe('a workflow that asks the Enrichment service', () => {
  let service: ModuleServiceStandIn;
  let misp: StandInMisp;
  const { graph } = recording<{ graph: object }>('fail-closed/workflow-G.json');

  before(async () => {
    service = await startModules([moduleNamed('stub_plain', ['ip-dst', 'domain'])]);
  });
  beforeEach(async () => {
    const { protocol, hostname, port } = new URL(service.url);
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: 1 },
      moduleServices: {
        Enrichment: { url: `${protocol}//${hostname}`, port: Number(port), hoverTimeoutMs: 300 },
      },
    });
    for (const trigger_id of ['event-publish', 'event-before-save']) {
      misp.workflowStore.add({ trigger_id, data: structuredClone(graph) as Record<string, unknown> });
    }
    for (const module of OWN) misp.workflowStore.switchModule(module, true);
  });
  afterEach(() => misp.close());
  after(() => service.close());

  const die = async () =>
    Object.assign(misp.moduleServices, { Enrichment: { url: 'http://127.0.0.1', port: await freePort() } });

  /** Whether it is published, and what the caller hears; 500 is a crash of MISP without a word in its log. */
  const ANSWERS: Record<string, [answer: ModuleServiceStandIn['answer'] | 'dead', status: number]> = {
    cleared: [() => json, 200],
    'any other answer': [() => ({ results: [{ types: ['text'], values: ['no'] }] }), 403],
    'an error': [() => ({ error: 'not today' }), 403],
    'no results': [() => ({ results: [] }), 403],
    'nothing that it knows': [() => ({ data: true }), 500],
    'status 500': [(_, response) => status500(response), 500],
    'nothing in time': [() => new Promise((resolve) => setTimeout(() => resolve(json), 500)), 500],
    'nothing, since it is dead': ['dead', 500],
  };
  for (const [what, [answer, status]] of Object.entries(ANSWERS)) {
    it(`publishes ${status === 200 ? '' : 'not '}when the service answers ${what}`, async () => {
      misp.workflowStore.switchTrigger('event-publish', true);
      if (answer === 'dead') await die();
      else service.answer = answer;
      const publication = await misp.publish('2');
      assert.equal(publication.answer.status, status);
      assert.equal(misp.event('2')?.published, status === 200);
      if (status === 500) assert.deepEqual(misp.log.rows, [], 'no reason in the log');
      const queued = await misp.publish('2', { inline: false });
      await queued.outcome;
      assert.equal(queued.answer.status, 200);
      assert.equal(misp.event('2')?.published, status === 200);
      const [{ message }] = misp.jobs;
      assert.equal(
        message,
        status === 500 ? 'Publishing.' : 'Event published.',
        'a dead job stays as it was',
      );
    });
  }

  it('stops an event that has nothing the module could be asked about', async () => {
    misp.workflowStore.switchTrigger('event-publish', true);
    service.answer = () => json;
    for (const attribute of misp.event('2')!.Attribute) attribute.type = 'comment';
    misp.event('2')!.Object = [];
    assert.equal((await misp.publish('2')).answer.status, 403);
  });

  it('crashes over a text to render too, while the service is away', async () => {
    misp.workflowStore.switchTrigger('event-publish', true);
    const stop = (misp.workflowStore.byTrigger('event-publish')!.data as Record<string, { data: object }>)[
      '4'
    ];
    Object.assign(stop.data, { indexed_params: { message: 'not {{ Event.info }}' } });
    service.answer = () => ({ results: [] });
    const { outcome } = await misp.publish('2');
    assert.match((await outcome)?.reason ?? '', /^not Phishing wave/);
    misp.moduleServices.Enrichment = undefined;
    Object.assign(misp.workflows, { 'event-publish': { module: 'nobody' } });
    const row = misp.workflowStore.byTrigger('event-publish')!;
    row.data = { 1: { ...(graph as Record<string, object>)['1'] }, 4: stop };
    Object.assign(row.data['1'] as object, {
      outputs: { output_1: { connections: [{ node: '4', output: 'input_1' }] } },
    });
    assert.equal((await misp.publish('2')).answer.status, 500);
  });

  const { cases } = recording<{ cases: Measured[] }>('fail-closed/e5-fail-closed-more.json');
  const saves = cases.filter(({ what }) => /events\/add$/.test(what));
  it('was measured in three ways before a save', () => assert.equal(saves.length, 3));
  for (const { what, status, msg = '' } of saves) {
    it(`as measured: ${what}`, async () => {
      misp.workflowStore.switchTrigger('event-before-save', true);
      service.answer = () => (/says no/.test(what) ? { results: [] } : json);
      if (/dead/.test(what)) await die();
      const before = misp.events.size;
      const event = { info: 'e5 bs', distribution: '0', Attribute: [{ type: 'ip-dst', value: '192.0.2.9' }] };
      const reply = await rest(misp.url, 'POST', '/events/add', undefined, JSON.stringify({ Event: event }));
      assert.equal(reply.status, status);
      assert.equal(misp.events.size - before, status === 200 ? 1 : 0, 'what was stopped is not saved');
      if (status !== 200) assert.equal(reply.text, msg);
    });
  }

  it('takes events in, and gives them up, as MISP does', async () => {
    const post = (target: string, body = {}) =>
      rest(misp.url, 'POST', target, undefined, JSON.stringify(body));
    const { body } = await post('/events/add', { Event: { info: 'Round trip', distribution: '0' } });
    const { id, uuid, published } = body.Event as Record<string, unknown>;
    assert.equal(published, false);
    assert.equal((await post('/events/add', { Event: { info: 'again', uuid } })).status, 404);
    assert.equal((await post('/events/add', { Event: { info: '' } })).status, 403);
    assert.equal((await post(`/events/delete/${String(id)}`)).body.message, 'Event deleted.');
    assert.equal(misp.event(String(id)), undefined);
    assert.equal((await post('/events/add', { Event: { info: 'again', uuid } })).status, 403, 'blocklisted');
    assert.equal((await post(`/eventBlocklists/delete/${String(uuid)}`)).status, 200);
    assert.equal((await post('/events/add', { Event: { info: 'again', uuid } })).status, 200);
  });
});
