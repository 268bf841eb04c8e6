import { strict as assert } from 'node:assert';
import { sampleEvents } from '../../sandbox/misp/sample-events';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { credentials } from '../support/flows';
import { example } from '../support/examples';
import { freePort, listening } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

const VALUE = '198.51.100.45';

/** What MISP's users do with modules that are flows, and what MISP then has. */
describe('the example of each kind of module, used in MISP', function () {
  this.timeout(60000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp | undefined;
  before(async () => {
    nodeRed = await startNodeRed();
  });
  after(async () => {
    await nodeRed.stop();
    await misp?.close();
  });

  const start = async (name: string) => {
    await misp?.close();
    const port = await freePort();
    const all = sampleEvents();
    const [, event] = all;
    const [first] = event.Attribute;
    event.Attribute = [{ ...first, id: '7001', type: 'ip-dst', value: VALUE, to_ids: true }];
    event.Object = [];
    const service = { url: 'http://misp:secret@127.0.0.1', port };
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: 1 },
      moduleServices: { Enrichment: service, Import: service, Export: service },
      events: all,
    });
    const flow = example(name, { 'misp-listener': { port } });
    await deploy(nodeRed.RED, flow, Object.fromEntries(flow.map(({ id }) => [id, credentials.listener])));
    await listening(port);
    return event;
  };
  const rest = async (path: string, body?: object) => {
    const response = await fetch(`${misp?.url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { Accept: 'application/json', Authorization: API_KEY, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  };

  it('expansion: in the menu of an attribute, over REST, and through a whole event', async () => {
    const event = await start('Module expansion - a value in a list of ours');
    const page = await rest('/events/queryEnrichment/7001/own_list/Enrichment/Attribute');
    assert.equal(page.status, 200);
    assert.match(page.text, /sinkhole of ours/);
    // MISP gives REST the modules that hover only.
    assert.equal(
      (await rest('/modules/queryEnrichment', { module: 'own_list', 'ip-dst': VALUE })).status,
      500,
    );
    await rest('/events/enrichEvent/2', { own_list: true });
    const [, added, ...others] = event.Attribute;
    assert.equal(added.value, 'sinkhole of ours');
    assert.equal(added.comment, `${VALUE}: enriched via the own_list module.`);
    assert.deepEqual(others, []);
    event.Attribute.length = 1;
    await rest('/attributes/enrich/7001', { own_list: true });
    await misp?.worker.idle();
    assert.equal(event.Attribute.length, 2);
  });

  it('hover: when the mouse rests on an attribute, and at a click', async () => {
    await start('Module hover - what an address is');
    for (const click of ['', '/1'])
      assert.equal(
        (await rest(`/attributes/hoverEnrichment/7001${click}`)).text,
        'address_kind: Empty results',
      );
    const { text } = await rest('/modules/queryEnrichment', { module: 'address_kind', 'ip-dst': '10.1.2.3' });
    assert.deepEqual(JSON.parse(text), { results: [{ types: ['text'], values: ['a private address'] }] });
  });

  it('import: a file, and a text that was pasted', async () => {
    const event = await start('Module import - a CSV file');
    const csv = 'type,value,comment\nip-dst,203.0.113.5,first\n';
    const data = Buffer.from(csv).toString('base64');
    const file = await rest('/events/importModule/own_csv/2', { Event: { config: {}, source: '1', data } });
    assert.equal(file.status, 200);
    assert.match(file.text, /203\.0\.113\.5/);
    assert.equal(event.Attribute.at(-1)?.value, '203.0.113.5');
    const paste = csv.replace('203.0.113.5', '203.0.113.6');
    await rest('/events/importModule/own_csv/2', { Event: { config: {}, paste } });
    assert.equal(event.Attribute.at(-1)?.value, '203.0.113.6');
  });

  it('export: a file', async () => {
    await start('Module export - a block list');
    assert.deepEqual(await rest('/events/exportModule/block_list/2'), { status: 200, text: `${VALUE}\n` });
    assert.equal((await rest('/events/exportModule/none/2')).status, 404);
  });
});
