import { strict as assert } from 'node:assert';
import type { ModulesNode } from '../../nodes/config/misp-modules';
import { tab } from '../support/flows';
import { collectLog } from '../support/log';
import { moduleNamed, startModules, type ModuleServiceStandIn } from '../support/modules';
import { deploy, startNodeRed } from '../support/node-red';

const KEY = 'SentinelModuleKey';
const PASSWORD = 'SentinelProxyPassword';

interface Credentials {
  getCredentials(id: string): object;
}

describe('misp-modules', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let modules: ModuleServiceStandIn;
  before(async () => {
    modules = await startModules([
      moduleNamed('shodan', ['ip-dst'], { format: 'misp_standard' }, { config: ['apikey', 'limit'] }),
      moduleNamed('dns', ['domain']),
    ]);
    nodeRed = await startNodeRed();
  });
  after(async () => {
    await nodeRed.stop();
    await modules.close();
  });

  const service = (settings: object = {}) => ({
    id: 'service',
    type: 'misp-modules',
    url: modules.url,
    ...settings,
  });
  const own = () => nodeRed.RED.nodes.getNode('service') as unknown as ModulesNode;
  async function admin(path: string, form?: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${nodeRed.url}/admin/${path}`, {
      ...(form ? { method: 'POST', body: JSON.stringify(form) } : {}),
      headers: { 'content-type': 'application/json' },
    });
    const text = await response.text();
    assert.ok(!text.includes(KEY) && !text.includes(PASSWORD), text);
    return JSON.parse(text) as Record<string, unknown>;
  }
  /** The editor sends the credentials that were changed, and the others not at all. */
  async function deployAsEditor(node: object): Promise<void> {
    const started = new Promise<void>((resolve) => nodeRed.RED.events.once('flows:started', () => resolve()));
    const response = await fetch(`${nodeRed.url}/admin/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([tab, node]),
    });
    assert.equal(response.status, 204);
    await started;
  }
  const test = (form: object) =>
    admin('misp-workflows/module-services/test', { id: 'service', url: modules.url, verify: true, ...form });

  it('tells of the service in the form, and lists its modules', async () => {
    const { state, message, modules: list } = await test({ id: 'none' });
    assert.equal(state, 'ok');
    assert.match(
      String(message),
      /^Misp-modules 3\.0\.9 answers and has 2 modules, 2 of them for enrichment/,
    );
    const [dns, shodan] = list as { name: string; settings: string[]; format: string }[];
    assert.deepEqual([dns.name, dns.format, shodan.settings], ['dns', 'plain', ['apikey', 'limit']]);
    const away = await test({ id: 'none', url: 'http://127.0.0.1:1' });
    assert.equal(away.state, 'error');
    assert.match(String(away.message), /cannot be reached/);
  });

  it('keeps the settings that are not sent again, as credentials', async () => {
    const log = collectLog(nodeRed.RED);
    const settings = JSON.stringify({ 'shodan.apikey': KEY, 'shodan.limit': '5' });
    await deploy(nodeRed.RED, [tab, service()], { service: { settings } });
    assert.deepEqual(own().moduleSettings, { 'shodan.apikey': KEY, 'shodan.limit': '5' });
    // What the editor sends when one setting was changed.
    const changes = JSON.stringify({ 'shodan.limit': '' });
    await deployAsEditor(service({ timeout: 11, credentials: { settings: changes } }));
    assert.deepEqual(own().moduleSettings, { 'shodan.apikey': KEY });
    await deployAsEditor(service({ timeout: 12, credentials: { settings: '__PWRD__' } }));
    assert.deepEqual(own().moduleSettings, { 'shodan.apikey': KEY });
    const { saved } = await admin('misp-workflows/module-services/service/modules');
    assert.deepEqual(saved, ['shodan.apikey']);
    const shown = await admin('credentials/misp-modules/service');
    assert.ok(!('kept' in shown), 'what is kept is not told');
    const flows = await admin('flows');
    assert.ok(Array.isArray(flows));
    log.stop();
    assert.ok(!JSON.stringify(log.lines).includes(KEY));
  });

  it('takes values of the environment', async () => {
    process.env.TEST_OF_MODULES = KEY;
    const settings = JSON.stringify({ 'shodan.apikey': '${TEST_OF_MODULES}' });
    await deploy(nodeRed.RED, [tab, service()], { service: { settings } });
    delete process.env.TEST_OF_MODULES;
    assert.equal(own().moduleSettings['shodan.apikey'], KEY);
    const saved = JSON.stringify((nodeRed.RED.nodes as unknown as Credentials).getCredentials('service'));
    assert.ok(!saved.includes(KEY), 'the name is saved, not the value');
  });

  it('logs in, and sends the saved password only where it was saved for', async () => {
    await deploy(nodeRed.RED, [tab, service()], { service: { user: 'me', password: PASSWORD } });
    modules.headers.length = 0;
    assert.equal((await test({ user: 'me', password: '__PWRD__' })).state, 'ok');
    const login = `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}`;
    assert.equal(modules.headers[0].authorization, login);
    modules.headers.length = 0;
    const other = await startModules([]);
    const refused = await test({ user: 'me', password: '__PWRD__', url: other.url });
    assert.match(String(refused.message), /Type the password again/);
    assert.deepEqual(other.headers, []);
    await other.close();
  });

  it('says what is wrong with its settings', async () => {
    const log = collectLog(nodeRed.RED);
    await deploy(nodeRed.RED, [tab, service()], { service: { settings: '{' } });
    log.stop();
    assert.ok(log.lines.some(({ msg }) => /settings of the modules cannot be read/.test(String(msg))));
  });
});
