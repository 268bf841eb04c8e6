import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { kindOf } from '../../src/listener/kinds';
import { action, type ActionModule } from '../../src/listener/kinds/action';
import { front, type FrontModule } from '../../src/listener/kinds/front';
import { KnownModules } from '../../src/listener/known-modules';

const module: ActionModule = {
  kind: 'action',
  name: 'gate',
  description: 'A gate',
  deadlineMs: 8000,
  blocking: true,
  stallsSaving: false,
  onDeadline: 'block',
  supportFilters: false,
  params: {},
};

const frontModule: FrontModule = {
  ...{ kind: 'front', name: 'dns', description: '', deadlineMs: 8000 },
  ...{ stage: 'query', onFailure: 'block' },
};

describe('kinds of modules', () => {
  describe('action', () => {
    it('stops MISP where nobody decides, whatever the policy is, and whatever the words are', () => {
      assert.deepEqual(action.refuse('too large'), { body: '{"error":"too large"}', blocks: true });
      for (const words of ['', '0', 'false', ' ']) {
        const { error } = JSON.parse(action.refuse(words).body) as { error: string };
        assert.ok(error.length > 5, `${words} is replaced: MISP goes on with it`);
      }
      const { error } = JSON.parse(action.refuse('x'.repeat(1e6)).body) as { error: string };
      assert.ok(error.length < 5000);
    });

    it('answers by the policy of its trigger', () => {
      const goesOn = { body: '{"data":true}', blocks: false };
      assert.deepEqual(action.byPolicy(module, 'late'), { body: '{"error":"late"}', blocks: true });
      assert.deepEqual(action.byPolicy({ ...module, onDeadline: 'allow' }, 'late'), goesOn);
      assert.deepEqual(action.reply({ outcome: 'allow', cause: 'ended' }), goesOn);
      assert.deepEqual(action.reply({ outcome: 'block', cause: 'response', reason: 'no' }), {
        body: '{"error":"no"}',
        blocks: true,
      });
    });

    it('gives a flow less time while MISP cannot save', () => {
      assert.equal(action.defaultDeadlineMs({ stallsSaving: false }), 8000);
      assert.equal(action.defaultDeadlineMs({ stallsSaving: true }), 3000);
    });
  });

  it('in front of another module it looks at the value that the module takes', () => {
    const read = (attribute: object) => {
      const fields = { module: frontModule.name, attribute };
      return front.read({ fields, flattenedCut: false, keyed: false }, frontModule);
    };
    const two = { type: 'ip-dst|port', value: '192.0.2.1|80', value1: '192.0.2.1', value2: '80' };
    assert.equal(read(two).value, two.value);
    assert.equal(read({ type: 'text', value: 'x' }).value, 'x');
    for (const odd of [{ value1: 'other' }, { value2: '443' }])
      assert.throws(() => read({ ...two, ...odd }), /two values/);
  });

  it('a request whose module is not known is answered as an action: nothing else stops MISP', () => {
    assert.deepEqual(kindOf(undefined).refuse('not JSON'), action.refuse('not JSON'));
  });

  describe('modules that were kept', () => {
    let folder: string;
    before(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'kinds-'))));
    after(() => rmSync(folder, { recursive: true }));

    it('are actions where the file is from before there were kinds, and none where the kind is not known', () => {
      const old = { ...module, kind: undefined };
      const file = path.join(folder, 'modules.json');
      const kept = [old, { ...module, name: 'newer', kind: 'of-tomorrow' }, { ...module, name: 'now' }];
      writeFileSync(file, JSON.stringify(kept));
      const { all } = new KnownModules(file, (error) => assert.fail(error));
      assert.deepEqual(all, [module, { ...module, name: 'now' }]);
    });
  });
});
