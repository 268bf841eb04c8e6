import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { allow, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { call, event, freePort, get, listening } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';

type Row = Record<string, unknown>;

/** Two MISPs, each with a user and password of its own, ask one listener. */
describe('several MISPs at one listener', function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  let ours: StandInMisp;
  let partner: StandInMisp;
  let log: ReturnType<typeof collectLog>;
  const seen: unknown[] = [];
  const alerts: Row[] = [];
  let status = '';

  before(async () => {
    process.env.PARTNERS_PASSWORD = 'from the environment';
    const saw = (message: Row) => seen.push((message.misp as Row).server);
    const told = (message: Row) => alerts.push(message.payload as Row);
    nodeRed = await startNodeRed({ settings: { functionGlobalContext: { saw, told } } });
    port = await freePort();
    const misp = (login: string) =>
      startStandInMisp({
        port: 0,
        actionService: { url: `http://${login}@127.0.0.1`, port },
        workflows: { 'event-publish': { module: 'test_module' } },
      });
    ours = await misp('ours:secret');
    partner = await misp('partner:from%20the%20environment');
    nodeRed.RED.events.on('node-status', (of: { id: string; status?: { text?: string } }) => {
      if (of.id === 'node-trigger') status = of.status?.text ?? '';
    });
  });
  after(async () => {
    delete process.env.PARTNERS_PASSWORD;
    await nodeRed.stop();
    await ours.close();
    await partner.close();
  });
  beforeEach(() => {
    seen.length = alerts.length = 0;
    log = collectLog(nodeRed.RED);
  });
  afterEach(() => log.stop());

  const LOGINS = { user: 'ours', password: 'secret', user2: 'partner', password2: '${PARTNERS_PASSWORD}' };
  const TWO = { callers: '2', server1: 'misp-ours', name2: 'CERT partner' };
  async function start(
    more: object = {},
    logins: object = LOGINS,
    settings: Record<string, unknown> = {},
  ): Promise<void> {
    await deploy(nodeRed.RED, [tab]);
    const server = (id: string, misp: StandInMisp): FlowNode => ({
      ...{ id, type: 'misp-server', url: misp.url, timeout: 5, verify: true },
    });
    await deploy(
      nodeRed.RED,
      [
        tab,
        listener(port, { metrics: true, ...TWO, ...more }),
        ...[server('misp-ours', ours), server('misp-partner', partner)],
        trigger(['saw'], settings),
        node('saw', 'function', [['go']], { func: "global.get('saw')(msg); return msg;", outputs: 1 }),
        allow(),
        node('alert', 'misp-alert', [['told']], { on: ['refused'], pause: 1 }),
        node('told', 'function', [[]], { func: "global.get('told')(msg);", outputs: 1 }),
      ],
      {
        listener: { ...logins, metricsUser: 'prometheus', metricsPassword: 'metrics' },
        ...{ 'misp-ours': { apiKey: API_KEY }, 'misp-partner': { apiKey: API_KEY } },
      },
    );
    await listening(port);
  }
  const publish = async (misp: StandInMisp) => (await (await misp.publish('2')).outcome)!;
  const metrics = async () => (await get(port, '/metrics', { user: 'prometheus', password: 'metrics' })).text;

  it('msg.misp.server is the one that asked: its node, or its name', async () => {
    await start();
    assert.equal((await publish(ours)).failedOpen, undefined);
    assert.equal((await publish(partner)).failedOpen, undefined);
    assert.deepEqual(seen, ['misp-ours', 'CERT partner']);
    await start({ server2: 'misp-partner' });
    await publish(partner);
    assert.equal(seen.at(-1), 'misp-partner');
  });

  it('a wrong password of one is told for that one only, everywhere, and until it comes in', async () => {
    await start();
    await publish(ours);
    partner.actionService.url = 'http://partner:wrong@127.0.0.1';
    try {
      assert.match(String((await publish(partner)).failedOpen), /401|list/);
      await until(() => /wrong login/.test(status));
      assert.match(status, /^wrong login: CERT partner/);
      assert.match(log.text(), /MISP 'CERT partner' was refused \d+ times: wrong password/);
      assert.doesNotMatch(log.text(), /ours|wrong user/);
      await until(() => alerts.length > 0);
      assert.match(JSON.stringify(alerts), /refused CERT partner for a wrong password/);
      assert.match(await metrics(), /caller_refused_total\{caller="CERT partner"\} [1-9]/);
      assert.doesNotMatch(await metrics(), /caller="(misp-)?ours"/);
      await publish(ours);
      await until(() => seen.length === 2);
      assert.match(
        status,
        /CERT partner/,
        'it came from the same address, and is not the one that is shut out',
      );
    } finally {
      partner.actionService.url = 'http://partner:from%20the%20environment@127.0.0.1';
    }
    await publish(partner);
    await until(() => !/refused/.test(status));
  });

  it('a user that nobody knows is told as ever', async () => {
    await start();
    const stranger = await call(
      { module: 'test_module', data: event([]) },
      { port, user: 'who', password: 'x' },
    );
    assert.equal(stranger.status, 401);
    await until(() => /wrong login/.test(status));
    assert.match(status, /wrong login/);
    assert.match(log.text(), /for a wrong user or password/);
  });

  it('takes no password of one for another', async () => {
    await start();
    const ask = (user: string, password: string) =>
      call({ module: 'test_module', data: event([]) }, { port, user, password });
    for (const [user, password] of [
      ['ours', 'from the environment'],
      ['partner', 'secret'],
      ['partner', '${PARTNERS_PASSWORD}'],
      ['partner', ''],
      ['', ''],
      ['', 'secret'],
    ])
      assert.equal((await ask(user, password)).status, 401, `${user}:${password}`);
    assert.equal((await ask('partner', 'from the environment')).status, 200);
  });

  const DOUBTFUL: [name: string, more: object, logins: object, why: RegExp][] = [
    ['the same user twice', {}, { user2: 'ours' }, /Two MISPs have the user ours/],
    ['a user with a colon', {}, { user2: 'a:b' }, /The user a:b has a colon/],
    ['an empty password', {}, { password2: '' }, /User or password of MISP 2 is missing/],
    ['a variable that is not set', {}, { password2: '${NO_SUCH_THING}' }, /NO_SUCH_THING/],
    ['the same name twice', { name1: 'CERT partner', server1: '' }, {}, /Two MISPs are called CERT partner/],
  ];
  for (const [name, more, logins, why] of DOUBTFUL) {
    it(`is not set up with ${name}, says so, and blocks`, async () => {
      await start(more, { ...LOGINS, ...logins });
      assert.match(log.text(), why);
      assert.doesNotMatch(log.text(), /secret|from the environment/);
      const { status: code, json } = await call(
        { module: 'test_module', data: event([]) },
        { port, user: 'ours' },
      );
      assert.equal(code, 200);
      assert.ok(json.error, 'blocked');
    });
  }

  it('clears in the MISP that asked, and not where nobody knows which that is', async () => {
    const clears = { clears: true, clearServer: 'misp-ours' };
    const tagged = (misp: StandInMisp) =>
      misp.events.get('2')!.Tag?.some(({ name }) => name === 'node-red:cleared') === true;
    await start({ server2: 'misp-partner' }, LOGINS, clears);
    assert.equal((await publish(partner)).blocked, false);
    assert.deepEqual([tagged(ours), tagged(partner)], [false, true]);
    await start({}, LOGINS, clears);
    const refused = await publish(partner);
    assert.match(refused.reason ?? '', /nobody knows which MISP CERT partner is/);
    assert.equal(tagged(ours), false);
  });

  it('with one MISP all is as ever, whatever stands in the hidden fields', async () => {
    await start(
      { callers: '1', name2: 'x', server1: 'misp-ours' },
      { ...LOGINS, user2: 'ours', password2: '' },
    );
    await publish(ours);
    assert.deepEqual(seen, [undefined]);
    assert.match(String((await publish(partner)).failedOpen), /401|list/);
    await until(() => /wrong login/.test(status));
    assert.match(status, /wrong login/);
  });
});
