import { strict as assert } from 'node:assert';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { block, credentials, ifTag, listener, tab, trigger } from '../support/flows';
import { event, freePort, get, listening, query } from '../support/misp';
import { deploy, root, startNodeRed } from '../support/node-red';
import { hasRedis, RedisServer } from '../support/redis';
import { inRedis } from '../support/redis-kills';
import { until } from '../support/until';

interface Service {
  command: string;
  environment: Record<string, string>;
  volumes: string[];
  healthcheck: { test: string[] };
}

const NODE_REDS = ['node-red-1', 'node-red-2', 'node-red-3'];
/** What stands in `.env`. */
const ENV: Record<string, string> = { REDIS_PASSWORD: 'SentinelRedis', CREDENTIAL_SECRET: 'SentinelSecret' };
/** Whoever may write nothing that is not theirs: `nobody`. Only root may become somebody else. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** The files that docs/scale.md writes out, by their names, which are their first lines. */
function filesOfPage(): Map<string, string> {
  const page = readFileSync(path.join(root, 'docs/scale.md'), 'utf8');
  const blocks = [...page.matchAll(/^```\w+\n(?:#|\/\/) (\S+)\n([\s\S]*?)^```$/gm)];
  return new Map(blocks.map(([, name, text]) => [name, text]));
}

/** As Compose does it. */
const filled = (text: string) =>
  text.replace(/\$\{(\w+)\}/g, (_all, name: string) => ENV[name] ?? assert.fail(name));

