import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { definitions } from '../support/definitions';
import { block, idOf, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { moduleNamed, startModules, type ModuleServiceStandIn } from '../support/modules';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, root, startNodeRed, type FlowNode } from '../support/node-red';

const KEY = 'SentinelKey0123456789abcdefghijABCDEFGHI';
const PROXY = 'SentinelProxyPassword';
const PASSPHRASE = 'SentinelPassphrase';
const CLIENT_KEY = 'SentinelClientKeyMIIEvQIBADANBg';
const LISTENER = 'SentinelListenerPassword';
const MODULE_KEY = 'SentinelModuleKey';
const MODULE_LOGIN = 'SentinelModuleLogin';
const SENTINELS = [KEY, PROXY, PASSPHRASE, CLIENT_KEY, LISTENER, MODULE_KEY, MODULE_LOGIN];

/** Nodes that work with a MISP, each with settings that make it ask or change something there. */
const WORKING: [type: string, settings: object][] = [
  ['misp-tag', { tags: ['tlp:red'] }],
  ['misp-publish', {}],
  ['misp-blocklist', {}],
  ['misp-run-workflow', { workflows: ['Review'] }],
  ['misp-sighting', {}],
  ['misp-analyst-data', { note: 'seen' }],
  ['misp-warninglist', {}],
  ['misp-reload', {}],
  ['misp-search', {}],
  ['misp-request', { path: '/events/index' }],
  ['misp-decay', { models: ['1'] }],
  ['misp-event-create', { info: 'x', attributeType: 'domain', data: '["a.example"]', dataType: 'json' }],
];

