import { strict as assert } from 'node:assert';
import { inputIn, readTest, writeTest } from '../../src/replay/test-file';

const whole = {
  name: 'Phishing goes on',
  trigger: { node: 't1', module: 'm', event: 'event-publish' },
  input: { data: { Event: { info: 'x' } }, params: { a: 'b' } },
  expected: { outcome: 'allow' as const, nodes: [{ node: 'if', what: 'decided' as const, is: 'then' }] },
};

describe('a file with a test', () => {
  it('is read as it was written', () => {
    assert.deepEqual(readTest(writeTest(whole)), whole);
    assert.match(writeTest(whole), /^\{\n {2}"misp-workflow-test": 1,/);
  });

  const file = (more: object) => JSON.stringify({ 'misp-workflow-test': 1, ...whole, ...more });
  const BAD: [what: string, text: string, problem: RegExp][] = [
    ['no JSON', '{"secret": ', /^This is no JSON$/],
    ['no object', '[1]', /no test of a workflow/],
    ['a flow', '[{"id":"1"}]', /no test of a workflow/],
    ['a later version', file({ 'misp-workflow-test': 2 }), /another format/],
    ['no input', file({ input: {} }), /no input/],
    ['no trigger', file({ trigger: 'x' }), /no input/],
    ['no expectation', file({ expected: {} }), /expects nothing/],
    ['nothing expected', file({ expected: undefined }), /expects nothing/],
    ['only a reason', file({ expected: { reason: 'x' } }), /expects nothing/],
    ['a typing error', file({ expected: { outcome: 'blok' } }), /neither allow nor block/],
    ['nodes that are none', file({ expected: { outcome: 'allow', nodes: [{}] } }), /cannot be read/],
    [
      'a kind that is none',
      file({ expected: { nodes: [{ node: 'a', is: 'b', what: 'c' }] } }),
      /cannot be read/,
    ],
    ['much nesting', '['.repeat(100_000), /nest|deep/i],
  ];
  for (const [what, text, problem] of BAD) {
    it(`is refused in words: ${what}`, () => assert.throws(() => readTest(text), { message: problem }));
  }

  it('reaches no prototype', () => {
    const { input } = readTest(file({}).replace('"params":{', '"params":{"__proto__":{"polluted":1},'));
    assert.equal((input.params as { polluted?: number }).polluted, undefined);
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it("has an input that can be pasted, as MISP's request and its data can", () => {
    assert.deepEqual(inputIn(writeTest(whole)), whole.input);
    const data = { Event: { info: 'x' } };
    assert.deepEqual(inputIn(JSON.stringify({ module: 'm', data, params: [] })), { data, params: {} });
    assert.deepEqual(inputIn(JSON.stringify(data)), { data, params: {} });
    for (const text of ['"x"', '[]', '{"module":"m"}']) assert.throws(() => inputIn(text), /no input/);
  });
});