describe('docs/scale.md, With Docker Compose', function () {
  this.timeout(120_000);
  const files = filesOfPage();
  const { services, volumes } = load(files.get('docker-compose.yml')!, {
    schema: CORE_SCHEMA.withTags(mergeTag),
  }) as {
    services: Record<string, Service>;
    volumes: Record<string, object>;
  };
  const folder = mkdtempSync(path.join(tmpdir(), 'misp-compose-'));
  const config = path.join(folder, 'config');
  const children: ChildProcess[] = [];
  const ports: Record<string, number> = {};
  let redis: RedisServer | undefined;
  const mounted: string[] = [];
  let said = '';

  afterEach(function () {
    if (this.currentTest?.isFailed()) console.log(said);
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    for (const file of mounted) execFileSync('umount', ['-l', file]);
    await redis?.remove();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  it('names files that it writes out, that come with this package, or that it says how to get', () => {
    assert.deepEqual(Object.keys(services), ['redis', ...NODE_REDS, 'proxy']);
    assert.ok(files.has('Dockerfile') && files.has('settings.js'));
    const own = ['./flows.json', './flows_cred.json', './misp-modules.json'];
    for (const { volumes: mounts } of Object.values(services)) {
      for (const [from] of mounts.map((mount) => mount.split(':'))) {
        if (!from.startsWith('./')) assert.ok(Object.hasOwn(volumes, from), from);
        else if (!own.includes(from) && !files.has(from.slice(2)))
          assert.ok(existsSync(path.join(root, 'docs/proxies', from)), from);
      }
    }
    const folders = NODE_REDS.map((name) => services[name].volumes.find((mount) => mount.endsWith(':/data')));
    assert.equal(new Set(folders).size, NODE_REDS.length);
  });

  it('has a Redis that takes these flags', async function () {
    if (!hasRedis()) return this.skip();
    const [server, ...flags] = filled(services.redis.command).split(' ');
    assert.equal(server, 'redis-server');
    redis = await new RedisServer(flags).start();
    assert.match(await redis.say('PING'), /NOAUTH/);
  });

  it('has Node-REDs that work with files that they cannot write', async function () {
    if (!redis) return this.skip();
    const [writer, flow] = [
      await startNodeRed({ settings: { credentialSecret: ENV.CREDENTIAL_SECRET } }),
      drawn(),
    ];
    await deploy(writer.RED, flow, { ...credentials, store: { redisPassword: '${REDIS_PASSWORD}' } });
    mkdirSync(config);
    for (const name of ['flows.json', 'flows_cred.json'])
      writeFileSync(path.join(config, name), readFileSync(path.join(writer.userDir, name)));
    await writer.stop();
    writeFileSync(path.join(config, 'settings.js'), files.get('settings.js')!);
    for (const name of readdirSync(config)) chmodSync(path.join(config, name), 0o444);
    chmodSync(config, 0o555);
    chmodSync(folder, 0o755);
    const before = contents();
    for (const name of NODE_REDS) ports[name] = await freePort();
    for (const name of NODE_REDS) start(name);
    await until(
      async () => (await Promise.all(NODE_REDS.map((name) => isOpen(ports[name])))).every(Boolean),
      90_000,
    );
    await Promise.all(NODE_REDS.map((name) => listening(ports[name])));
    for (const name of NODE_REDS) {
      assert.deepEqual((await query(ports[name], 'test_module', event(['tlp:red']))).json, {
        error: 'blocked by the flow',
      });
      await until(async () => (await query(ports[name], 'stored', event([]))).json.data === true);
      assert.equal(healthOf(name), 0);
    }
    assert.deepEqual(contents(), before);
    assert.doesNotMatch(
      said.replaceAll('[warn] Projects disabled', ''),
      /error|warn|EACCES|EROFS|EBUSY|read-only|Sentinel/i,
    );
  });

  it('has a proxy that finds them, and takes one out', async function () {
    if (!redis) return this.skip();
    const port = await freePort();
    const admin = await freePort();
    writeFileSync(path.join(folder, 'modules.json'), (await get(ports['node-red-1'], '/modules')).text);
    let text = readFileSync(path.join(root, 'docs/proxies/haproxy-compose.cfg'), 'utf8')
      .replace('bind :6660', `bind 127.0.0.1:${port}`)
      .replace(':9999 level', `:${admin} level`)
      .replaceAll('/usr/local/etc/haproxy/misp-modules.json', path.join(folder, 'modules.json'));
    for (const name of NODE_REDS) text = text.replaceAll(`${name}:6667`, `127.0.0.1:${ports[name]}`);
    assert.doesNotMatch(text, /(server.*6667|\/etc\/)/);
    const file = path.join(folder, 'haproxy-compose.cfg');
    writeFileSync(file, text);
    children.push(spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'inherit'] }));
    await until(() =>
      get(port, '/modules').then(
        ({ text }) => text.includes('test_module'),
        () => false,
      ),
    );
    const [, take] = /echo "(.*)" \| docker compose exec -T proxy/.exec(text) ?? [];
    const [, how] = /proxy bash -c '(.*)'/.exec(text) ?? [];
    const { status, stderr } = spawnSync('bash', ['-c', how.replace('9999', String(admin))], {
      input: `${take}\n`,
      encoding: 'utf8',
    });
    assert.deepEqual([status, stderr], [0, '']);
    // The first one ends as Compose ends it, and nobody who asks the proxy hears of it.
    const [first] = children;
    const ended = new Promise((resolve) => first.once('exit', (code) => resolve(code)));
    first.kill('SIGTERM');
    for (let count = 0; count < 20; count++)
      assert.deepEqual((await query(port, 'test_module', event([]))).json, { data: true });
    assert.equal(await ended, 0);
    await until(async () => !(await isOpen(ports['node-red-1'])));
    assert.equal(healthOf('node-red-1'), 1);
  });

  /** The listener has a port of each container; on one machine it is a variable. */
  const drawn = () => [
    ...[tab, { ...listener(0), port: '${TEST_PORT}' }, trigger(['if'])],
    ...[ifTag('if', 'tlp:red', ['stop'], []), block()],
    trigger([], { version: 3, trigger: 'event-after-save', module: 'stored', intake: 'stored' }, 'stored'),
    inRedis(redis!, { redisHost: '${REDIS_HOST}' }),
  ];

  /** As the image does it: its entry point, in a user folder of its own with files from outside. */
  function start(name: string): void {
    const { environment, volumes: mounts } = services[name];
    const userDir = path.join(folder, name);
    const scope = path.join(userDir, 'node_modules/@misp-flows');
    mkdirSync(scope, { recursive: true });
    symlinkSync(root, path.join(scope, 'node-red-misp'));
    if (isRoot) chownSync(userDir, NOBODY, NOBODY);
    for (const [from, to, how] of mounts.map((mount) => mount.split(':'))) {
      if (!from.startsWith('./')) continue;
      assert.equal(how, 'ro');
      bind(path.join(config, from), to.replace('/data', userDir));
    }
    const env = Object.fromEntries(Object.entries(environment).map(([key, text]) => [key, filled(text)]));
    const script = path.join(root, 'node_modules/node-red/red.js');
    const own = { ...env, REDIS_HOST: '127.0.0.1', TEST_PORT: String(ports[name]), HOME: userDir };
    const who = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
    const args = [script, '--userDir', userDir, 'flows.json', '--port', '0'];
    const child = spawn(process.execPath, args, {
      ...{ env: { PATH: process.env.PATH, ...own }, cwd: userDir, ...who },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    children.push(child);
  }

  /** A file that can neither be written nor replaced there; where mounting is not allowed, one that cannot be written. */
  function bind(from: string, to: string): void {
    writeFileSync(to, '');
    try {
      execFileSync('mount', ['--bind', from, to], { stdio: 'ignore' });
      mounted.push(to);
      execFileSync('mount', ['-o', 'remount,ro,bind', to]);
    } catch {
      writeFileSync(to, readFileSync(from));
      chmodSync(to, 0o444);
    }
  }

  /** @returns what the command that looks after its health ends with */
  function healthOf(name: string): number | null {
    const [, , ...args] = services[name].healthcheck.test;
    const own = args.map((text) => text.replace('6667', String(ports[name])));
    return spawnSync(process.execPath, own, { timeout: 10_000 }).status;
  }

  const contents = () =>
    readdirSync(config).map((name) => {
      const file = path.join(config, name);
      return [name, statSync(file).mtimeMs, readFileSync(file, 'utf8')];
    });

  const isOpen = (port: number) =>
    new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
      socket.on('error', () => resolve(false));
    });
});
