import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { graphOf, isSameGraph, placesIn, type MispGraph } from '../../src/actions/misp-graph';
import type { SetUpOperation } from '../../src/actions/set-up';
import { failClosedChain, plainChain } from '../../src/connect/fail-closed';
import { changedBack, fingerprint, keptSteps, readStep } from '../../src/connect/kept-steps';
import { ConnectMemory, type KeptRun } from '../../src/connect/memory';
import { insertAt, putAround, triggerBlock, withTriggerData } from '../../src/connect/splice';
import measured from '../fixtures/fail-closed/workflow-F.json';
import plain from '../fixtures/fail-closed/workflow-plain.json';

const SECRET = 'xoxb-a-token';
const MODULE = 'nodered_event_publish';
const F = graphOf(measured.graph);
const PLAIN = graphOf(plain.body.Workflow.data);

/** A workflow of somebody else whose block holds a token. */
function theirs(graph: MispGraph): MispGraph {
  return Object.fromEntries(
    Object.entries(graph).map(([id, block]) => {
      if (block.data.module_type === 'trigger') return [id, block];
      return [id, { ...block, data: { ...block.data, indexed_params: { token: SECRET } } }];
    }),
  );
}
/** As one that was written over REST. */
function withoutCore(graph: MispGraph): MispGraph {
  const [id, block] = triggerBlock(graph)!;
  return { ...graph, [id]: { ...block, data: { ...block.data, misp_core_format: false } } };
}

describe('what was done in a MISP, as it is kept', () => {
  const kept = (was: MispGraph, graph: MispGraph) => {
    const [step] = keptSteps([{ do: 'draw-workflow', trigger: 'event-publish', graph, was }]);
    assert.ok(step.do === 'draw-workflow' && step.changed);
    const read = readStep(JSON.parse(JSON.stringify(step)));
    assert.deepEqual(read, JSON.parse(JSON.stringify(step)));
    assert.ok(!JSON.stringify(step).includes(SECRET));
    assert.equal(step.drawn, fingerprint(graph));
    return step.changed;
  };

  it('makes each workflow again that something was put into, without keeping it', () => {
    for (const graph of [theirs(F), theirs(PLAIN)]) {
      for (const place of placesIn(graph)) {
        for (const chain of [plainChain(MODULE), failClosedChain(MODULE, 'node-red:cleared')]) {
          const drawn = withTriggerData(insertAt(graph, place, chain), { misp_core_format: true });
          const back = changedBack(drawn, kept(graph, drawn));
          assert.ok(isSameGraph(back, graph));
          assert.deepEqual(Object.keys(back).sort(), Object.keys(graph).sort());
        }
      }
    }
  });

  it('makes the one again whose block got what stops around it, with the data of its trigger', () => {
    const [own] = Object.entries(PLAIN).flatMap(([id, { data }]) =>
      data.module_type === 'action' ? [id] : [],
    );
    const was = withoutCore(PLAIN);
    const chain = failClosedChain(MODULE, 'node-red:cleared', was[own]);
    const drawn = withTriggerData(putAround(was, own, chain), { misp_core_format: true });
    const back = changedBack(drawn, kept(was, drawn));
    assert.ok(isSameGraph(back, was));
    assert.equal(triggerBlock(back)?.[1].data.misp_core_format, false);
  });

  it('has no user and no password of an address, however badly it was encoded', () => {
    const urls = ['http://user:pa ss@host', 'http://u:p/a@s#s@host', 'http://u:p?@host', 'https://u@host'];
    for (const url of urls) {
      const done: SetUpOperation[] = [
        { do: 'set-setting', name: 'Plugin.Action_services_url', value: url, was: url },
      ];
      const [step] = keptSteps(done);
      const at = `${new URL(url.split(':')[0] + '://x').protocol}//host`;
      assert.deepEqual(step, {
        ...{ do: 'set-setting', name: 'Plugin.Action_services_url', value: at, was: at },
        hadLogin: true,
      });
    }
  });

  it('takes no step from a file that is none', () => {
    const bad: unknown[] = [
      ...[null, 7, 'x', [], {}, { do: 'see-module', module: 'x' }, { do: '__proto__' }],
      { do: 'set-setting', name: 'Security.password', value: 1, was: 2 },
      { do: 'set-setting', name: `Plugin.${'x'.repeat(1000)}`, value: 1, was: 2 },
      { do: 'set-setting', name: 'Plugin.x', value: {}, was: 2 },
      { do: 'switch-module', module: {}, on: true },
      { do: 'draw-workflow', trigger: 'x', drawn: 'y' },
      { do: 'draw-workflow', trigger: 'x', drawn: 'y', changed: { added: 'all' } },
      { do: 'create-workflow', trigger: 'x', drawn: 7 },
    ];
    for (const step of bad) assert.equal(readStep(step), undefined, JSON.stringify(step));
    const read = readStep(
      JSON.parse(
        '{"do":"draw-workflow","trigger":"x","drawn":"y","changed":{"added":[],"before":{"__proto__":{"pos_x":1}},"trigger":{"__proto__":1}}}',
      ),
    );
    assert.ok(read);
    assert.equal(({} as Record<string, unknown>).pos_x, undefined);
  });
});

