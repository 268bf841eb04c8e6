import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { mermaidOf, readWorkflow, toFlow, toGraph, writeBlueprint, type Catalogue } from '../../src/workflow';
import { root } from '../support/node-red';

const catalogue = JSON.parse(readFileSync(path.join(root, 'dist/catalogue.json'), 'utf8')) as Catalogue;
const block = (id: unknown, module: string, to: unknown[] = [], data: object = {}) => ({
  id,
  name: module,
  data: { id: module, module_type: 'action', indexed_params: {}, ...data },
  outputs: { output_1: { connections: to.map((node) => ({ node, output: 'input_1' })) } },
  pos_x: 0,
  pos_y: 0,
});
const whole = JSON.stringify([block(1, 'event-publish', ['2']), block(2, 'tag_operation')]);

describe('what is no workflow', () => {
  const nonsense: [string, RegExp][] = [
    ['', /not JSON/],
    ['hello', /not JSON/],
    [whole.slice(0, 100), /not JSON/],
    ['null', /no workflow/],
    ['42', /no workflow/],
    ['[]', /no block/],
    ['{}', /no block/],
    ['{"WorkflowBlueprint":{"data":"oops"}}', /not JSON/],
    ['{"a":1}', /no block/],
    ['[{"id":"x","type":"inject","wires":[]}]', /no block of a MISP workflow/],
    [JSON.stringify([{ Workflow: { data: {} } }, { Workflow: { data: {} } }]), /2 workflows/],
    ['['.repeat(100_000), /not JSON/],
    [`[${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}]`, /no block/],
  ];
  for (const [source, words] of nonsense)
    it(`says so: ${source.slice(0, 40)}`, () => assert.throws(() => readWorkflow(source), words));

  it('is too large: 5,000 blocks, many connections, deep parameters', () => {
    const many = Array.from({ length: 5000 }, (_, index) => block(index + 1, 'push-zmq', [index + 2]));
    assert.throws(() => readWorkflow(many), /5000 blocks; at most 2000/);
    const wide = Array.from({ length: 100 }, (_, id) =>
      block(
        id,
        'push-zmq',
        Array.from({ length: 300 }, () => 1),
      ),
    );
    assert.throws(() => readWorkflow(wide), /connections/);
    let deep: unknown = 1;
    for (let i = 0; i < 50; i++) deep = { deep };
    assert.throws(
      () => readWorkflow([block(1, 'push-zmq', [], { indexed_params: { deep } })]),
      /nested deeper/,
    );
    assert.throws(() => readWorkflow(' '.repeat(17_000_000)), /more than 16 MB/);
  });

  it('is read in little time: 2,000 blocks with many ways through them', () => {
    const ladder = Array.from({ length: 2000 }, (_, index) =>
      block(index + 1, index === 0 ? 'event-publish' : 'generic-if', [index + 2, index + 3]),
    );
    const start = performance.now();
    const flow = toFlow(readWorkflow(ladder).graph, catalogue);
    toGraph(flow.nodes, catalogue);
    assert.ok(performance.now() - start < 10_000);
  });
});