describe('secrets', function () {
  this.timeout(60000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let port = 0;
  /** Repeats what it is told, in errors and in results. */
  let modules: ModuleServiceStandIn;
  /** All that a user or another program can see. */
  const seen: string[] = [];
  const see = (what: unknown) => seen.push(typeof what === 'string' ? what : (JSON.stringify(what) ?? ''));
  const caught: object[] = [];
  const outputs = [process.stdout, process.stderr].map((stream) => ({
    stream,
    write: stream.write.bind(stream),
  }));

  /** Takes what is written, in place of the console. */
  function listen(): void {
    for (const { stream } of outputs) {
      stream.write = (chunk: string | Uint8Array) => {
        see(String(chunk));
        return true;
      };
    }
  }
  function unlisten(): void {
    for (const { stream, write } of outputs) stream.write = write;
  }

  before(async () => {
    listen();
    const take = (message: object) => caught.push(message);
    nodeRed = await startNodeRed({
      settings: { functionGlobalContext: { take }, logging: { console: { level: 'trace' } } },
    });
    nodeRed.RED.events.on('node-status', see);
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    port = await freePort();
    modules = await startModules([
      moduleNamed('errs', ['domain'], {}, { config: ['apikey'] }),
      moduleNamed('tells', ['domain'], {}, { config: ['apikey'] }),
    ]);
    modules.answer = ({ module, config }) => {
      const told = JSON.stringify([config, modules.headers.at(-1)]);
      return module === 'errs' ? { error: told } : { results: [{ types: ['text'], values: [told] }] };
    };
  });
  after(async () => {
    listen();
    await misp.close();
    await modules.close();
    await nodeRed.stop();
    unlisten();
  });

  it('appear in no message, error, status, log, output or export when everything goes wrong', async () => {
    const log = collectLog(nodeRed.RED);
    const dead = await freePort();
    const servers: FlowNode[] = [
      { id: 'wrong', type: 'misp-server', url: misp.url, timeout: 2, verify: true },
      { id: 'proxied', type: 'misp-server', url: 'http://misp.example.org', timeout: 2, verify: true },
      {
        id: 'secured',
        type: 'misp-server',
        url: `https://127.0.0.1:${dead}`,
        timeout: 2,
        tls: 'tls',
        verify: true,
      },
    ];
    const tls = { id: 'tls', type: 'tls-config', verifyservercert: true };
    const nodes = servers.flatMap(({ id }) =>
      WORKING.map(([type, settings]) => node(`${id}-${type}`, type, [['take']], { server: id, ...settings })),
    );
    const asking = { service: 'modules', enrichWith: ['errs', 'tells'] };
    const enrich = node('enriches', 'misp-enrich', [['take', 'debug']], asking);
    const take = node('take', 'function', [[]], { func: "global.get('take')(msg); return msg;", outputs: 1 });
    const flow = [
      tab,
      listener(port),
      ...servers,
      tls,
      trigger(['stop']),
      block('stop', '{{ Event.info }}'),
      ...nodes,
      { id: 'modules', type: 'misp-modules', url: modules.url },
      enrich,
      node('catch', 'catch', [['take', 'debug']], { scope: null, uncaught: false }),
      node('debug', 'debug', [], { active: true, console: true, complete: 'true', targetType: 'full' }),
      take,
    ];
    const pem = readFileSync(path.join(root, 'test/fixtures/tls/cert.pem'), 'utf8');
    const broken = `-----BEGIN PRIVATE KEY-----\n${CLIENT_KEY}\n-----END PRIVATE KEY-----\n`;
    await deploy(nodeRed.RED, flow, {
      listener: { user: 'misp', password: LISTENER },
      wrong: { apiKey: KEY },
      proxied: { apiKey: KEY, proxy: `http://proxy:${PROXY}@127.0.0.1:${dead}` },
      secured: { apiKey: KEY },
      modules: {
        user: 'me',
        password: MODULE_LOGIN,
        settings: JSON.stringify({ 'errs.apikey': MODULE_KEY, 'tells.apikey': MODULE_KEY }),
      },
      tls: { certdata: pem, keydata: broken, cadata: '', passphrase: PASSPHRASE },
    });
    await listening(port);
    await query(port, 'test_module', event([]));
    const attributes = [
      { id: '1', uuid: '00000000-0000-4000-8000-000000000001', type: 'domain', value: 'a.example' },
    ];
    const payload = {
      Event: { id: '2', uuid: '5fd76d79-4945-4689-b517-5be892dfdb2e', Attribute: attributes },
    };
    for (const { id } of [...nodes, enrich]) {
      const Event = { ...payload.Event, _AttributeFlattened: attributes };
      nodeRed.RED.nodes.getNode(id)?.receive({ payload: { Event } });
    }
    await settled();
    assert.ok(caught.length >= 2 * WORKING.length, `${caught.length} errors`);
    log.stop();
    see(log.lines.map(({ msg }) => String(msg)));
    for (const message of caught) {
      const { error } = message as { error?: { message: string; stack?: string } };
      see(message);
      see(`${error?.message ?? ''} ${error?.stack ?? ''}`);
    }
    assert.equal(modules.queries.length, 2, 'the modules were asked');
    await routes();
    unlisten();
    const all = seen.join('\n');
    for (const sentinel of SENTINELS) assert.ok(!all.includes(sentinel), `${sentinel} was seen`);
    assert.ok(all.includes('MISP does not know this API key'), 'the errors were seen');
  });

  /** Waits until no more errors come; a node whose client key cannot be read does not even start. */
  async function settled(): Promise<void> {
    for (let before = -1; before !== caught.length;) {
      before = caught.length;
      await new Promise((resolve) => setTimeout(resolve, 2500));
    }
  }

  /** What the admin API tells: the flow, as it is exported, and all routes of ours. */
  async function routes(): Promise<void> {
    const admin = (what: string) => `${nodeRed.url}/admin/${what}`;
    for (const what of [
      'flows',
      'flow/tab',
      'nodes',
      'settings',
      'credentials/misp-server/wrong',
      'credentials/misp-modules/modules',
      'misp-workflows/module-services/modules/modules',
      'diagnostics',
    ]) {
      see(await (await fetch(admin(what))).text());
    }
    const ids = ['wrong', 'proxied', 'secured'];
    const paths = [
      `triggers/${idOf('trigger')}`,
      'listeners/listener/gone',
      ...ids.flatMap((id) =>
        ['tags', 'users', 'organisations'].map((source) => `pickers/${source}?server=${id}&search=tlp`),
      ),
      ...ids.map((id) => `modules?server=${id}`),
    ];
    for (const one of paths) see(await (await fetch(admin(`misp-workflows/${one}`))).text());
    for (const id of ids) {
      const form = {
        id,
        url: misp.url,
        apiKey: '__PWRD__',
        verify: true,
        tls: '',
        proxy: '__PWRD__',
        timeout: '2',
      };
      const response = await fetch(admin('misp-workflows/servers/test'), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(form),
      });
      see(await response.text());
    }
  }

  it('are credentials wherever a field is named like one', () => {
    const suspicious = /pass|secret|token|api_?key|auth_?key|^key$/i;
    for (const { description } of definitions) {
      for (const [name, { kind }] of Object.entries(description.fields)) {
        if (!suspicious.test(name) || kind === 'checkbox') continue;
        assert.equal(kind, 'secret', `${description.type}: ${name}`);
      }
    }
  });
});
