import { strict as assert } from 'node:assert';
import { createRequire } from 'node:module';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

const ENVIRONMENT = 'value-of-the-environment';
const BROKER = 'password-of-the-broker';
/** No answer of ours may hold these. */
const SECRETS = [ENVIRONMENT, BROKER, API_KEY, 'test-credential-secret', credentials.listener.password];
/** Node-RED must not stand still longer than this, in milliseconds. */
const MOST_STALL = 500;

const USERS: Record<string, string | string[]> = {
  reader: 'read',
  writer: '*',
  reviewer: ['*.read'],
  /** May ask and try, but sees no data of events. */
  keeper: ['misp.read', 'misp.write'],
  analyst: ['misp.read', 'misp.write', 'misp.data'],
  /** What shows data takes the permission to ask as well. */
  stranger: ['misp.data'],
  approver: ['misp.approve'],
  /** May run flows on events, and nothing else. */
  runner: ['misp.run'],
};
const adminAuth = {
  type: 'credentials',
  users: (username: string) => Promise.resolve(userOf(username)),
  authenticate: (username: string) => Promise.resolve(userOf(username)),
};
const userOf = (username: string) =>
  Object.hasOwn(USERS, username) ? { username, permissions: USERS[username] } : null;

interface RouteCase {
  /** `nothing`: what a browser gets before anybody can log in. */
  needs: 'read' | 'write' | 'approve' | 'run' | 'nothing';
  /** The ordinary request shows the data of an event. */
  data?: true;
  /** The path with its parameters filled in, for an ordinary request. */
  path: string;
  body?: object;
  /** What it asks for is not there: who may ask is told so. */
  missing?: true;
}

