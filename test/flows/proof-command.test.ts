import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProof } from '../../bin/proof';
import { API_KEY, READER_KEY } from '../../sandbox/misp/server';
import { Connected, NOTHING_LEFT } from '../support/connected';
import { root } from '../support/node-red';

const TOKEN = 'token-of-an-admin';
const adminAuth = {
  type: 'credentials',
  users: (name: string) => Promise.resolve({ username: name, permissions: '*' }),
  authenticate: () => Promise.resolve(null),
  tokens: (token: string) =>
    Promise.resolve(token === TOKEN ? { username: 'admin', permissions: '*' } : null),
};
const CLEARS = { clears: true, clearServer: 'misp', clearTag: 'node-red:cleared' };

describe('the proof of the round trip from the command line', function () {
  this.timeout(60_000);
  let on: Connected;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'misp-proof-'));
    writeFileSync(file('token'), `${TOKEN}\n`);
    writeFileSync(file('wrong'), 'another token\n');
    writeFileSync(file('key'), `${API_KEY}\n`);
    writeFileSync(file('reader'), `${READER_KEY}\n`);
    on = await Connected.start({ settings: { adminAuth } }, { authorization: `Bearer ${TOKEN}` });
    await on.meet(CLEARS);
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await on.misp.close();
    await on.nodeRed.stop();
  });

  const file = (name: string) => path.join(folder, name);
  interface Ended {
    status: number | null;
    out: string;
    err: string;
  }
  /** In this process: it is quicker. */
  async function run(...args: string[]): Promise<Ended> {
    const [out, err] = [process.stdout, process.stderr].map((stream) => {
      const write = stream.write.bind(stream);
      const heard: string[] = [];
      stream.write = (text: string | Uint8Array) => heard.push(String(text)) > 0;
      return { heard, release: () => (stream.write = write) };
    });
    try {
      return { status: await runProof(args), out: out.heard.join(''), err: err.heard.join('') };
    } finally {
      out.release();
      err.release();
    }
  }
  function spawned(...args: string[]): Promise<Ended> {
    const child = spawn(process.execPath, [path.join(root, 'dist/bin/node-red-misp.js'), 'proof', ...args]);
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, err })));
  }
  const asked = () => ['--node-red', `${on.nodeRed.url}/admin`, '--token-file', file('token')];
  const here = (...more: string[]) => run(...asked(), ...more);

  it('is refused while MISP does not call the trigger', async () => {
    const { status, err } = await here();
    assert.equal(status, 1);
    assert.match(err, /connect it first/);
  });

  it('says what it may set off, and with --dry-run does nothing', async () => {
    await on.connect();
    on.misp.calls.reset();
    const { status, out } = await here('--dry-run');
    assert.equal(status, 0);
    assert.match(out, /^1\. An event without attributes[\s\S]*4\. The event is deleted/);
    assert.deepEqual(on.misp.calls.writing, []);
  });

  it('proves it, a dead Node-RED too, and leaves nothing behind', async () => {
    const { status, out, err } = await spawned(
      ...asked(),
      ...['--dead', '--key-file', file('key'), '--url', `${on.misp.url}/`],
    );
    assert.equal(status, 0, out + err);
    const levels = out.split('\n').flatMap((line) => /^(?:green|yellow|red) /.exec(line) ?? []);
    assert.deepEqual(levels, Array(6).fill('green '));
    assert.match(out, /died while MISP asked: MISP did not publish/);
    assert.ok(!`${out}${err}`.includes(API_KEY) && !`${out}${err}`.includes(TOKEN));
    assert.deepEqual(on.left, NOTHING_LEFT);
  });

  it('ends with 1 where it proves nothing, and with 2 for a wrong call', async () => {
    const refused = await here('--key-file', file('reader'));
    assert.deepEqual([refused.status, /site admin/.test(refused.err)], [1, true]);
    const cases: [number, RegExp, string[]][] = [
      [1, /token/, ['--node-red', `${on.nodeRed.url}/admin`, '--token-file', file('wrong')]],
      [1, /no Node-RED with/, ['--node-red', `${on.nodeRed.url}/elsewhere`]],
      [1, /token/, ['--node-red', on.misp.url]],
      [1, /127\.0\.0\.1:1\b/, ['--node-red', 'http://127.0.0.1:1']],
      [2, /usage/, ['--node-red', 'nowhere']],
      [2, /usage/, []],
      [2, /usage/, ['--node-red', on.nodeRed.url, '--key-file', file('missing')]],
    ];
    for (const [status, words, args] of cases) {
      const ended = await run(...args);
      assert.equal(ended.status, status, ended.err);
      assert.match(ended.err, words);
    }
    assert.match((await here('--module', 'no_such')).err, /no_such/);
    assert.match((await here('--url', 'https://other.example')).err, new RegExp(on.misp.url));
  });

  describe('of something that is no Node-RED', () => {
    let server: http.Server;
    let answers: Record<string, string>;
    const ESCAPE = '\u001b[2J';
    const flows = JSON.stringify({
      flows: [
        { id: 't', type: 'misp-trigger', module: 'nodered_event_publish' },
        { id: 'm', type: 'misp-server', url: 'https://misp.example' },
        null,
        { id: 7, type: 'misp-server' },
      ],
    });
    const plan = JSON.stringify({ effects: [`${ESCAPE}an effect`], hindrances: [] });

    before(async () => {
      server = http.createServer((request, response) => {
        request.resume();
        const [name] = Object.keys(answers).filter((end) => request.url?.endsWith(end));
        response.end(name === undefined ? '<h1>Log in</h1>' : answers[name]);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    after(() => server.close());

    const there = () => run('--node-red', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const row = (level: unknown, words: unknown) => ({ id: 'block', level, words });
    const seen = (rows: unknown, more: object = {}) => JSON.stringify({ rows, isOver: true, ...more });

    const CASES: [string, Record<string, string>, number, RegExp][] = [
      ['a login page', {}, 1, /no Node-RED with/],
      ['flows of another type', { flows: '{"flows":{"length":3}}' }, 1, /no Node-RED with/],
      ['no flows', { flows: '{"flows":[]}' }, 1, /nodered_event_publish/],
      ['a plan without effects', { flows, plan: '{"effects":[{}],"hindrances":[]}' }, 1, /no Node-RED with/],
      ['prototype keys', { flows, plan: '{"__proto__":{"effects":[],"hindrances":[]}}' }, 1, /no Node-RED/],
      ['a run that is none', { flows, plan, start: '{"run":{}}' }, 1, /no Node-RED with/],
      ['a deploy in between', { flows, plan, start: '{"changed":true}' }, 1, /nothing was done/],
      ['rows that are none', { flows, plan, start: '{"run":"../x"}', x: seen('rows') }, 1, /no Node-RED/],
      ['no row at all', { flows, plan, start: '{"run":"1"}', '/1': seen([]) }, 4, /^$/],
      [
        'levels of another type',
        { flows, plan, start: '{"run":"1"}', '/1': seen([row({}, { a: 1 }), null, row('GREEN', 'x')]) },
        ...([4, /^$/] as const),
      ],
      [
        'escapes of a terminal',
        { flows, plan, start: '{"run":"1"}', '/1': seen([row('green', `${ESCAPE}seen`)]) },
        ...([0, /^$/] as const),
      ],
      ['a fault', { flows, plan, start: '{"run":"1"}', '/1': seen([], { failed: 'x' }) }, 1, /says: x/],
      ['1 MB of text', { flows: `{"flows":"${'x'.repeat(1_000_000)}"}` }, 1, /^.{1,400}$/s],
    ];
    for (const [name, answered, status, words] of CASES) {
      it(`${name}: told, and never taken for proved`, async () => {
        answers = answered;
        const ended = await there();
        assert.equal(ended.status, status, ended.out + ended.err);
        assert.match(ended.err, words);
        assert.ok(!`${ended.out}${ended.err}`.includes(ESCAPE));
      });
    }
  });
});