describe('a hostile workflow', () => {
  const script = '<img src=x onerror=alert(1)>';

  it('cannot reach what objects have in common', () => {
    const source = whole.replace(
      '"indexed_params":{}',
      '"indexed_params":{"__proto__":{"polluted":1},"constructor":2}',
    );
    const { graph } = readWorkflow(source.replace('"id":2', '"id":"__proto__"'));
    const { nodes } = toFlow(graph, catalogue, { tab: true });
    toGraph(nodes, catalogue);
    assert.equal(({} as { polluted?: number }).polluted, undefined);
    assert.equal(JSON.stringify(nodes).includes('polluted'), false);
  });

  it('keeps HTML in names as text, and out of what Node-RED shows as Markdown', () => {
    const source = {
      WorkflowBlueprint: {
        name: script,
        description: `${script} [click](javascript:alert(1))`,
        data: [block(1, 'event-publish', [2]), { ...block(2, `custom${script}`), name: script }],
      },
    };
    const { graph } = readWorkflow(source);
    const { nodes } = toFlow(graph, catalogue, { tab: true });
    for (const { info } of nodes) assert.doesNotMatch((info as string | undefined) ?? '', /[<>[\]]/);
    assert.equal(nodes.find(({ type }) => type === 'tab')?.label, script);
    assert.doesNotMatch(mermaidOf(graph), /<img|onerror=alert\(1\)>/);
    const back = toGraph(nodes, catalogue).graph;
    assert.equal(back.description, source.WorkflowBlueprint.description);
    assert.equal(back.blocks[1]?.module, `custom${script}`);
  });

  it('in a flow file: a memory that is none is not believed', () => {
    for (const misp of [1, 'x', [], { id: {}, module: 1 }, { id: '1', module: 'tag-if', params: {} }, null]) {
      const node = { id: 'a', type: 'misp-if-tag', wires: [['a'], null, 5], misp, tags: ['x'] };
      const { graph, notes } = toGraph([node, null as never, { id: 5 } as never], catalogue);
      assert.equal(graph.blocks.length, 1);
      assert.ok(notes.some(({ key }) => key === 'workflow.cycle'));
    }
  });

  it('does not carry a secret out of a flow, unless it is told to', () => {
    const node = {
      id: 'a',
      type: 'misp-chat',
      service: 'telegram',
      content: 'text',
      chatId: '7',
      text: 'hello',
      credentials: { token: 'TOP-SECRET' },
      wires: [[]],
    };
    const shared = JSON.stringify(writeBlueprint(toGraph([node], catalogue).graph));
    assert.doesNotMatch(shared, /TOP-SECRET/);
    const own = writeBlueprint(toGraph([node], catalogue, { secrets: true }).graph);
    assert.match(JSON.stringify(own), /TOP-SECRET/);
    const { nodes } = toFlow(readWorkflow(own).graph, catalogue);
    const chat = nodes.find(({ type }) => type === 'misp-chat');
    assert.deepEqual(chat?.credentials, { token: 'TOP-SECRET' });
    assert.doesNotMatch(JSON.stringify({ ...chat, credentials: undefined }), /TOP-SECRET/);
  });
});

describe('what MISP has no module for', () => {
  it('is named, and where the workflow ends for it', () => {
    const { graph, notes } = toGraph(
      [
        { id: 'a', type: 'misp-trigger', trigger: 'event-publish', wires: [['j']] },
        { id: 'j', type: 'junction', wires: [['b']] },
        { id: 'b', type: 'misp-if-tag', wires: [['f'], ['l']] },
        { id: 'f', type: 'function', name: 'My code', wires: [['c']] },
        { id: 'l', type: 'link out', links: ['m'] },
        { id: 'm', type: 'link in', wires: [['c']] },
        { id: 'c', type: 'misp-response', answer: 'block', wires: [] },
      ],
      catalogue,
    );
    assert.deepEqual(
      graph.blocks.map(({ module, connections }) => [
        module,
        connections.map(({ output, to }) => `${output}:${to}`),
      ]),
      [
        ['event-publish', ['0:2']],
        ['tag-if', ['1:3']],
        ['stop-execution', []],
      ],
    );
    const keys = notes.map(({ key }) => key);
    assert.deepEqual(keys.sort(), ['workflow.cut', 'workflow.noModule']);
  });

  it('an action goes on after a failure as MISP does: where MISP waits, and not behind a concurrent task', () => {
    const { graph } = readWorkflow([
      block(1, 'event-publish', [2]),
      block(2, 'tag_operation', [3]),
      block(3, 'concurrent-task', [4]),
      block(4, 'tag_operation'),
    ]);
    const { nodes } = toFlow(graph, catalogue);
    const settings = nodes.filter(({ type }) => type === 'misp-tag').map(({ onFailure }) => onFailure);
    assert.deepEqual(settings, ['continue', 'stop']);
  });

  it('old parameters are read: rows with labels, and words of before', () => {
    const rows = [
      { label: 'Scope', value: 'attribute' },
      { id: 'tags', value: ['x'] },
    ];
    const { graph } = readWorkflow([
      block('01', 'tag_operation', [], { indexed_params: undefined, params: rows }),
    ]);
    assert.deepEqual(graph.blocks[0]?.params, { scope: 'attribute', tags: ['x'] });
    const organisation = block(1, 'organisation-if', [], {
      indexed_params: { condition: 'equals', org_id: '3' },
    });
    const { nodes } = toFlow(readWorkflow([organisation]).graph, catalogue);
    assert.equal(nodes.find(({ type }) => type === 'misp-if-organisation')?.condition, 'in');
  });
});
