import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunList } from '../../nodes/plugin/api';
import { allow, block, credentials, ifTag, listener, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';
import { smallDisk, type SmallDisk } from '../support/small-disk';

const MEGABYTE = 1024 * 1024;

describe('misp-store on a full disk', function () {
  this.timeout(90_000);
  let userDir = '';
  let disk: SmallDisk | undefined;
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  const statuses: { fill?: string; text?: string }[] = [];
  const onStatus = ({ id, status }: { id: string; status: object }) =>
    id === 'store' && statuses.push(status);

  before(async function () {
    userDir = mkdtempSync(path.join(tmpdir(), 'misp-full-'));
    disk = smallDisk(80, path.join(userDir, 'misp-workflows/history'));
    if (!disk) return this.skip(); // only root may mount
    port = await freePort();
    nodeRed = await startNodeRed({ userDir });
    nodeRed.RED.events.on('node-status', onStatus);
    const decides = [trigger(['if']), ifTag('if', 'tlp:red', ['stop'], ['go']), block(), allow()];
    const store = { id: 'store', type: 'misp-store' };
    await deploy(nodeRed.RED, [tab, listener(port, { store: 'store' }), store, ...decides], credentials);
    await listening(port);
  });
  after(async () => {
    if (!disk) return;
    nodeRed.RED.events.off('node-status', onStatus);
    await nodeRed.stop();
    disk.remove();
    rmSync(userDir, { recursive: true, force: true });
  });

  const list = async () =>
    (await (await fetch(`${nodeRed.url}/admin/misp-workflows/runs`)).json()) as RunList;
  const asked = async (tag: string) => (await query(port, 'test_module', event([tag]))).json.error;
  async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 30_000; !(await holds());) {
      if (Date.now() > end)
        assert.fail(`${what}: ${JSON.stringify([statuses, await list()]).slice(0, 1000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('answers MISP, says it in words and in red, keeps what it has, and goes on when there is room', async () => {
    const log = collectLog(nodeRed.RED);
    assert.equal(await asked('tlp:red'), 'blocked by the flow');
    await until('the first run is on disk', () => disk!.free() < 80 * MEGABYTE - 16 * MEGABYTE);
    const filler = path.join(disk!.folder, 'filler');
    writeFileSync(filler, Buffer.alloc(disk!.free() - 8 * MEGABYTE));

    assert.equal(await asked('tlp:red'), 'blocked by the flow');
    await until('it says that the disk is full', async () => (await list()).trouble.length > 0);
    assert.match((await list()).trouble[0], /is full, so the history is kept in memory/);
    assert.match(log.text(), /is full, so the history is kept in memory/);
    const { fill, text } = statuses.at(-1) ?? {};
    assert.deepEqual([fill, /full/.test(text ?? '')], ['red', true], JSON.stringify(statuses));
    for (let count = 0; count < 50; count++) {
      assert.equal(await asked('tlp:red'), 'blocked by the flow');
      assert.equal(await asked('tlp:green'), undefined);
    }
    assert.equal((await list()).total, 102);

    rmSync(filler);
    await until('it works again', async () => (await list()).trouble.length === 0);
    assert.equal(statuses.at(-1)?.fill ?? '', '', JSON.stringify(statuses.slice(-3)));
    assert.equal(await asked('tlp:red'), 'blocked by the flow');
    log.stop();
  });
});
