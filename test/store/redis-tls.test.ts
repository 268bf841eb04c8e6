import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { words } from '../../src/text';
import { credentials, listener, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';
import { Entrance, request } from '../support/queue';
import { hasRedis, openedRedisQueue, RedisServer } from '../support/redis';
import { inRedis } from '../support/redis-kills';
import { until } from '../support/until';

const FOLDER = path.join(__dirname, '../fixtures/tls');
const file = (name: string) => path.join(FOLDER, name);
const pem = (name: string) => readFileSync(file(name), 'utf8');
const CA = pem('own-ca/ca.pem');

const RIGHT = 'SentinelRightPassword';
const WRONG = 'SentinelWrongPassword';
/** As docs/scale.md has it, for this prefix. */
const RIGHTS = ['~misp-workflows:*', '&*', '+@all', '-@admin', '-@dangerous', '+info'];

describe('accepted requests in a Redis with TLS', function () {
  this.timeout(30_000);
  let redis: RedisServer;
  let port = 0;
  const closing: (() => void)[] = [];

  before(async function () {
    if (!hasRedis()) return this.skip();
    port = await freePort();
    redis = await new RedisServer([
      ...['--bind', '127.0.0.1', '127.0.0.2'],
      ...['--tls-port', String(port), '--tls-auth-clients', 'optional'],
      ...['--tls-cert-file', file('own-ca/server.pem'), '--tls-key-file', file('own-ca/server-key.pem')],
      ...['--tls-ca-cert-file', file('own-ca/ca.pem')],
      ...['--user', 'misp', 'on', `>${RIGHT}`, ...RIGHTS],
    ]).start();
  });
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });
  after(() => redis?.remove());

  type Tls = Parameters<typeof openedRedisQueue>[0]['tls'];
  const LOGIN = { user: 'misp', password: RIGHT };
  async function opened(tls: Tls, more: object = {}) {
    const settings = { ...redis.settings, prefix: 'misp-workflows', port, ...LOGIN, tls };
    const found = await openedRedisQueue({ ...settings, ...more });
    closing.push(() => found.queue.close());
    return found;
  }
  /** @returns in words, why nothing is accepted */
  async function refused(tls: Tls, more: object = {}): Promise<string> {
    const { queue, notices } = await opened(tls, more);
    const put = new Entrance(queue, 'listener').put(request('x'));
    const error = await put.then(() => undefined).catch((error: Error) => error);
    const state = queue.current;
    assert.equal(state.state, 'failed');
    const said = state.state === 'failed' ? words(state.problem) : '';
    assert.ok(error?.message.includes(said), error?.message);
    assert.doesNotMatch([said, error?.message, ...notices].join(), /Sentinel|PRIVATE KEY/);
    return said;
  }

  it('are kept and taken where the CA is right, also by name, and where its check is switched off', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    for (const [tls, more] of [
      [{ verify: true, ca: CA }, {}],
      [{ verify: true, ca: CA }, { host: 'localhost' }],
      [{ verify: false }, {}],
    ] as [Tls, object][]) {
      const { queue, taken, notices } = await opened(tls, more);
      queue.open('listener', 'module');
      const entrance = new Entrance(queue, 'listener');
      entrance.confirm(await entrance.put(request('kept', { inOrder: true })));
      await until(() => taken.length === 1);
      queue.done(taken[0].id);
      await until(async () => (await queue.overview()).running === 0);
      queue.close();
      assert.deepEqual(notices, []);
    }
    process.off('warning', onWarning);
    assert.deepEqual(warnings, []);
  });

  it('are refused where the certificate is not trusted, or is that of another host', async () => {
    const words = /^The certificate of Redis at .* is not trusted \(\w+\).* Give its CA under TLS/;
    assert.match(await refused({ verify: true }), words);
    assert.match(await refused({ verify: true, ca: pem('cert.pem') }), words);
    const other = await refused({ verify: true, ca: CA }, { host: '127.0.0.2' });
    assert.match(other, /127\.0\.0\.2.* is not trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
  });

  it('are refused where one of both does not speak TLS: nothing is told in the open', async () => {
    assert.match(
      await refused({ verify: true, ca: CA }, { port: redis.port }),
      /does not answer.* Is that its port for TLS\?/,
    );
    assert.match(await refused(undefined), /Redis at .* cannot be used/);
  });

  it('come from who has a certificate of its CA, where Redis wants one', async () => {
    await redis.say('CONFIG', 'SET', 'tls-auth-clients', 'yes');
    try {
      const said = await refused({ verify: true, ca: CA });
      assert.match(said, /wants a certificate of whoever connects: give certificate and key under TLS/);
      const own = { cert: pem('own-ca/client.pem'), key: pem('own-ca/client-key.pem') };
      const { queue } = await opened({ verify: true, ca: CA, ...own });
      await new Entrance(queue, 'listener').put(request('x'));
    } finally {
      await redis.say('CONFIG', 'SET', 'tls-auth-clients', 'optional');
    }
  });

  it('are refused where user, password or rights are wrong', async () => {
    const tls = { verify: true, ca: CA };
    for (const [more, code] of [
      [{ password: WRONG }, 'WRONGPASS'],
      [{ user: 'nobody' }, 'WRONGPASS'],
      // The prefix of others is not theirs.
      [{ prefix: 'others' }, 'NOPERM'],
    ] as const) {
      const { queue, notices } = await opened(tls, more);
      const put = new Entrance(queue, 'listener').put(request('x'));
      const { message } = await put.then(() => assert.fail('taken')).catch((error: Error) => error);
      assert.ok(message.includes(code), message);
      assert.doesNotMatch([message, ...notices].join(), /Sentinel/);
    }
    assert.match(await refused(tls, { password: WRONG }), /refuses user or password \(WRONGPASS\)/);
  });

  it('tell in a Node-RED what is wrong, and neither password nor key anywhere', async () => {
    const nodeRed = await startNodeRed();
    const log = collectLog(nodeRed.RED);
    const statuses: Record<string, { fill?: string; text?: string }> = {};
    nodeRed.RED.events.on('node-status', ({ id, status }: { id: string; status: object }) => {
      statuses[id] = status;
    });
    const own = await freePort();
    const run = (password: string, ca: string) =>
      deploy(
        nodeRed.RED,
        [
          ...[tab, listener(own), trigger([], { trigger: 'event-after-save', version: 3, intake: 'stored' })],
          inRedis(redis, { redisPort: port, redisTls: true, verify: true, tls: 'tls', deadAfter: 2 }),
          { id: 'tls', type: 'tls-config', cert: '', key: '', ca: '', servername: '', alpnprotocol: '' },
        ],
        {
          ...credentials,
          store: { redisUser: 'misp', redisPassword: password },
          tls: { cadata: ca, certdata: pem('own-ca/client.pem'), keydata: pem('own-ca/client-key.pem') },
        },
      );
    const ask = async () => (await query(own, 'test_module', { Event: { id: '1' } })).json;
    try {
      for (const [password, ca, problem, short] of [
        [WRONG, CA, /refuses user or password/, /refuses user or/],
        [RIGHT, pem('cert.pem'), /certificate .* is not trusted/, /certificate of Redis/],
      ] as const) {
        await run(password, ca);
        await listening(own);
        await until(() => statuses.store?.fill === 'red');
        assert.match((await ask()).error ?? '', problem);
        assert.match(statuses.store.text ?? '', short);
        assert.match(log.text(), problem);
        const overview = await fetch(`${nodeRed.url}/admin/misp-workflows/accepted`);
        assert.equal(overview.status, 200);
        const seen = [
          log.text(),
          JSON.stringify(statuses),
          JSON.stringify(await ask()),
          await overview.text(),
        ];
        assert.doesNotMatch(seen.join(), /Sentinel|PRIVATE KEY/);
      }
      await run(RIGHT, CA);
      await until(async () => (await ask()).data === true);
      await until(() => statuses.store?.fill !== 'red');
    } finally {
      log.stop();
      await nodeRed.stop();
    }
  });
});
