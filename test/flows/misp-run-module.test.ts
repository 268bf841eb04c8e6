import { strict as assert } from 'node:assert';
import modules from '../../sandbox/misp/data/workflow-modules.json';
import service from '../fixtures/rest/workflows-moduleIndex.mispmodule.json';
import { READER_KEY } from '../../sandbox/misp/server';
import type { WorkflowModule } from '../../src/misp/workflow-module';
import { paramsFrom } from '../../src/misp/module-params';
import { MispNodeTest } from '../support/misp-node';
import { sendJson } from '../support/recorder';

const EVENT = { Event: { id: '153', info: 'x', _AttributeFlattened: [] } };

describe('misp-run-module', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  /** Answers in the form that a running MISP gave. */
  async function deploy(answer: object, settings: object = {}): Promise<void> {
    await test.deploy('misp-run-module', { outputs: 2, module: 'tag-if', ...settings });
    test.recorder.answer = (_call, response) => sendJson(response, answer);
  }
  const outputs = () => test.sent.map(({ output }) => output);

  it('runs a module with its parameters on the data of the message', async () => {
    const params = [
      { name: 'scope', value: 'event' },
      { name: 'tags[]', value: 'tlp:red' },
      { name: 'tags[]', value: 'tlp:amber' },
      { name: 'clusters[]', value: '' },
    ];
    await deploy({ success: true, errors: [] }, { params, more: '{"condition":"in_or"}', moreType: 'json' });
    const [message] = await test.send({ payload: EVENT });
    assert.deepEqual(outputs(), [0]);
    assert.deepEqual(test.calls, ['POST /workflows/moduleStatelessExecution/tag-if']);
    assert.deepEqual(test.recorder.calls[0].body, {
      input_data: JSON.stringify(EVENT),
      module_indexed_param: {
        scope: 'event',
        tags: ['tlp:red', 'tlp:amber'],
        clusters: [],
        condition: 'in_or',
      },
      convert_data: false,
    });
    const { result } = message.misp as { result: { operations: { answer: unknown }[] } };
    assert.deepEqual(result.operations[0].answer, { success: true, errors: [] });
  });

  it('lets MISP make core format of an event that is not in it', async () => {
    await deploy({ success: true, errors: [] }, { module: 'node_red-camel name' });
    await test.send({ payload: { Event: { id: '1' } } });
    assert.equal((test.recorder.calls[0].body as { convert_data: boolean }).convert_data, true);
    assert.deepEqual(test.calls, ['POST /workflows/moduleStatelessExecution/node_red-camel%20name']);
  });

  it('goes by else when a condition does not hold', async () => {
    await deploy({ success: false, errors: [] });
    await test.send({ payload: EVENT });
    assert.deepEqual(outputs(), [1]);
  });

  it('reports why a module failed, and stops', async () => {
    await deploy({ success: false, errors: ['No decaying model selected'] });
    assert.match(await test.fail({ payload: EVENT }), /No decaying model selected/);
    assert.deepEqual(outputs(), []);
  });

  it('reports why a module failed, and goes on by else if it is to', async () => {
    await deploy({ success: false, errors: ['stop'] }, { onFailure: 'continue' });
    assert.match(await test.fail({ payload: EVENT }), /stop/);
    assert.deepEqual(outputs(), [1]);
  });

  for (const [how, settings, misp] of [
    ['a dry run', { dryRun: true }, {}],
    ['a test run', {}, { test: true }],
  ] as const) {
    it(`only shows in ${how} what would be run`, async () => {
      await deploy({ success: true, errors: [] }, settings);
      const [message] = await test.send({ payload: EVENT, misp });
      assert.deepEqual(test.calls, []);
      assert.deepEqual(outputs(), [0]);
      const { result } = message.misp as { result: object };
      const operation = { do: 'run-module', module: 'tag-if', params: {}, data: EVENT };
      assert.deepEqual(result, { dryRun: true, operations: [{ operation, state: 'planned' }] });
    });
  }

  it('decides and changes in a MISP as its workflows do', async () => {
    const run = async (module: string, params: { name: string; value: string }[]) => {
      await test.deploy('misp-run-module', { outputs: 2, module, params });
      const payload = { Event: structuredClone(test.misp.event('1')) };
      await test.send({ payload });
      return outputs();
    };
    const scope = { name: 'scope', value: 'event' };
    const condition = { name: 'condition', value: 'in_or' };
    assert.deepEqual(await run('tag-if', [scope, condition, { name: 'tags[]', value: 'tlp:red' }]), [0]);
    assert.deepEqual(await run('tag-if', [scope, condition, { name: 'tags[]', value: 'tlp:green' }]), [1]);
    const add = [scope, { name: 'action', value: 'add' }, { name: 'tags[]', value: 'lab:by-module' }];
    assert.deepEqual(await run('tag_operation', add), [0]);
    assert.ok(test.misp.event('1')?.Tag.some(({ name }) => name === 'lab:by-module'));
    await assert.rejects(run('stop-execution', [{ name: 'message', value: 'not today' }]), /not today/);
    await assert.rejects(run('no-such-module', []), /status 500/);
  });

  it('needs the key of a site admin', async () => {
    await test.deploy('misp-run-module', { outputs: 2, module: 'tag-if', key: READER_KEY });
    assert.match(await test.fail({ payload: EVENT }), /refuses this to the key/);
  });

  it('tells the form which modules the MISP has, with their parameters', async () => {
    await test.deploy('misp-run-module', { outputs: 2, module: 'tag-if' });
    test.recorder.answer = (_call, response) => sendJson(response, { ...modules, ...service.response.body });
    const response = await fetch(`${test.nodeRed.url}/admin/misp-workflows/modules?server=misp`);
    const { modules: found } = (await response.json()) as { modules: WorkflowModule[] };
    assert.deepEqual(test.calls, ['GET /workflows/moduleIndex/type:all']);
    const byId = (id: string) => found.find((module) => module.id === id);
    const tagIf = byId('tag-if');
    assert.equal(tagIf?.kind, 'logic');
    const tags = tagIf?.params.find(({ id }) => id === 'tags');
    assert.equal(tags?.multiple, true);
    assert.ok(tags?.options.some(({ value }) => value === 'PAP:RED'));
    const distribution = byId('Module_event_distribution_operation')?.params.at(-1);
    assert.equal(distribution?.id, 'sharing_group_id');
    assert.deepEqual(distribution?.when, { distribution: ['4'] });
    assert.ok(distribution?.options.every(({ value }) => /^\d+$/.test(value)));
    assert.equal(byId('nodered_filter')?.params.find(({ id }) => /extraction/.test(id))?.type, 'hashpath');
  });

  it('tells the form that a MISP is not deployed, or what is wrong with it', async () => {
    await test.deploy('misp-run-module', { outputs: 2, module: 'tag-if', key: 'x'.repeat(40) });
    const get = (id: string) => fetch(`${test.nodeRed.url}/admin/misp-workflows/modules?server=${id}`);
    assert.deepEqual(await (await get('none')).json(), { problem: 'notDeployed' });
    assert.match(
      ((await (await get('misp')).json()) as { problem: string }).problem,
      /does not know this API key/,
    );
  });
});

describe('the parameters of a module', () => {
  it('are texts, and lists for names with [] at their end', () => {
    const rows = [
      { name: 'a', value: '["no", "list"]' },
      { name: 'b[]', value: 'x' },
      { name: '__proto__', value: 'y' },
    ];
    const params = paramsFrom(rows);
    assert.deepEqual(Object.keys(params), ['a', 'b', '__proto__']);
    assert.equal(params.a, '["no", "list"]');
    assert.deepEqual(params.b, ['x']);
    assert.equal(({} as Record<string, unknown>).y, undefined);
  });
});
