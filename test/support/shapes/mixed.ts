import { node } from '../flows';
import type { Shape } from './shape';

/**
 * Nodes that put the data of several runs into one message, or keep some of it back for the next: asked at the same
 * time, or one after the other, they give a red event the looks of a green one.
 */
export const mixed: Pick<Shape, 'name' | 'nodes' | 'first'>[] = [
  {
    name: 'join of two messages by number',
    nodes: [
      ...twoOf(''),
      node('j', 'join', [['pick']], {
        mode: 'custom',
        build: 'array',
        count: '2',
        property: 'payload',
        propertyType: 'msg',
        useparts: false,
      }),
      node('pick', 'function', [['end']], { func: 'msg.payload = msg.payload[0]; return msg;', outputs: 1 }),
    ],
    first: 'two',
  },
  {
    name: 'join that reduces',
    nodes: [
      ...twoOf("msg.parts = { id: 'own', index: INDEX, count: 2 };"),
      node('j', 'join', [['end']], {
        mode: 'reduce',
        reduceExp: '$exists($A.Event) ? $A : payload',
        reduceInit: '{}',
        reduceInitType: 'json',
        reduceFixup: '',
      }),
    ],
    first: 'two',
  },
  {
    name: 'join in automatic mode, by parts that the flow made',
    nodes: [
      node('own', 'function', [['j']], {
        func: `const index = (context.get('index') ?? 1) ? 0 : 1;
context.set('index', index);
msg.parts = { id: msg.topic, type: 'array', index, count: 2 };
return msg;`,
        outputs: 1,
      }),
      node('j', 'join', [['pick']], { mode: 'auto' }),
      node('pick', 'function', [['end']], { func: 'msg.payload = msg.payload[0]; return msg;', outputs: 1 }),
    ],
    first: 'own',
  },
  {
    name: 'trigger node that is extended, and sends the payload of the first message',
    nodes: [
      node('x', 'trigger', [['end']], {
        op1type: 'nul',
        op2type: 'pay',
        duration: '150',
        units: 'ms',
        extend: true,
      }),
    ],
  },
  {
    name: 'split in a stream',
    nodes: [
      node('lines', 'function', [['x']], {
        func: 'msg.lines = `start\\n${msg.payload.Event.Tag[0].name}`; return msg;',
        outputs: 1,
      }),
      node('x', 'split', [['tag']], {
        splt: '\\n',
        spltType: 'str',
        arraySplt: 1,
        stream: true,
        property: 'lines',
      }),
      node('tag', 'function', [['end']], {
        func: 'msg.payload.Event.Tag = [{ name: msg.lines }]; return msg;',
        outputs: 1,
      }),
    ],
    first: 'lines',
  },
].map((shape) => ({ first: 'x', ...shape }));

/** Each message twice, the second a little later. */
function twoOf(code: string) {
  const func = (index: number) => `${code.replace('INDEX', String(index))} return msg;`;
  return [
    node('two', 'function', [['a'], ['b']], { func: 'return [msg, msg];', outputs: 2 }),
    node('a', 'function', [['j']], { func: func(0), outputs: 1 }),
    node('b', 'delay', [['b2']], { pauseType: 'delay', timeout: '100', timeoutUnits: 'milliseconds' }),
    node('b2', 'function', [['j']], { func: func(1), outputs: 1 }),
  ];
}
