import { block, node } from '../flows';
import type { FlowNode } from '../node-red';
import { fn, type Shape } from './shape';

const goesOn = { red: 'block', green: 'allow' } as const;
const rules = (...list: object[]) => ({
  property: 'payload.Event.info',
  propertyType: 'msg',
  rules: list,
  checkall: 'true',
  outputs: list.length,
});
const noMatch = rules({ t: 'eq', v: 'no such text', vt: 'str' });
const list = [
  node('k', 'change', [['x']], {
    rules: [{ t: 'set', p: 'list', pt: 'msg', to: '[1,2,3]', tot: 'json' }],
  }),
  node('x', 'split', [['part', 'back']], {
    splt: '\\n',
    spltType: 'str',
    arraySplt: 1,
    arraySpltType: 'len',
    property: 'list',
  }),
  node('back', 'join', [['end']], { mode: 'auto' }),
];
const subflow = (id: string, inner: FlowNode[], first: string, outputs: string[]): FlowNode[] => [
  {
    id,
    type: 'subflow',
    name: id,
    in: [{ x: 1, y: 1, wires: [{ id: `node-${first}` }] }],
    out: outputs.map((output) => ({ x: 1, y: 1, wires: [{ id: `node-${output}`, port: 0 }] })),
  },
  ...inner.map((entry) => ({ ...entry, z: id })),
];

/** One branch decides; on another one stands a check that has nothing to say, in front of a block of its own. */
const beside = (...check: FlowNode[]): FlowNode[] => [
  node('x', 'function', [['check', 'end']], { func: 'return msg;', outputs: 1 }),
  ...check,
  block('own', 'blocked by the flow'),
];

/** What people draw every day: nothing of it may keep MISP waiting, or stop it, for an event that is all right. */
export const ordinary: Shape[] = [
  {
    name: 'a check that does not match: switch',
    nodes: beside(node('check', 'switch', [['own']], noMatch)),
    ...goesOn,
  },
  {
    name: 'a check that passes nothing on: function',
    nodes: beside(node('check', 'function', [['own']], { func: 'return null;', outputs: 1 })),
    ...goesOn,
  },
  {
    name: 'a check that does not match: IF of our own',
    nodes: beside(
      node('check', 'misp-if', [['own'], []], {
        language: 'path',
        hash_path: 'Event.info',
        operator: 'equals',
        value: 'x',
      }),
    ),
    ...goesOn,
  },
  {
    name: 'a check by a status that does not match',
    nodes: [
      ...fn('node.status({ text: msg.payload.Event.Tag[0].name }); return msg;'),
      node('status', 'status', [['check']], { scope: ['x'] }),
      node('check', 'switch', [['own']], { ...noMatch, property: 'status.text' }),
      block('own', 'blocked by the flow'),
    ],
    ...goesOn,
  },
  {
    name: 'a Catch node that would block, and no error',
    nodes: [...fn('return msg;'), node('c', 'catch', [['stop']], { scope: null, uncaught: false })],
    ...goesOn,
  },
  {
    name: 'a Complete node behind which a check does not match',
    nodes: [
      ...fn('return msg;'),
      node('c', 'complete', [['check']], { scope: ['x'] }),
      node('check', 'switch', [['own']], noMatch),
      block('own', 'blocked by the flow'),
    ],
    ...goesOn,
  },
  {
    name: 'a switch with "otherwise"',
    nodes: [
      node(
        'x',
        'switch',
        [['own'], ['end']],
        rules({ t: 'eq', v: 'no such text', vt: 'str' }, { t: 'else' }),
      ),
      block('own', 'blocked by the flow'),
    ],
    ...goesOn,
  },
  {
    name: 'a function that chooses an output',
    nodes: [
      node('x', 'function', [['own'], ['end']], { func: 'return [null, msg];', outputs: 2 }),
      block('own', 'blocked by the flow'),
    ],
    ...goesOn,
  },
  {
    name: 'link calls on parallel branches, to one part',
    nodes: [
      node('x', 'function', [['one', 'two']], { func: 'return msg;', outputs: 1 }),
      node('one', 'link call', [['end']], { links: ['in'], linkType: 'static', timeout: '5' }),
      node('two', 'link call', [['end']], { links: ['in'], linkType: 'static', timeout: '5' }),
      node('in', 'link in', [['work']], { links: [] }),
      node('work', 'function', [['out']], {
        func: 'await new Promise((ok) => setTimeout(ok, 50)); return msg;',
        outputs: 1,
      }),
      node('out', 'link out', [], { mode: 'return', links: [] }),
    ],
    ...goesOn,
    after: 50,
  },
  {
    name: 'each part of a list is checked, and does not match',
    nodes: [
      ...list,
      node('part', 'switch', [['own']], { ...noMatch, property: 'list' }),
      block('own', 'blocked by the flow'),
    ],
    first: 'k',
    ...goesOn,
  },
  {
    name: 'each part of a list is checked by a function that passes nothing on',
    nodes: [
      ...list,
      node('part', 'function', [['own']], { func: 'return msg.list > 3 ? msg : null;', outputs: 1 }),
      block('own', 'blocked by the flow'),
    ],
    first: 'k',
    ...goesOn,
  },
  {
    name: 'a subflow with two outputs, of which one is used',
    nodes: [
      ...subflow(
        'sub',
        [
          node('in', 'switch', [['yes'], ['no']], rules({ t: 'eq', v: 'x', vt: 'str' }, { t: 'else' })),
          node('yes', 'change', [[]], { rules: [] }),
          node('no', 'change', [[]], { rules: [] }),
        ],
        'in',
        ['yes', 'no'],
      ),
      node('x', 'subflow:sub', [['own'], ['end']]),
      block('own', 'blocked by the flow'),
    ],
    ...goesOn,
  },
  {
    name: 'a subflow in a subflow',
    nodes: [
      ...subflow('inner', [node('i', 'change', [[]], { rules: [] })], 'i', ['i']),
      ...subflow('outer', [node('o', 'subflow:inner', [[]])], 'o', ['o']),
      node('x', 'subflow:outer', [['end']]),
    ],
    ...goesOn,
  },
  {
    name: 'a filter of the data, and its end',
    nodes: [
      node('x', 'misp-filter', [['y']], {
        selector: 'Event.Attribute.{n}',
        path: 'type',
        operator: 'equals',
        value: 'ip-dst',
        label: 'A',
      }),
      node('y', 'misp-filter-reset', [['end']], { label: 'all' }),
    ],
    ...goesOn,
  },
  {
    name: 'a request that is refused, with a Catch node behind which the flow goes on',
    nodes: [
      node('x', 'change', [['get']], {
        rules: [{ t: 'move', p: 'payload', pt: 'msg', to: 'kept', tot: 'msg' }],
      }),
      node('get', 'http request', [['back']], { method: 'GET', ret: 'txt', url: 'http://127.0.0.1:1/' }),
      node('c', 'catch', [['back']], { scope: ['get'], uncaught: false }),
      node('back', 'change', [['end']], {
        rules: [{ t: 'move', p: 'kept', pt: 'msg', to: 'payload', tot: 'msg' }],
      }),
    ],
    ...goesOn,
  },
  {
    name: 'a rate limit on a side branch that only shows',
    nodes: [
      node('x', 'function', [['s', 'end']], { func: 'return msg;', outputs: 1 }),
      node('s', 'delay', [['d']], {
        pauseType: 'rate',
        rate: '1',
        nbRateUnits: '1',
        rateUnits: 'minute',
        drop: true,
      }),
      node('d', 'debug', [], { active: false, complete: 'payload' }),
    ],
    ...goesOn,
  },
];