/** Every route of the package. One that is missing here fails the first test. */
const ROUTES: Record<string, RouteCase> = {
  'GET /misp-workflows/triggers/:id': { needs: 'read', path: `triggers/${idOf('trigger')}` },
  'POST /misp-workflows/triggers/:id/test': {
    needs: 'write',
    data: true,
    path: `triggers/${idOf('trigger')}/test`,
    body: { use: 'received' },
  },
  'GET /misp-workflows/runs': { needs: 'read', path: 'runs?trigger=event-publish' },
  'GET /misp-workflows/audit': { needs: 'read', data: true, path: 'audit?format=csv' },
  // RUN stands for the id of the run that this test makes.
  'GET /misp-workflows/runs/:id': { needs: 'read', path: 'runs/RUN' },
  'DELETE /misp-workflows/runs/:id': { needs: 'write', data: true, path: 'runs/none' },
  'GET /misp-workflows/accepted': { needs: 'read', path: 'accepted' },
  'GET /misp-workflows/retries': { needs: 'read', path: 'retries' },
  'DELETE /misp-workflows/retries/:id': { needs: 'write', path: 'retries/none' },
  'POST /misp-workflows/accepted/:id': {
    needs: 'write',
    path: 'accepted/all',
    body: { do: 'restart' },
    missing: true,
  },
  'POST /misp-workflows/runs/:id/replay': { needs: 'write', data: true, path: 'runs/RUN/replay' },
  'POST /misp-workflows/triggers/:id/replay': {
    needs: 'write',
    data: true,
    path: `triggers/${idOf('trigger')}/replay`,
    body: { text: '{"Event":{"info":"pasted"}}' },
  },
  'GET /misp-workflows/runs/:id/data': { needs: 'read', data: true, path: 'runs/RUN/data' },
  'GET /misp-workflows/runs/:id/data/:part': { needs: 'read', data: true, path: 'runs/RUN/data/entry' },
  'GET /misp-workflows/runs/:id/test': { needs: 'read', data: true, path: 'runs/RUN/test' },
  'GET /misp-workflows/recording': { needs: 'read', path: 'recording' },
  'POST /misp-workflows/recording': {
    needs: 'write',
    data: true,
    path: 'recording',
    body: { runs: 0 },
  },
  'POST /misp-workflows/try/node': {
    needs: 'write',
    data: true,
    path: 'try/node',
    body: {
      type: 'misp-if-tag',
      settings: { scope: 'event', condition: 'in_or', tags: ['tlp:red'], clusters: [] },
      triggers: [idOf('trigger')],
    },
  },
  'POST /misp-workflows/try/path': {
    needs: 'read',
    data: true,
    path: 'try/path',
    body: { path: 'Event.info', triggers: [idOf('trigger')] },
  },
  'POST /misp-workflows/try/template': {
    needs: 'read',
    data: true,
    path: 'try/template',
    body: { template: '{{ Event.info }}', triggers: [idOf('trigger')] },
  },
  'GET /misp-workflows/pickers/:source': { needs: 'read', path: 'pickers/tags?server=misp&search=tlp' },
  'GET /misp-workflows/pickers/:source/chosen': {
    needs: 'read',
    path: 'pickers/tags/chosen?server=misp&value=tlp:red',
  },
  'POST /misp-workflows/pickers/:source': {
    needs: 'write',
    path: 'pickers/tags',
    body: { form: { id: 'misp' }, search: 'tlp' },
  },
  'POST /misp-workflows/pickers/:source/chosen': {
    needs: 'write',
    path: 'pickers/tags/chosen',
    body: { form: { id: 'misp' }, value: ['tlp:red'] },
  },
  'POST /misp-workflows/modules': { needs: 'write', path: 'modules', body: { form: { id: 'misp' } } },
  'GET /misp-workflows/events': { needs: 'read', data: true, path: 'events?server=misp&search=1' },
  'GET /misp-workflows/modules': { needs: 'read', path: 'modules?server=misp' },
  'GET /misp-workflows/workflows': { needs: 'read', path: 'workflows?server=misp' },
  'GET /misp-workflows/workflows/:kind/:id': { needs: 'read', path: 'workflows/workflow/1?server=misp' },
  'POST /misp-workflows/workflows/read': { needs: 'read', path: 'workflows/read', body: { text: '{}' } },
  'POST /misp-workflows/workflows/write': { needs: 'read', path: 'workflows/write', body: { name: 'x' } },
  'POST /misp-workflows/workflows/save': { needs: 'write', path: 'workflows/save', body: { server: 'misp' } },
  'POST /misp-workflows/connect/plan': { needs: 'write', path: 'connect/plan', body: { server: 'misp' } },
  'POST /misp-workflows/connect/start': { needs: 'write', path: 'connect/start', body: { server: 'misp' } },
  // There is none of that number.
  'GET /misp-workflows/connect/kept': { needs: 'read', path: 'connect/kept?node=x' },
  'GET /misp-workflows/connect/closed': { needs: 'read', path: 'connect/closed?trigger=event-publish' },
  'POST /misp-workflows/connect/back': { needs: 'write', path: 'connect/back', body: { server: 'misp' } },
  'POST /misp-workflows/connect/back/start': {
    needs: 'write',
    path: 'connect/back/start',
    body: { server: 'misp' },
  },
  'GET /misp-workflows/connect/runs/:id': { needs: 'read', path: 'connect/runs/0', missing: true },
  'POST /misp-workflows/connect/runs/:id/undo': {
    needs: 'write',
    path: 'connect/runs/0/undo',
    missing: true,
  },
  'POST /misp-workflows/proof/plan': { needs: 'write', path: 'proof/plan', body: { server: 'misp' } },
  'POST /misp-workflows/proof/start': { needs: 'write', path: 'proof/start', body: { server: 'misp' } },
  'GET /misp-workflows/proof/runs/:id': { needs: 'read', path: 'proof/runs/0', missing: true },
  'POST /misp-workflows/check': { needs: 'write', path: 'check', body: { server: 'misp' } },
  'POST /misp-workflows/check/mend': { needs: 'write', path: 'check/mend', body: { server: 'misp' } },
  'POST /misp-workflows/servers/test': { needs: 'write', path: 'servers/test', body: { id: 'misp' } },
  'POST /misp-workflows/mail-servers/test': { needs: 'write', path: 'mail-servers/test', body: { id: 'x' } },
  'POST /misp-workflows/module-services/test': {
    needs: 'write',
    path: 'module-services/test',
    body: { id: 'x' },
  },
  'GET /misp-workflows/module-services/:id/modules': {
    needs: 'read',
    path: 'module-services/service/modules',
  },
  'GET /misp-workflows/listeners/:id/contact': { needs: 'read', path: 'listeners/listener/contact' },
  'GET /misp-workflows/listeners/:id/gone': { needs: 'read', path: 'listeners/listener/gone' },
  'DELETE /misp-workflows/listeners/:id/gone/:name': {
    needs: 'write',
    path: 'listeners/listener/gone/other_module',
  },
  'POST /misp-workflows/approval/show': { needs: 'approve', path: 'approval/show', body: { token: 'x' } },
  'POST /misp-workflows/approval/decide': { needs: 'approve', path: 'approval/decide', body: { token: 'x' } },
};
/** The page of those who approve, which shows nothing before it knows who they are. */
const OPEN = ['', '/approval.js', '/approval.css', '/texts.json'].map(
  (file) => `GET /misp-workflows/approval${file}`,
);

