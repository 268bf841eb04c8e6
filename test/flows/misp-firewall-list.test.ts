import { strict as assert } from 'node:assert';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { credentials, idOf, listener, node, tab } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { freePort, get, listening } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

const LOGIN = { user: 'firewall', password: 'sentinel-list' };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const uuidOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const attribute = (number: number, value: string, more: object = {}) => ({
  ...{ uuid: uuidOf(number), type: 'domain', value, to_ids: true },
  ...more,
});

describe('misp-firewall-list', function () {
  this.timeout(30_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let userDir = '';
  let port = 0;
  const sent: Record<string, unknown>[] = [];
  const told: { payload: { cause: string; text: string; count?: number } }[] = [];
  const start = async () => {
    const functionGlobalContext = {
      sent: (message: never) => void sent.push(message),
      told: (message: never) => void told.push(message),
    };
    nodeRed = await startNodeRed({ userDir, settings: { functionGlobalContext } });
  };
  before(async () => {
    userDir = mkdtempSync(path.join(tmpdir(), 'misp-lists-'));
    port = await freePort();
    await start();
  });
  after(async () => {
    await nodeRed.stop();
    rmSync(userDir, { recursive: true, force: true });
  });
  const folder = () => path.join(userDir, 'misp-workflows/lists');
  beforeEach(async () => {
    await deploy(nodeRed.RED, [tab], {});
    rmSync(folder(), { recursive: true, force: true });
    sent.length = told.length = 0;
  });

  const take = (name: string) =>
    node(name, 'function', [[]], { func: `global.get('${name}')(msg);`, outputs: 1 });
  const list = (more: object = {}) => ({
    ...{ id: 'kept', type: 'misp-firewall-list', name: 'our firewall', version: 1, list: 'fw' },
    ...{ format: 'plain', holds: 'all', serve: true, listener: 'listener', ...more },
  });
  const flow = (more: object = {}, change = 'update') => [
    ...[tab, listener(port), list(more), node('alert', 'misp-alert', [['told']]), take('told'), take('sent')],
    node('change', 'misp-block-list', [['sent']], { list: 'kept', change, removalTags: ['firewall:never'] }),
  ];
  async function deployed(more: object = {}, change = 'update', secrets: object = LOGIN) {
    await deploy(nodeRed.RED, flow(more, change), { ...credentials, kept: secrets });
    await listening(port);
  }
  async function send(payload: unknown, more: object = {}) {
    const count = sent.length;
    nodeRed.RED.nodes.getNode(idOf('change'))?.receive({ payload, ...more });
    await until(() => sent.length > count, 5000);
    return sent[count] as {
      misp: { list: { added: string[]; removed: string[]; entries: number; held?: string } };
    };
  }
  const fetched = (options: object = {}, name = 'fw') =>
    get(port, `/lists/${name}`, { ...LOGIN, ...options });
  async function served(expected: string, name = 'fw') {
    const end = Date.now() + 5000;
    while ((await fetched({}, name)).text !== expected && Date.now() < end) await sleep(20);
    assert.equal((await fetched({}, name)).text, expected);
  }
  /** The thread is told by messages, so not at once. */
  async function answers(status: number, name: string) {
    const end = Date.now() + 5000;
    while ((await fetched({}, name)).status !== status && Date.now() < end) await sleep(20);
    assert.equal((await fetched({}, name)).status, status);
  }

  it('is served to who has its login, and to nobody else', async () => {
    await deployed();
    await send([attribute(1, 'evil.example')]);
    await served('evil.example\n');
    const { headers } = await fetched();
    assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    for (const wrong of [
      { password: 'wrong' },
      { user: 'misp', password: 'secret' },
      { headers: { Authorization: '' } },
    ]) {
      const { status, text } = await fetched(wrong);
      assert.equal(status, 401);
      assert.doesNotMatch(text, /evil|sentinel/);
    }
    assert.equal((await fetched({}, 'other')).status, 401);
    assert.equal((await fetched({}, '../fw')).status, 401);
    assert.equal((await fetched({}, '__proto__')).status, 401);
    assert.equal((await get(port, '/modules', LOGIN)).status, 401, 'its login opens nothing else');
    assert.equal((await fetched({ method: 'POST' })).status, 405);
    await until(() => told.length > 0, 5000);
    const refused = told.map(({ payload }) => [payload.cause, payload.count]);
    assert.deepEqual(refused, [['refused', 1]], 'who asks for modules, and not who asks for a list');
  });

  it('is not sent again to who has it', async () => {
    await deployed();
    await send([attribute(1, 'evil.example')]);
    await served('evil.example\n');
    const etag = String((await fetched()).headers.etag);
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`]) {
      const again = await fetched({ headers: { 'If-None-Match': known } });
      assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', etag]);
    }
    const head = await fetched({ method: 'HEAD' });
    assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', '13']);
    await send([attribute(2, 'more.example')]);
    await served('evil.example\nmore.example\n');
    const changed = await fetched({ headers: { 'If-None-Match': etag } });
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers.etag, etag);
  });

  it('is there again after a restart, and over a deploy', async () => {
    await deployed();
    await send([attribute(1, 'evil.example'), attribute(2, 'more.example')]);
    await served('evil.example\nmore.example\n');
    const { etag } = (await fetched()).headers;
    await nodeRed.stop();
    await start();
    await served('evil.example\nmore.example\n');
    assert.equal((await fetched()).headers.etag, etag);
    await deployed({ never: ['more.example'] });
    await served('evil.example\n');
    assert.deepEqual(
      (await send([attribute(1, 'x', { deleted: true }), attribute(3, 'c.example')])).misp.list,
      {
        ...{ name: 'fw', added: ['c.example'], removed: ['evil.example'], entries: 1 },
      },
    );
  });

  it('ends when it is deleted, renamed or not served any more; its files stay', async () => {
    await deployed();
    await send([attribute(1, 'evil.example')]);
    await served('evil.example\n');
    await deployed({ list: 'second' });
    await answers(503, 'second');
    await answers(401, 'fw');
    await deployed({ list: 'second', serve: false });
    await answers(401, 'second');
    assert.equal(readFileSync(path.join(folder(), 'fw.txt'), 'utf8'), 'evil.example\n');
  });

  it('keeps what was before, snapshots of some hours, and a copy that others may read', async () => {
    const copy = path.join(userDir, 'web', 'block.txt');
    await deployed({ copy, snapshots: 2 });
    await send([attribute(1, 'a.example')]);
    for (const time of ['2020-01-01T00-00-00Z', '2020-01-01T01-00-00Z'])
      writeFileSync(path.join(folder(), `fw.${time}.txt`), 'old\n');
    await send([attribute(2, 'b.example')]);
    await send([attribute(3, 'c.example')]);
    const text = (file: string) => readFileSync(path.join(folder(), file), 'utf8');
    assert.equal(text('fw.txt'), 'a.example\nb.example\nc.example\n');
    assert.equal(text('fw.old.txt'), 'a.example\nb.example\n');
    const snapshots = readdirSync(folder())
      .filter((file) => /^fw\.20/.test(file))
      .sort();
    assert.equal(snapshots.length, 2);
    assert.equal(text(snapshots[1]), 'a.example\n', 'one in an hour');
    assert.equal(readFileSync(copy, 'utf8'), text('fw.txt'));
    assert.deepEqual(
      readdirSync(folder()).filter((file) => file.endsWith('.new')),
      [],
    );
  });

  it('is left as it is, with the reason, where it cannot be written or read', async () => {
    const log = collectLog(nodeRed.RED);
    await deployed();
    await send([attribute(1, 'a.example')]);
    await served('a.example\n');
    mkdirSync(path.join(folder(), 'fw.txt.new', 'x'), { recursive: true });
    nodeRed.RED.nodes.getNode(idOf('change'))?.receive({ payload: [attribute(2, 'b.example')] });
    await until(() => told.length > 0, 5000);
    assert.match(told[0].payload.text, /our firewall.*cannot be written/);
    await served('a.example\n');
    rmSync(path.join(folder(), 'fw.txt.new'), { recursive: true });
    await send([attribute(3, 'c.example')]);
    await served('a.example\nb.example\nc.example\n');

    await deploy(nodeRed.RED, [tab], {});
    writeFileSync(path.join(folder(), 'fw.sources'), 'what is this');
    await deployed();
    await served('a.example\nb.example\nc.example\n');
    await send([attribute(4, 'd.example')]);
    await served('a.example\nb.example\nc.example\n');
    await deploy(nodeRed.RED, [tab], {});
    rmSync(path.join(folder(), 'fw.sources'));
    await deployed();
    await send([attribute(5, 'e.example')]);
    await served('a.example\nb.example\nc.example\n');
    assert.match(log.text(), /fw\.sources is damaged or missing/);
    assert.doesNotMatch(log.text(), /sentinel/);
    log.stop();
  });

  it('takes off what is too old', async () => {
    const old = String(Math.floor(Date.now() / 1000) - 40 * 86_400);
    await deployed();
    await send([attribute(1, 'old.example', { timestamp: old }), attribute(2, 'new.example')]);
    await served('old.example\nnew.example\n');
    await deployed({ days: 30 });
    await served('new.example\n');
  });

  it('says what is missing', async () => {
    const log = collectLog(nodeRed.RED);
    await deployed({}, 'update', { user: '', password: '' });
    assert.match(log.text(), /need a user and a password/);
    await deployed({ list: '../../flows' });
    assert.match(log.text(), /lower-case letters/);
    await deployed({ never: ['no name'] });
    assert.match(log.text(), /no name is no address/);
    const second = { ...list(), id: 'second' };
    await deploy(nodeRed.RED, [...flow(), second], { ...credentials, kept: LOGIN, second: LOGIN });
    assert.match(log.text(), /Another node keeps a list fw/);
    log.stop();
    assert.ok(!existsSync(path.join(userDir, 'flows.txt')));
  });
});
