import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ask, FORMS } from '../support/ask-as-misp';
import { idOf, listener, node, tab } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { freePort, listening } from '../support/misp';
import { moduleNamed, startModules, type ModuleServiceStandIn } from '../support/modules';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';

const SETTING = 'SentinelModuleSetting';
const BEHIND = 'SentinelSettingOfMispModules';
const AUTHKEY = 'SentinelAuthKeyOfTheUser';
const LOGIN = 'SentinelLoginOfMispModules';
const PASSWORD = 'SentinelListenerPassword';
const SENTINELS = [SETTING, BEHIND, AUTHKEY, LOGIN, PASSWORD];
const USER = { email: 'SYSTEM', authkey: AUTHKEY, Role: { perm_site_admin: true } };

/** A flow that is a module, and flows in front of others: all that MISP sends with a query and is nobody's business. */
describe('secrets of modules', function () {
  this.timeout(120000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let behind: ModuleServiceStandIn;
  let port = 0;
  const seen: string[] = [];
  const see = (what: unknown) => seen.push(typeof what === 'string' ? what : (JSON.stringify(what) ?? ''));
  const used: unknown[] = [];
  const kept: { get(name: string): string | undefined }[] = [];
  const streams = [process.stdout, process.stderr];
  const outputs = streams.map((stream) => ({ stream, write: stream.write.bind(stream) }));
  const listen = () => {
    for (const { stream } of outputs) {
      stream.write = (chunk: string | Uint8Array) => {
        see(String(chunk));
        return true;
      };
    }
  };
  const unlisten = () => {
    for (const { stream, write } of outputs) stream.write = write;
  };

  before(async () => {
    listen();
    const take = (message: object) => see(message);
    const use = (settings: (typeof kept)[number]) => {
      used.push(settings?.get('api_key'), settings?.get('unset'));
      kept.push(settings);
    };
    nodeRed = await startNodeRed({
      settings: {
        functionGlobalContext: { take, use },
        logging: { console: { level: 'trace' } },
        contextStorage: { default: { module: 'memory' }, file: { module: 'localfilesystem' } },
      },
    });
    nodeRed.RED.events.on('node-status', see);
    behind = await startModules(
      ['before', 'after', 'untouched'].map((name) =>
        moduleNamed(name, ['ip-dst'], {}, { config: ['api_key'] }),
      ),
    );
    behind.answer = ({ module }) => (module === 'after' ? { results: [] } : { error: 'nothing' });
  });
  after(async () => {
    listen();
    await nodeRed.stop();
    await behind.close();
    unlisten();
  });

  const TELL =
    "global.get('take')(msg); flow.set('msg', msg); flow.set('msg', msg, 'file'); global.set('msg', msg, 'file'); " +
    'node.warn(msg); node.log(JSON.stringify(msg)); node.status({ text: JSON.stringify(msg).slice(0, 200) });';
  const flow = (name: string, kind: object, func: string, answer: Record<string, unknown>): FlowNode[] => [
    node(`${name}-in`, 'misp-module-in', [[`${name}-tell`, `${name}-debug`]], {
      ...{ listener: 'listener', module: name, ...kind },
    }),
    node(`${name}-debug`, 'debug', [], {
      ...{
        active: true,
        tosidebar: true,
        console: true,
        tostatus: true,
        complete: 'true',
        targetType: 'full',
      },
    }),
    node(`${name}-tell`, 'function', [[`${name}-out`, `${name}-debug`]], {
      ...{ func: `${func} ${TELL} return msg;`, outputs: 1 },
    }),
    node(`${name}-out`, 'misp-module-out', [], answer),
  ];
  const start = async () => {
    port = await freePort();
    const own = { kind: 'both', input: ['ip-dst'], settings: ['api_key', 'unset'] };
    const inFront = { kind: 'front', onError: 'block' };
    await deploy(
      nodeRed.RED,
      [
        tab,
        listener(port, { upstream: 'modules' }),
        { id: 'modules', type: 'misp-modules', url: behind.url, verify: true },
        ...flow('mine', own, "global.get('use')(msg.settings);", { answer: 'nothing' }),
        ...flow('fails', own, "if (msg.settings.get('api_key')) throw new Error('no luck');", {
          answer: 'nothing',
        }),
        ...flow('before', { ...inFront, stage: 'query' }, '', { answer: 'pass' }),
        ...flow('after', { ...inFront, stage: 'result' }, '', { answer: 'pass' }),
        node('catch', 'catch', [['caught']], { scope: null, uncaught: false }),
        node('caught', 'function', [[]], { func: TELL, outputs: 1 }),
      ],
      {
        listener: { user: 'misp', password: PASSWORD },
        modules: { user: 'me', password: LOGIN },
      },
    );
    await listening(port);
    await until(() => behind.lists > 0);
  };
  const asked = (module: string, form: keyof typeof FORMS, secret: string) => {
    const [standard] = FORMS[form](module, { config: { api_key: secret } });
    const login = Buffer.from(`misp:${PASSWORD}`).toString('base64');
    const url = `http://127.0.0.1:${port}/query`;
    const headers = { Authorization: `Basic ${login}`, 'Content-Type': 'application/json' };
    return fetch(url, { method: 'POST', headers, body: JSON.stringify({ ...standard, user: USER }) });
  };

  it('appear in no message, debug node, log, status, context, recorded run, file or route', async () => {
    listen();
    const log = collectLog(nodeRed.RED);
    await start();
    for (const form of Object.keys(FORMS) as (keyof typeof FORMS)[]) {
      for (const name of ['mine', 'fails']) see(await (await asked(name, form, SETTING)).text());
      for (const name of ['before', 'after', 'untouched'])
        see(await (await asked(name, form, BEHIND)).text());
    }
    // What is no query at all, and what is one of nobody.
    for (const body of [
      `{"module":"mine","config":{"api_key":"${SETTING}"`,
      `{"module":"mine","config":"${SETTING}"}`,
    ])
      see((await ask(port, body)).text);
    log.stop();
    see(log.lines.map(({ msg }) => String(msg)));
    await routes();
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const file of filesIn(nodeRed.userDir))
      if (!file.includes('flows_cred')) see(readFileSync(file, 'utf8'));
    unlisten();
    const all = seen.join('\n');
    for (const sentinel of SENTINELS)
      assert.ok(!all.includes(sentinel), `${sentinel}: ${around(all, sentinel)}`);
    assert.ok(
      all.includes('198.51.100.45') && all.includes('no luck'),
      'the messages and the error were seen',
    );
  });

  it('get to those whom they are for, as long as the run lasts', async () => {
    assert.deepEqual([...new Set(used)], [SETTING, undefined]);
    await until(() => kept.every((settings) => settings.get('api_key') === undefined));
    const forThem = behind.queries.filter(
      ({ config }) => (config as { api_key?: string })?.api_key === BEHIND,
    );
    assert.equal(forThem.length, 3 * Object.keys(FORMS).length);
    assert.ok(behind.queries.every(({ user }) => (user as { authkey?: string }).authkey === AUTHKEY));
  });

  const around = (text: string, word: string) =>
    text.slice(Math.max(0, text.indexOf(word) - 200), text.indexOf(word));

  const filesIn = (folder: string): string[] =>
    readdirSync(folder).flatMap((name) => {
      const file = path.join(folder, name);
      if (name === 'node_modules') return [];
      return statSync(file).isDirectory() ? filesIn(file) : [file];
    });

  /** What the admin API tells of the flow, its nodes, contexts and runs. */
  async function routes(): Promise<void> {
    const tell = async (what: string, method = 'GET') => {
      const text = await (await fetch(`${nodeRed.url}/admin/${what}`, { method })).text();
      see(text);
      return text;
    };
    const ids = ['mine', 'fails', 'before', 'after'].map((name) => idOf(`${name}-in`));
    const contexts = ['context/global', 'context/flow/tab', ...ids.map((id) => `context/node/${id}`)];
    for (const what of ['flows', 'flow/tab', 'diagnostics', ...contexts]) await tell(what);
    for (const id of ids) await tell(`misp-workflows/triggers/${id}`);
    for (const what of ['modules/modules', 'modules']) await tell(`misp-workflows/module-services/${what}`);
    const list = JSON.parse(await tell('misp-workflows/runs')) as { rows: { id: string }[] };
    assert.ok(list.rows.length > 10, `${list.rows.length} runs`);
    for (const { id } of list.rows.slice(0, 15)) {
      await tell(`misp-workflows/runs/${id}`);
      await tell(`misp-workflows/runs/${id}/replay`, 'POST');
    }
  }
});