describe('the file of what was done', () => {
  let folder: string;
  const file = () => path.join(folder, 'of', 'connected.json');
  const warned: Error[] = [];
  const open = (at = file()) => new ConnectMemory(at, (error) => warned.push(error));
  const run = (id: string, more: Partial<KeptRun> = {}): KeptRun => ({
    ...{ id, at: 1, url: 'https://misp.example', node: 'trigger' },
    steps: [{ do: 'switch-module', module: 'm', on: true, isTrigger: false }],
    ...more,
  });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'misp-kept-'));
    warned.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read again, for its owner alone, and forgets what was taken back', () => {
    const memory = open();
    memory.keep(run('a'));
    memory.keep(run('a', { at: 2 }));
    memory.keep(run('b', { url: 'https://other.example' }));
    memory.keep(run('c', { node: 'another' }));
    memory.keep(run('d', { steps: [] }));
    assert.equal(statSync(file()).mode & 0o077, 0);
    assert.deepEqual(open().of('trigger'), [run('a', { at: 2 }), run('b', { url: 'https://other.example' })]);
    assert.deepEqual(
      open()
        .of('trigger', 'https://misp.example')
        .map(({ id }) => id),
      ['a'],
    );
    open().forget(['a', 'b']);
    assert.deepEqual(open().of('trigger'), []);
  });

  it('does not grow without end', () => {
    const memory = open();
    for (let number = 0; number < 70; number++) memory.keep(run(String(number)));
    assert.deepEqual(open().of('trigger').length, 50);
    assert.equal(open().of('trigger').at(-1)?.id, '69');
  });

  it('that is damaged, or hostile, is taken for none', () => {
    mkdirSync(path.dirname(file()), { recursive: true });
    const contents = ['', '{', 'null', '{"a":1}', `["${'x'.repeat(1_000_000)}"]`, '[[[[1]]]]'];
    const odd = { ...run('a'), steps: [...run('a').steps, { do: 'see-module' }] };
    for (const content of [...contents, JSON.stringify([odd, { ...run('a'), at: 'x' }])]) {
      writeFileSync(file(), content);
      assert.deepEqual(open().of('trigger'), []);
    }
    assert.ok(readFileSync(file(), 'utf8').length > 0);
  });

  it('that cannot be written is told of, and kept until the process ends', () => {
    writeFileSync(path.join(folder, 'of'), '');
    const memory = open();
    memory.keep(run('a'));
    assert.equal(warned.length, 1);
    assert.equal(memory.of('trigger').length, 1);
  });
});
