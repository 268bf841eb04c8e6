import { strict as assert } from 'node:assert';
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_LIMITS, quarterOfHeap, type FromWorker } from '../../src/listener/protocol';
import { ListenerServer } from '../../src/listener/thread/server';
import { until } from '../support/until';
import { call, freePort, listening, type Reply } from '../support/misp';

const folder = path.join(__dirname, '../fixtures/misp-modules');
const FOLDERS = ['service', 'query', 'import', 'export', 'action'];

interface Recorded {
  what: string;
  request: {
    method: string;
    path: string;
    headers: Record<string, string>;
    body?: unknown;
    bodyText?: string;
  };
}

/** What was recorded as a whole: some bodies are only described, since they were too long. */
const recorded = FOLDERS.flatMap((name) =>
  readdirSync(path.join(folder, name)).flatMap((file) => {
    const text = readFileSync(path.join(folder, name, file), 'utf8');
    const { cases = [] } = JSON.parse(text) as { cases?: Recorded[] };
    const whole = cases.filter(({ request }) => request && !isDescribed(request));
    return whole.map((one) => ({ file: `${name}/${file}`, ...one }));
  }),
);

function isDescribed({ bodyText = '' }: Recorded['request']): boolean {
  return /\((?:base64 of|as above|gzip of|\[\{)/.test(bodyText) || bodyText.includes('\\x');
}

describe('a recorded misp-modules behind a listener', function () {
  this.timeout(60000);
  let player: ChildProcess;
  let server: ListenerServer;
  let temporary = '';
  let direct = 0;
  let proxied = 0;
  before(async () => {
    [direct, proxied] = [await freePort(), await freePort()];
    const copy = (temporary = mkdtempSync(path.join(tmpdir(), 'recorded-')));
    cpSync(folder, copy, { recursive: true });
    const service = path.join(copy, 'service');
    const list = JSON.parse(readFileSync(path.join(service, 'modules-all.facts.json'), 'utf8')) as object[];
    writeFileSync(path.join(service, 'modules-full.json'), JSON.stringify(list));
    player = spawn(process.execPath, [path.join(folder, 'player.mjs'), 'serve', String(direct), copy]);
    await new Promise<void>((resolve) => player.stdout?.once('data', () => resolve()));
    const posted: FromWorker[] = [];
    const settings = {
      ...{ host: '127.0.0.1', port: proxied, access: { user: 'misp', password: 'secret' } },
      limits: { ...DEFAULT_LIMITS, handedBytes: quarterOfHeap() },
      upstream: { url: `http://127.0.0.1:${direct}`, verify: true },
    };
    server = new ListenerServer(settings, undefined, (message) => posted.push(message));
    await listening(proxied);
    await until(() => posted.some(({ type }) => type === 'upstream'));
  });
  after(() => {
    server.close();
    player.kill();
    rmSync(temporary, { recursive: true, force: true });
  });

  const replay = (port: number, { request }: Recorded): Promise<Reply> => {
    const { method, path: asked, bodyText } = request;
    const headers = { ...request.headers };
    delete headers.Authorization; // who logs in logs in to the listener
    const body = request.body === undefined ? bodyText : JSON.stringify(request.body);
    return call(body, { port, path: asked, method, headers });
  };

  it('has enough recordings', () => {
    assert.ok(recorded.length > 200, String(recorded.length));
    assert.deepEqual([...new Set(recorded.map(({ file }) => file.split('/')[0]))], FOLDERS);
  });

  for (const file of new Set(recorded.map((one) => one.file))) {
    it(`is answered for as it answers: ${file}`, async () => {
      for (const one of recorded.filter((other) => other.file === file)) {
        const [own, behind] = [await replay(proxied, one), await replay(direct, one)];
        assert.equal(own.status, behind.status, one.what);
        assert.equal(own.text, behind.text, one.what);
      }
    });
  }
});