const FLOW = `ad-hoc-runs/flows/${idOf('adhoc')}`;
Object.assign(ROUTES, {
  'GET /misp-workflows/ad-hoc-runs': { needs: 'nothing', path: 'ad-hoc-runs' },
  'GET /misp-workflows/ad-hoc-runs/page.js': { needs: 'nothing', path: 'ad-hoc-runs/page.js' },
  'GET /misp-workflows/ad-hoc-runs/page.css': { needs: 'nothing', path: 'ad-hoc-runs/page.css' },
  'GET /misp-workflows/ad-hoc-runs/texts': { needs: 'nothing', path: 'ad-hoc-runs/texts' },
  'GET /misp-workflows/ad-hoc-runs/flows': { needs: 'run', path: 'ad-hoc-runs/flows' },
  'GET /misp-workflows/ad-hoc-runs/flows/:id': { needs: 'run', path: FLOW },
  'POST /misp-workflows/ad-hoc-runs/flows/:id/dry-runs': {
    needs: 'run',
    path: `${FLOW}/dry-runs`,
    body: { events: '1', search: {}, parameters: {} },
  },
  'POST /misp-workflows/ad-hoc-runs/flows/:id/runs': {
    needs: 'run',
    path: `${FLOW}/runs`,
    body: { of: 'none', leaveOut: [] },
  },
  'GET /misp-workflows/ad-hoc-runs/flows/:id/runs/:run': {
    needs: 'run',
    path: `${FLOW}/runs/none?since=x`,
    missing: true,
  },
  'POST /misp-workflows/ad-hoc-runs/flows/:id/runs/:run/stop': {
    needs: 'run',
    path: `${FLOW}/runs/none/stop`,
  },
} satisfies Record<string, RouteCase>);

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  handle?: { stack?: Layer[] };
}

/** What packages registered with Node-RED, whatever version of express it has. */
function registeredRoutes(): string[] {
  const near = createRequire(require.resolve(process.env.NODE_RED_PATH ?? 'node-red'));
  const { httpAdmin: app } = near('@node-red/runtime') as {
    httpAdmin: { _router?: { stack: Layer[] }; router?: { stack: Layer[] } };
  };
  const found: string[] = [];
  const visit = (layers: Layer[]) => {
    for (const { route, handle } of layers) {
      if (route) {
        for (const method of Object.keys(route.methods)) found.push(`${method.toUpperCase()} ${route.path}`);
      } else if (handle?.stack) visit(handle.stack);
    }
  };
  visit((app._router ?? app.router)?.stack ?? []);
  return found;
}

