import { strict as assert } from 'node:assert';
import { deploy, startNodeRed } from '../support/node-red';
import { freePort, listening, query } from '../support/misp';
import { block, credentials, listener, node, tab, trigger } from '../support/flows';

const tag = (name: string) => ({ id: '1', name, local: false });
const attribute = {
  uuid: 'a',
  value: '192.0.2.1',
  Tag: [tag('own')],
  _allTags: [tag('own'), { ...tag('tlp:red'), inherited: true }],
};
const data = {
  Event: {
    info: 'x',
    Tag: [tag('tlp:red'), tag('misp-galaxy:threat-actor="Velvet Otter"')],
    Attribute: [attribute],
    _AttributeFlattened: [attribute],
  },
};

const cases: [string, object, boolean][] = [
  ['one of the event', { tags: ['tlp:red', 'x'] }, true],
  ['none of the event', { tags: ['own'] }, false],
  ['a cluster', { clusters: ['threat-actor="Velvet Otter"'] }, true],
  ['one of an attribute', { scope: 'attribute', tags: ['own'] }, true],
  ['one that is only inherited', { scope: 'attribute', tags: ['tlp:red'] }, false],
  ['one that an attribute inherits', { scope: 'event_attribute', tags: ['tlp:red'] }, true],
  ['all', { condition: 'in_and', tags: ['tlp:red'], clusters: ['threat-actor="Velvet Otter"'] }, true],
  ['not all', { condition: 'in_and', tags: ['tlp:red', 'x'] }, false],
  ['none', { condition: 'not_in_or', tags: ['x', 'y'] }, true],
  ['not all of them', { condition: 'not_in_and', tags: ['tlp:red', 'x'] }, true],
];

describe('misp-if-tag', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;

  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  after(() => nodeRed.stop());

  for (const [name, settings, expected] of cases) {
    it(`decides: ${name}`, async () => {
      const condition = { scope: 'event', condition: 'in_or', tags: [], clusters: [], ...settings };
      await deploy(
        nodeRed.RED,
        [
          tab,
          listener(port),
          trigger(['if']),
          node('if', 'misp-if-tag', [['then'], ['else']], condition),
          block('then', 'then'),
          block('else', 'else'),
        ],
        credentials,
      );
      await listening(port);
      assert.equal((await query(port, 'test_module', data)).json.error, expected ? 'then' : 'else');
    });
  }

  it('reports data that is no event, and a Catch node gets it', async () => {
    await deploy(
      nodeRed.RED,
      [
        tab,
        listener(port),
        trigger(['break']),
        node('break', 'change', [['if']], {
          rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'text', tot: 'str' }],
        }),
        node('if', 'misp-if-tag', [['then'], []], {
          scope: 'event',
          condition: 'in_or',
          tags: ['x'],
          clusters: [],
        }),
        node('catch', 'catch', [['caught']], { scope: ['if'] }),
        block('then', 'then'),
        block('caught', 'caught'),
      ],
      credentials,
    );
    await listening(port);
    assert.equal((await query(port, 'test_module', data)).json.error, 'caught');
  });
});
