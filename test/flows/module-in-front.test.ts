import { strict as assert } from 'node:assert';
import { sampleEvents } from '../../sandbox/misp/sample-events';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { credentials } from '../support/flows';
import { example } from '../support/examples';
import { freePort, listening } from '../support/misp';
import { moduleNamed, startModules, type ModuleServiceStandIn } from '../support/modules';
import { deploy, startNodeRed } from '../support/node-red';

const EXAMPLE = 'Module in front - PAP-RED is not queried';
const SECRET = 'sentinel-secret-4711';
const RED = 'a'.repeat(32);
const GREEN = 'b'.repeat(32);
const tag = (name: string) => ({ id: '90', name, colour: '#ff0000', local: false, is_galaxy: false });

/** MISP asks the listener, a flow looks up the tags in MISP, and the misp-modules behind the listener is asked. */
describe(`the example ${EXAMPLE}`, function () {
  this.timeout(60000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let behind: ModuleServiceStandIn;
  before(async () => {
    nodeRed = await startNodeRed();
    behind = await startModules([
      moduleNamed('hashlookup', ['md5'], { format: 'misp_standard' }, { config: ['custom_API'] }),
    ]);
    behind.answer = ({ attribute }) => ({ results: { Attribute: [found(attribute)] } });
  });
  after(async () => {
    await nodeRed.stop();
    await misp.close();
    await behind.close();
  });

  const found = (attribute: unknown) => {
    const { value } = attribute as { value: string };
    return { type: 'filename', value: `file of ${value[0]}`, comment: 'found' };
  };
  /** Event 2 has a hash that is tagged PAP:RED and one that is not. */
  const start = async (
    server: (misp: StandInMisp) => object = ({ url }) => ({ url }),
    where = 'attribute',
  ) => {
    await (misp as StandInMisp | undefined)?.close();
    behind.queries.length = 0;
    const [first, event, ...others] = sampleEvents();
    const [one] = event.Attribute;
    const [red, green] = [RED, GREEN].map((value, index) => ({
      ...{ ...one, id: String(7001 + index), type: 'md5', value, Tag: [] as ReturnType<typeof tag>[] },
      uuid: `5f0f0000-0000-4000-8000-00000000700${index + 1}`,
    }));
    event.Attribute = where === 'event' ? [green] : [red, green];
    event.Object = [];
    if (where === 'event') {
      first.Tag = [tag('PAP:RED')];
      first.Attribute = [{ ...red, event_id: first.id }];
    } else red.Tag = [tag('PAP:RED')];
    const port = await freePort();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: 1 },
      moduleServices: {
        Enrichment: {
          ...{ url: 'http://misp:secret@127.0.0.1', port },
          settings: { hashlookup: { custom_API: SECRET } },
        },
      },
      events: [first, event, ...others],
    });
    const flow = example(EXAMPLE, {
      'misp-listener': { port },
      'misp-modules': { url: behind.url },
      'misp-server': server(misp),
    });
    assert.ok(flow.filter(({ z, type }) => z !== undefined && type !== 'comment').length <= 6);
    await deploy(
      nodeRed.RED,
      flow,
      Object.fromEntries(flow.map(({ id }) => [id, { ...credentials.listener, apiKey: API_KEY }])),
    );
    await listening(port);
    await offered(port);
  };
  /** The list of what is behind has come. */
  const offered = async (port: number) => {
    const headers = { Authorization: `Basic ${Buffer.from('misp:secret').toString('base64')}` };
    for (let turn = 0; turn < 100; turn++) {
      const list = await (await fetch(`http://127.0.0.1:${port}/modules`, { headers })).text();
      if (list.includes('hashlookup')) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('the list did not come');
  };
  const asked = () => behind.queries.map(({ attribute }) => (attribute as { value: string }).value);
  const rest = async (path: string, body?: object) => {
    const response = await fetch(`${misp.url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { Accept: 'application/json', Authorization: API_KEY, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    return response.text();
  };
  /** Each way in which MISP's users come to the module, for one of the two hashes. */
  const WAYS: Record<string, (id: string, value: string) => Promise<string>> = {
    page: (id) => rest(`/events/queryEnrichment/${id}/hashlookup/Enrichment/Attribute`),
    hover: (id) => rest(`/attributes/hoverEnrichment/${id}`),
    'a hover that was clicked': (id) => rest(`/attributes/hoverEnrichment/${id}/1`),
    'modules/queryEnrichment': (_, value) =>
      rest('/modules/queryEnrichment', { module: 'hashlookup', attribute: { type: 'md5', value } }),
    'attributes/enrich': async (id) => {
      const answer = await rest(`/attributes/enrich/${id}`, { hashlookup: true });
      await misp.worker.idle();
      return answer;
    },
  };

  for (const [way, go] of Object.entries(WAYS)) {
    it(`sends nothing that is tagged PAP:RED, and all else: ${way}`, async () => {
      await start();
      const red = await go('7001', RED);
      assert.deepEqual(asked(), []);
      if (way === 'modules/queryEnrichment') {
        const said = { error: 'The value is tagged PAP:RED in MISP: it was not sent', results: [] };
        assert.deepEqual(JSON.parse(red), said);
      }
      const green = await go('7002', GREEN);
      assert.deepEqual(asked(), [GREEN]);
      assert.deepEqual(behind.queries[0].config, { custom_API: SECRET }, 'the settings are in it again');
      if (way !== 'attributes/enrich') assert.match(green, /file of b/);
    });
  }

  it('goes through an event: only what is tagged is not sent', async () => {
    await start();
    await rest('/events/enrichEvent/2', { hashlookup: true });
    assert.deepEqual(asked(), [GREEN]);
    const values = misp.event('2')?.Attribute.map(({ value }) => value);
    assert.ok(values?.includes('file of b') && !values.includes('file of a'), String(values));
  });

  it('looks at the event of any attribute with that value', async () => {
    await start(undefined, 'event');
    await rest('/modules/queryEnrichment', { module: 'hashlookup', md5: RED });
    assert.deepEqual(asked(), []);
  });

  const TROUBLE: Record<string, (misp: StandInMisp) => object> = {
    'cannot be reached': () => ({ url: 'http://127.0.0.1:1' }),
    'answers with an error': ({ url, faults }) => {
      faults.settings = { every: 1, fault: '500', only: /restSearch/ };
      return { url };
    },
    'answers with a page': ({ url, faults }) => {
      faults.settings = { every: 1, fault: 'html', only: /restSearch/ };
      return { url };
    },
    'does not answer in time': ({ url, faults }) => {
      faults.settings = { every: 1, fault: 'silent', only: /restSearch/ };
      return { url };
    },
  };
  for (const [what, server] of Object.entries(TROUBLE)) {
    it(`sends nothing while the MISP that is searched ${what}`, async () => {
      await start(server);
      const answer = await WAYS['modules/queryEnrichment']('7002', GREEN);
      const { error, results } = JSON.parse(answer) as { error: string; results: unknown[] };
      assert.ok(error.length > 10, answer);
      assert.deepEqual(results, []);
      assert.deepEqual(asked(), []);
    });
  }
});