describe('the routes of the package, with users', function () {
  this.timeout(60000);
  let misp: StandInMisp;
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  const tokens: Record<string, string> = {};
  let run = '';
  let longest = 0;
  let watch: NodeJS.Timeout;

  before(async () => {
    process.env.TEST_OF_SECRETS = ENVIRONMENT;
    process.env.NODE_RED_CREDENTIAL_SECRET = SECRETS[3];
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    nodeRed = await startNodeRed({ settings: { adminAuth } });
    const port = await freePort();
    const service = { id: 'service', type: 'misp-modules', url: 'http://127.0.0.1:1' };
    const server = { id: 'misp', type: 'misp-server', url: misp.url, timeout: 5 };
    const broker = { id: 'broker', type: 'mqtt-broker', broker: '127.0.0.1', port: 1, autoConnect: false };
    const adHoc = { server: 'misp', parameters: [], most: 10, concurrency: 1, timeout: 5, version: 1 };
    const flow = [
      ...[tab, server, service, broker, listener(port), trigger(['out']), node('out', 'debug', [])],
      node('adhoc', 'misp-adhoc-run', [['out'], []], adHoc),
    ];
    await deploy(nodeRed.RED, flow, {
      ...credentials,
      misp: { apiKey: API_KEY },
      broker: { user: 'someone', password: BROKER },
    });
    await listening(port);
    // As large as what is kept can be: what a reader tries, is tried on this.
    const attributes = Array.from({ length: 4000 }, (_, index) => ({
      id: String(index),
      type: 'text',
      value: `${'a'.repeat(100)}!${index}`,
      comment: 'x'.repeat(60),
    }));
    await query(port, 'test_module', event(['tlp:red'], { Attribute: attributes, info: 'a'.repeat(5000) }));
    for (const username of Object.keys(USERS)) tokens[username] = await login(username);
    const { rows } = JSON.parse((await ask('GET', 'runs', 'writer')).text) as { rows: { run: string }[] };
    run = rows[0].run;
    let last = performance.now();
    watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
  });
  after(async () => {
    clearInterval(watch);
    delete process.env.TEST_OF_SECRETS;
    delete process.env.NODE_RED_CREDENTIAL_SECRET;
    await nodeRed.stop();
    await misp.close();
  });
  beforeEach(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    longest = 0;
  });
  afterEach(() => assert.ok(longest < MOST_STALL, `Node-RED stood still for ${Math.round(longest)} ms`));

  async function login(username: string): Promise<string> {
    const response = await fetch(`${nodeRed.url}/admin/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_id: 'node-red-editor',
        grant_type: 'password',
        scope: '',
        username,
        password: 'any',
      }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }
  async function ask(method: string, path: string, user?: string, body?: unknown) {
    const token = user === undefined ? undefined : (tokens[user] ?? user);
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/${path.replace('RUN', run)}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) }),
    });
    const text = await response.text();
    for (const secret of SECRETS)
      assert.ok(!text.includes(secret), `${method} ${path}: ${text.slice(0, 300)}`);
    return { status: response.status, text };
  }
  async function attempt(path: string, user: string, body: unknown): Promise<Record<string, unknown>> {
    const { status, text } = await ask('POST', `try/${path}`, user, body);
    assert.equal(status, 200, text);
    return JSON.parse(text) as Record<string, unknown>;
  }

  it('are all known to this test', () => {
    const ours = registeredRoutes().filter((route) => route.includes('/misp'));
    assert.deepEqual(ours.sort(), [...Object.keys(ROUTES), ...OPEN].sort());
  });

  for (const [route, { needs, data, path, body, missing }] of Object.entries(ROUTES)) {
    const [method] = route.split(' ');
    const fine = missing ? 404 : 200;
    it(`${route} needs the permission to ${needs}`, async () => {
      const open = needs === 'nothing' ? fine : 401;
      assert.equal((await ask(method, path, undefined, body)).status, open);
      assert.equal((await ask(method, path, 'no-token', body)).status, open);
      assert.equal((await ask(method, path, 'reader', body)).status, needs === 'read' ? fine : open);
      assert.equal((await ask(method, path, 'reviewer', body)).status, needs === 'read' ? fine : open);
      assert.equal((await ask(method, path, 'writer', body)).status, fine);
      const isOwn = needs === 'approve' || needs === 'run';
      assert.equal((await ask(method, path, 'analyst', body)).status, isOwn ? 401 : fine);
      assert.equal((await ask(method, path, 'stranger', body)).status, open);
      assert.equal((await ask(method, path, 'approver', body)).status, needs === 'approve' ? fine : open);
      assert.equal((await ask(method, path, 'runner', body)).status, needs === 'run' ? fine : open);
    });
    it(`${route} ${data ? 'takes' : 'does not take'} the permission misp.data`, async () => {
      const { status, text } = await ask(method, path, needs === 'run' ? 'runner' : 'keeper', body);
      assert.equal(status, needs === 'approve' ? 401 : data ? 403 : fine);
      if (!data) return;
      assert.deepEqual(JSON.parse(text), {
        problem: 'You may not see the data of events: that takes the permission misp.data',
      });
    });
  }

  it('tells of runs to who sees no data, without what is from the event', async () => {
    for (const path of ['runs', 'runs?text=aaa', 'runs/RUN']) {
      const { status, text } = await ask('GET', path, 'keeper');
      assert.equal(status, 200);
      assert.match(text, /"trigger":"event-publish"/);
      assert.doesNotMatch(text, /a{20}/);
    }
    assert.match((await ask('GET', 'runs/RUN', 'analyst')).text, /"info":"a{20}/);
  });

  it('lets who sees no data try on what is no event of MISP', async () => {
    const { path, body } = ROUTES['POST /misp-workflows/try/node'];
    const pasted = { ...body, event: '{"Event":{"Tag":[{"name":"tlp:red"}]}}' };
    assert.match((await ask('POST', path, 'keeper', pasted)).text, /"source":"pasted"/);
    const rehearsal = await ask('POST', `triggers/${idOf('trigger')}/test`, 'keeper', { use: 'sample' });
    assert.match(rehearsal.text, /"kind":"sample"/);
    assert.match(
      String((await attempt('path', 'keeper', { path: 'Event[', triggers: [] })).problem),
      /bracket/,
    );
  });

  it('refuses bodies that are too long', async () => {
    const long = 'x'.repeat(1024 * 1024);
    for (const [route, { path, body }] of Object.entries(ROUTES)) {
      const [method] = route.split(' ');
      if (method !== 'POST') continue;
      const { status } = await ask(method, path, 'writer', { ...body, long });
      // What is pasted or drawn may be as long as Node-RED itself takes.
      const isPasted = route === 'POST /misp-workflows/triggers/:id/replay';
      const isWhole = path === 'try/node' || path.startsWith('workflows/') || isPasted;
      if (isWhole) assert.notEqual(status, 413, route);
      else assert.equal(status, 413, route);
    }
  });

  const NO_BODIES: unknown[] = ['{"a":', '"text"', 'null', [], [[]], 5, true, ''];
  const WRONG = [null, 5, 'x', [], [{}], {}, { length: 9 }, '__proto__', 'constructor', { $ne: 1 }];
  for (const [route, { path, body = {}, missing }] of Object.entries(ROUTES)) {
    const [method] = route.split(' ');
    if (method !== 'POST') continue;
    const fine = missing ? 404 : 200;
    it(`${route} lives through bodies of all kinds`, async () => {
      for (const sent of NO_BODIES) {
        const text = typeof sent === 'string' ? sent : JSON.stringify(sent);
        const { status } = await ask(method, path, 'writer', text);
        assert.ok([fine, 400].includes(status), `${text}: ${status}`);
      }
      const names = new Set([
        ...Object.keys(body),
        'type',
        'settings',
        'triggers',
        'event',
        'path',
        'to',
        'url',
      ]);
      for (const name of names) {
        for (const value of WRONG) {
          const { status } = await ask(method, path, 'writer', { ...body, [name]: value });
          assert.equal(status, fine, `${name}: ${JSON.stringify(value)}`);
        }
      }
    });
  }

  it('lives through parameters that name what every object has', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', '%00', '..%2f..', 'x'.repeat(5000)]) {
      for (const user of ['reader', 'writer']) {
        assert.equal((await ask('GET', `triggers/${name}`, user)).status, 404);
        assert.equal((await ask('GET', `pickers/${name}?server=misp`, user)).status, 404);
        assert.equal((await ask('GET', `modules?server=${name}`, user)).text, '{"problem":"notDeployed"}');
        assert.equal((await ask('GET', `listeners/${name}/gone`, user)).text, '[]');
        assert.equal((await ask('GET', `listeners/${name}/contact`, user)).status, 404);
      }
    }
  });

  const evaluate = (expression: string, more: object = {}) =>
    attempt('node', 'writer', {
      type: 'misp-if',
      settings: { language: 'jsonata', expression, expressionType: 'jsonata', operator: 'any_value' },
      triggers: [idOf('trigger')],
      ...more,
    });

  it('an expression that is tried reads the message, and neither environment nor contexts', async () => {
    const { found, outcome } = await evaluate('payload.Event.Tag.name');
    assert.deepEqual([found, outcome], ['tlp:red', 'then']);
    assert.equal((await evaluate('$moment(0).year()')).found, '1970');
    assert.equal((await evaluate('msg.payload.Event.Tag.name')).found, 'tlp:red');
    for (const name of ['TEST_OF_SECRETS', 'NODE_RED_CREDENTIAL_SECRET', 'PATH']) {
      assert.match(String((await evaluate(`$env("${name}")`)).problem), /\$env is not available/);
    }
    for (const name of ['$flowContext', '$globalContext']) {
      assert.match(String((await evaluate(`${name}("x")`)).problem), /not available in a trial/);
    }
    assert.match(String((await evaluate('$eval("1")')).problem), /\$eval is not available/);
    const tricks = [
      '$env.constructor("return process")()',
      '$moment.constructor("return process.env")()',
      '($x := "constructor"; $lookup($moment, $x))',
      'payload.__proto__.constructor',
      '$each($moment, function($v, $k) { $k })',
      '$string($moment)',
    ];
    for (const trick of tricks) await evaluate(trick);
  });

  const COSTLY: [what: string, expression: string][] = [
    ['endless calls', '($f := function() { $f() }; $f())'],
    ['endless nesting', '($f := function($n) { 1 + $f($n + 1) }; $f(0))'],
    ['calls without number', '($f := function($n) { $n > 0 ? $f($n - 1) + $f($n - 1) : 0 }; $f(60))'],
    ['backtracking', '$contains(payload.Event.info & "!", /^(a+)+$/)'],
    ['much memory', '($f := function($l) { $f($append($l, $l)) }; $f([1..1000000]))'],
    ['long texts', '($f := function($t) { $f($t & $t) }; $f("aaaaaaaa"))'],
    ['a list in itself', '$reduce([1..100000], $append)'],
    ['no names of its own', '($__evaluate_entry := null; $f := function() { $f() }; $f())'],
    ['one long call', '$map([1..9000], function($i) { $pad("x", 100000, $string($i)) })'],
  ];
  for (const [what, expression] of COSTLY) {
    it(`an expression that is tried has an end: ${what}`, async () => {
      const begun = performance.now();
      await evaluate(expression);
      assert.ok(performance.now() - begun < 10_000);
      // And the next one is tried as ever.
      assert.equal((await evaluate('1')).found, '1');
    });
  }

  it('what is pasted costs Node-RED little, however it is nested', async () => {
    const nested = '['.repeat(2_000_000) + ']'.repeat(2_000_000);
    const many = JSON.stringify({
      Event: { Attribute: Array.from({ length: 60_000 }, () => ({ value: 'x' })) },
    });
    for (const text of [nested, many, '{'.repeat(100_000), '"'.repeat(1_000_000)]) {
      await evaluate('payload.Event.Attribute[0].value', { event: text });
    }
    const settings = `{"type":"misp-if","settings":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`;
    assert.ok([200, 400].includes((await ask('POST', 'try/node', 'writer', settings)).status));
  });

  const PATHS = [
    'Event.Attribute.{n}.value',
    'Event.Attribute.{n}[value=/^(a+)+$/].value',
    'Event.Attribute.{n}[value=/(a|aa|aaa)*(a|aa|aaa)*(a|aa|aaa)*!$/].value',
    `Event.Attribute.{n}[value=/${'(a?)'.repeat(200)}/].value`,
    `${'{*}.'.repeat(100)}{*}`,
    `${'{n}'.repeat(300)}`,
    `Event${'.{*}'.repeat(5)}[value=/((a{1,50}){1,50}){1,50}/]`,
    '['.repeat(3000),
    'x'.repeat(100_000),
  ];
  it('what a reader tries of paths costs Node-RED little', async () => {
    for (const path of PATHS) {
      for (const selector of ['', 'Event.Attribute.{n}', path]) {
        await attempt('path', 'reader', { path, selector, triggers: [idOf('trigger')] });
      }
    }
  });

  const TEMPLATES = [
    '{% for a in range(100000) %}{% for b in range(100000) %}{{ a }}{% endfor %}{% endfor %}',
    '{{ "a" * 1000000 }}{{ "a" * 1000000 }}',
    '{% for a in Event.Attribute %}{% for b in Event.Attribute %}{{ a.value == b.value }}{% endfor %}{% endfor %}',
    '{{ 9 ** 9 ** 9 }}',
    '{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}',
    '{{ Event.info | replace("a", "aaaaaaaaaa") | replace("a", "aaaaaaaaaa") | replace("a", "aaaaaaaaaa") }}',
    '{{ (Event.info * 200) | wordwrap(1) | urlize }}',
    '{% set x = [1] %}{% for a in range(40) %}{% set x = x + x %}{% endfor %}',
    `${'{{ ('.repeat(2000)}`,
    '{{ "".__class__.__mro__[1].__subclasses__() }}',
    '{{ Event.constructor.constructor("return process.env")() }}',
  ];
  it('what a reader tries of templates costs Node-RED little', async () => {
    for (const template of TEMPLATES) {
      await attempt('template', 'reader', { template, triggers: [idOf('trigger')] });
    }
    const { rendered } = await attempt('template', 'reader', {
      template: '{{ Event.Tag[0].name }}',
      triggers: [idOf('trigger')],
    });
    assert.equal(rendered, 'tlp:red');
  });

  it('a hundred readers at once get answers, and Node-RED goes on', async () => {
    const template = TEMPLATES[2];
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        attempt('template', 'reader', { template, triggers: [idOf('trigger')] }),
      ),
    );
    assert.ok(answers.some(({ problem }) => /Too much is being tried/.test(String(problem))));
  });
});
