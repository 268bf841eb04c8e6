import { strict as assert } from 'node:assert';
import type { ListenerNode } from '../../nodes/config/misp-listener';
import type { MispEvent } from '../../sandbox/misp/model';
import { NEWEST } from '../../sandbox/misp/version';
import { bareGraph, withTriggerData } from '../../src/connect/splice';
import type { Created } from '../../src/actions/plan';
import { sampleEvents } from '../../sandbox/misp/sample-events';
import { drivenExamples, type ExampleTest } from '../support/examples';
import { until } from '../support/until';
import { frames, startPublisher } from '../support/zmq';

const now = () => String(Math.floor(Date.now() / 1000));

describe('the examples that begin with a button, or with what MISP publishes', function () {
  this.timeout(30000);
  const suite = drivenExamples();
  let test: ExampleTest;
  before(() => (test = suite.test));

  /** Presses a button; the first message that comes to one of these nodes, and to which. */
  async function press(button: string, ...ends: string[]) {
    const got = ends.map((id) => ({ id, messages: test.inputs(id) }));
    test.nodeRed.RED.nodes.getNode(button)?.receive({});
    await until(() => got.some(({ messages }) => messages.length > 0), 5000);
    const first = got.find(({ messages }) => messages.length > 0);
    return { id: first?.id, message: first?.messages[0] as { payload: unknown; misp: unknown } };
  }

  it('decay scores: of value, or faded', async () => {
    await test.deploy('Decay - alert only on what is of value');
    const { id, message } = await press('d00000000000e321', 'd00000000000e325', 'd00000000000e326');
    const { _AttributeFlattened } = (
      message.payload as { Event: Record<string, { decay_score?: { score: number }[] }[]> }
    ).Event;
    const isOfValue = _AttributeFlattened.some(({ decay_score = [] }) =>
      decay_score.some(({ score }) => score > 50),
    );
    assert.ok(_AttributeFlattened.some(({ decay_score }) => decay_score));
    assert.equal(id, isOfValue ? 'd00000000000e325' : 'd00000000000e326');
  });

  it('a CSV becomes the event of the day, once', async () => {
    await test.deploy('Event create - a CSV of indicators as one event per day');
    const before = test.misp.events.size;
    const created = async () => {
      const { message } = await press('d00000000000ec21', 'd00000000000ec25');
      return (message.misp as { result: { created: Created } }).result.created;
    };
    const first = await created();
    assert.deepEqual([first.event.new, first.attributes, first.refusedCount], [true, 4, 1]);
    assert.match(first.refused[0].problem, /300\.1\.2\.3 is no IP address/);
    const again = await created();
    assert.deepEqual([again.event.new, again.attributes, again.there], [false, 0, 4]);
    assert.equal(test.misp.events.size, before + 1);
    const event = test.misp.event(first.event.id ?? '');
    assert.deepEqual(
      [event?.distribution, event?.published, test.tags(event?.id ?? '')],
      ['0', false, ['tlp:amber']],
    );
    const types = event?.Attribute.map(({ type, comment }) => [type, comment]);
    assert.deepEqual(types?.[0], ['ip-dst', 'scans for open databases']);
  });

  it('the event that an event extends is loaded', async () => {
    const all: MispEvent[] = sampleEvents();
    all[1].extends_uuid = all[0].uuid;
    const payload = JSON.stringify({ Event: { uuid: all[1].uuid } });
    await test.deploy('Reload - the event that an event extends', all, { inject: { payload } });
    const { message } = await press('d00000000000e221', 'd00000000000e224');
    assert.equal((message.payload as { Event: { info: string } }).Event.info, all[0].info);
  });

  it('a request reads organisations; the other one is only shown', async () => {
    await test.deploy('Request - which organisations does MISP know');
    const { message } = await press('d00000000000e421', 'd00000000000e423');
    assert.ok(Array.isArray(message.payload));
    const { message: second } = await press('d00000000000e424', 'd00000000000e426');
    assert.match(JSON.stringify(second.misp), /lab:review/);
    assert.equal(test.misp.tags.find('lab:review'), undefined, 'a dry run makes no tag');
  });

  it('an ad hoc workflow of MISP is run on each event that was published lately', async () => {
    const all = sampleEvents();
    for (const event of all) Object.assign(event, { published: event.id !== '1', publish_timestamp: now() });
    await test.deploy('Run workflow - ad hoc on each event', all);
    test.misp.version = NEWEST;
    const row = test.misp.workflowStore.create('adhoc_9');
    const params = { indexed_params: { scope: 'passed_event_ids', filters: '{}' } };
    Object.assign(row, { name: 'Review', data: withTriggerData(bareGraph('adhoc_9'), params) });
    test.misp.workflowStore.switchTrigger('adhoc_9', true);
    const { message } = await press('d000000000f30002', 'd000000000f30005');
    const { operations } = (message.misp as { result: { operations: { state: string }[] } }).result;
    assert.ok(operations.length > 1);
    assert.ok(operations.every(({ state }) => state === 'done'));
    assert.equal(test.misp.outcomes.length, operations.length);
  });

  it('a firewall fetches what was published', async () => {
    const all = sampleEvents();
    for (const event of all) event.published = true;
    // Those for documentation are on a warninglist.
    all[0].Attribute[0].value = '45.33.12.7';
    await test.deploy('Firewall list - what was published', all);
    const { message } = await press('d00000000000fe21', 'd00000000000fe24');
    const { added, entries } = (message.misp as { list: { added: string[]; entries: number } }).list;
    assert.deepEqual([added, entries], [['45.33.12.7'], 1]);
    const authorization = `Basic ${Buffer.from('misp:secret').toString('base64')}`;
    const { service } = test.nodeRed.RED.nodes.getNode('d0000000000000a1') as unknown as ListenerNode;
    const url = `http://127.0.0.1:${service?.settings.port}/lists/firewall-addresses`;
    const response = await fetch(url, { headers: { authorization } });
    assert.equal(await response.text(), '45.33.12.7\n');
  });

  it('events are marked as reviewed by an ad hoc run', async () => {
    await test.deploy('Ad hoc run - mark events as reviewed');
    const got = test.inputs('d000000000f90005');
    const payload = { search: { info: 'harbor' }, parameters: { reason: 'the weekly look' } };
    test.nodeRed.RED.nodes.getNode('d000000000f90002')?.receive({ payload });
    await until(() => got.length > 0, 5000);
    const { counts } = (got[0] as { payload: { counts: Record<string, number> } }).payload;
    assert.ok(counts.done > 1, JSON.stringify(counts));
    const marked = [...test.misp.events.values()].filter(({ Tag }) =>
      Tag.some(({ name }) => name === 'workflow:state="complete"'),
    );
    assert.equal(marked.length, counts.done);
  });

  it('a module of MISP is run', async () => {
    await test.deploy('Run module - a module that only this MISP has');
    const { message } = await press('d00000000000e521', 'd00000000000e524', 'd00000000000e525');
    assert.match(JSON.stringify(message.misp), /attach-warninglist/);
  });

  it('pages of fresh addresses are joined', async () => {
    const all = sampleEvents();
    for (const { Attribute } of all) for (const one of Attribute) one.timestamp = '1500000000';
    all[0].Attribute[0].timestamp = now();
    all[1].Attribute[4].timestamp = now();
    all[0].Attribute[0].value = '45.33.12.7';
    all[1].Attribute[4].value = '45.33.12.8';
    await test.deploy('Search - fresh addresses in pages', all);
    const { message } = await press('d00000000000e121', 'd00000000000e124');
    const text = JSON.stringify(message.payload);
    assert.match(text, /45\.33\.12\.7/);
    assert.match(text, /45\.33\.12\.8/);
    assert.doesNotMatch(text, /198\.51\.100\.23/);
  });

  it('what was seen becomes a sighting', async () => {
    const all = sampleEvents();
    all[1].Attribute[4].value = '198.51.100.7';
    await test.deploy('Sightings - what was seen goes back to MISP', all);
    await press('d00000000000f421', 'd00000000000f423');
    const [{ attribute_id, source }] = test.misp.collections.sightings;
    assert.deepEqual([attribute_id, source], [all[1].Attribute[4].id, 'SIEM']);
  });

  it('what MISP publishes over ZeroMQ is told apart by its tags', async () => {
    const publisher = await startPublisher();
    await test.deploy('ZeroMQ - published events and what was missed', undefined, {
      'misp-zmq': { address: publisher.address },
    });
    const [red, others] = ['d000000000000203', 'd000000000000204'].map((id) => test.inputs(id));
    await new Promise((resolve) => setTimeout(resolve, 700));
    const frame = Object.values(frames).find((one) => one.startsWith('misp_json ')) as string;
    const body = JSON.parse(frame.slice('misp_json '.length)) as { Event: MispEvent };
    for (const name of ['tlp:red', 'tlp:green']) {
      body.Event.Tag = [{ id: '1', name } as never];
      await publisher.send(`misp_json ${JSON.stringify(body)}`);
    }
    await until(() => red.length > 0 && others.length > 0);
    await publisher.stop();
    await test.deploy('Server - a MISP and its key');
    // That the publisher went away is said, and is meant to be.
    suite.log.lines.length = 0;
  });

  it('a MISP and its key are set up', async () => {
    await test.deploy('Server - a MISP and its key');
    const server = test.nodeRed.RED.nodes.getNode('d0000000000000b1') as unknown as {
      client: { get(path: string): Promise<unknown> };
    };
    assert.match(JSON.stringify(await server.client.get('/servers/getVersion')), /2\.5\.1/);
  });
});
