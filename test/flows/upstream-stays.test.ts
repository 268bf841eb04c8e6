import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ask, FORMS, moduleList } from '../support/ask-as-misp';
import { credentials, listener, tab } from '../support/flows';
import { until } from '../support/until';
import { freePort, get, listening, type Reply } from '../support/misp';
import { moduleNamed, startModules, type ModuleServiceStandIn } from '../support/modules';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the modules behind a listener', function () {
  this.timeout(120_000);
  let userDir = '';
  let running: NodeRedProcess;
  let behind: ModuleServiceStandIn;
  before(async () => {
    userDir = mkdtempSync(path.join(tmpdir(), 'misp-behind-'));
    behind = await startModules([moduleNamed('theirs', ['ip-dst'])]);
  });
  after(async () => {
    running.kill();
    await behind.close();
    rmSync(userDir, { recursive: true, force: true });
  });

  it('are offered at once after a restart, before the flows are there and while misp-modules is away', async () => {
    const port = await freePort();
    const modules = { id: 'modules', type: 'misp-modules', url: behind.url, verify: true };
    running = await forkNodeRed({ userDir });
    await running.deploy([tab, listener(port, { upstream: 'modules' }), modules], credentials);
    await listening(port);
    const folder = path.join(userDir, 'misp-workflows');
    const files = ['service-listener.json', 'upstream-listener.json'].map((name) => path.join(folder, name));
    await until(() => files.every((file) => existsSync(file)), 10_000);
    const { pid } = running;
    running.kill();
    await until(() => !isThere(pid), 10_000);
    await behind.close();
    running = await forkNodeRed({ userDir, atOnce: true });
    let early: Reply | undefined;
    while (!early) early = await get(port, '/modules').catch(() => undefined);
    assert.match(early.text, /"theirs"/);
    // What is asked before it is known how to ask has its answer when the flows are there.
    const { json } = await ask(port, FORMS.page('theirs', {})[0]);
    assert.match(String(json.error), /does not answer/);
    await running.ready();
    assert.deepEqual(Object.keys(await moduleList(port)), ['theirs']);
  });
});
