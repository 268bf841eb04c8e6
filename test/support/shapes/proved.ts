import path from 'node:path';
import { allow, block, node } from '../flows';
import { fn, type Shape } from './shape';

/** The core nodes in their everyday use, and nodes of other authors. */
export const proved: Shape[] = [
  { name: 'function, synchronous', nodes: fn('return msg;'), red: 'block', green: 'allow' },
  {
    name: 'function, asynchronous (await)',
    nodes: fn('await new Promise((ok) => setTimeout(ok, 200)); return msg;'),
    red: 'block',
    green: 'allow',
    after: 200,
  },
  {
    name: 'function, new message',
    nodes: fn('return { payload: msg.payload };'),
    red: 'block',
    green: 'allow',
  },
  {
    name: 'function, message cloned through JSON',
    nodes: fn('return JSON.parse(JSON.stringify(msg));'),
    red: 'block',
    green: 'allow',
  },
  {
    name: 'function, several outputs',
    nodes: [
      node('x', 'function', [['end'], ['end']], {
        func: 'return [msg, { payload: msg.payload }];',
        outputs: 2,
      }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'function, returns null',
    nodes: fn('return null;'),
    red: 'allow',
    green: 'allow',
    response: { green: 'unanswered' },
  },
  {
    name: 'function, sends from a timer',
    nodes: fn('setTimeout(() => node.send(msg), 200);'),
    red: 'block',
    green: 'deadline',
    after: 200,
  },
  {
    name: 'function, sends from a timer and calls done',
    nodes: fn('setTimeout(() => { node.send(msg); node.done(); }, 200);'),
    red: 'block',
    green: 'allow',
    after: 200,
  },
  {
    name: 'function, message stored in the context',
    nodes: fn("context.set('kept', msg); setTimeout(() => {}, 1);"),
    red: 'deadline',
    green: 'deadline',
    response: { green: 'deadline' },
  },
  { name: 'function, throws', nodes: fn("throw new Error('broken');"), red: 'error', green: 'error' },
  {
    name: 'function, throws, with a Catch node',
    nodes: [
      ...fn("throw new Error('broken');"),
      node('catch', 'catch', [['end']], { scope: ['x'], uncaught: false }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'function, node.error without message',
    nodes: fn("node.error('broken'); return null;"),
    red: 'error',
    green: 'error',
  },
  {
    name: 'switch',
    nodes: [
      node('x', 'switch', [['end']], {
        property: 'payload',
        propertyType: 'msg',
        rules: [{ t: 'nnull' }],
        checkall: 'true',
        outputs: 1,
      }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'switch without a match',
    nodes: [
      node('x', 'switch', [['end']], {
        property: 'payload',
        propertyType: 'msg',
        rules: [{ t: 'null' }],
        checkall: 'true',
        outputs: 1,
      }),
    ],
    red: 'allow',
    green: 'allow',
    response: { green: 'unanswered' },
  },
  {
    name: 'switch that recreates sequences',
    nodes: [
      node('x', 'switch', [['end']], {
        property: 'payload',
        propertyType: 'msg',
        rules: [{ t: 'nnull' }],
        checkall: 'true',
        repair: true,
        outputs: 1,
      }),
    ],
    red: 'block',
    green: 'deadline',
  },
  {
    name: 'change',
    nodes: [
      node('x', 'change', [['end']], {
        rules: [{ t: 'set', p: 'topic', pt: 'msg', to: 'changed', tot: 'str' }],
      }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'template',
    nodes: [
      node('x', 'template', [['end']], {
        field: 'text',
        fieldType: 'msg',
        format: 'handlebars',
        syntax: 'mustache',
        template: '{{payload.Event.info}}',
        output: 'str',
      }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'json, there and back',
    nodes: [
      node('x', 'json', [['y']], { property: 'payload', action: 'str' }),
      node('y', 'json', [['end']], { property: 'payload', action: 'obj' }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'split and join',
    nodes: [
      node('x', 'split', [['y']], { splt: '\\n', spltType: 'str', arraySplt: 1, arraySpltType: 'len' }),
      node('y', 'join', [['end']], { mode: 'auto' }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'join that never completes',
    nodes: [
      node('x', 'join', [['end']], {
        mode: 'custom',
        build: 'array',
        count: '5',
        property: 'payload',
        propertyType: 'msg',
      }),
    ],
    red: 'deadline',
    green: 'deadline',
    response: { green: 'deadline' },
  },
  {
    name: 'delay',
    nodes: [
      node('x', 'delay', [['end']], { pauseType: 'delay', timeout: '300', timeoutUnits: 'milliseconds' }),
    ],
    red: 'block',
    green: 'allow',
    after: 300,
  },
  {
    name: 'rate limit',
    nodes: [
      node('x', 'delay', [['end']], {
        pauseType: 'rate',
        rate: '20',
        nbRateUnits: '1',
        rateUnits: 'second',
        drop: false,
      }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'delay that is flushed',
    nodes: [
      node('y', 'change', [['x']], { rules: [{ t: 'set', p: 'flush', pt: 'msg', to: 'true', tot: 'bool' }] }),
      node('x', 'delay', [['end']], {
        pauseType: 'rate',
        rate: '1',
        nbRateUnits: '1',
        rateUnits: 'second',
        drop: false,
      }),
    ],
    first: 'y',
    red: 'block',
    green: 'deadline',
  },
  {
    name: 'trigger with a second message',
    nodes: [
      node('x', 'trigger', [['end']], {
        op1type: 'nul',
        op2type: 'payl',
        duration: '250',
        units: 'ms',
        extend: false,
      }),
    ],
    red: 'block',
    green: 'deadline',
    after: 250,
  },
  {
    // The second request comes while the node still keeps others back: its message vanishes there.
    name: 'trigger with one message',
    nodes: [
      node('x', 'trigger', [['end']], {
        op1type: 'pay',
        op2type: 'nul',
        duration: '50',
        units: 'ms',
        extend: false,
      }),
    ],
    red: 'block',
    green: 'unanswered',
  },
  {
    name: 'http request, ok',
    nodes: [
      node('k', 'change', [['x']], {
        rules: [{ t: 'move', p: 'payload', pt: 'msg', to: 'kept', tot: 'msg' }],
      }),
      node('x', 'http request', [['b']], { method: 'GET', ret: 'txt', url: 'http://127.0.0.1:${port}/ok' }),
      node('b', 'change', [['end']], {
        rules: [{ t: 'move', p: 'kept', pt: 'msg', to: 'payload', tot: 'msg' }],
      }),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
    after: 100,
  },
  {
    name: 'http request, refused',
    nodes: [node('x', 'http request', [['end']], { method: 'GET', ret: 'txt', url: 'http://127.0.0.1:1/' })],
    red: 'error',
    green: 'error',
  },
  {
    name: 'link out and link in',
    nodes: [
      node('x', 'link out', [], { mode: 'link', links: ['y'] }),
      node('y', 'link in', [['end']], { links: ['x'] }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'link call',
    nodes: [
      node('x', 'link call', [['end']], { links: ['y'], linkType: 'static', timeout: '5' }),
      node('y', 'link in', [['f']], { links: [] }),
      node('f', 'function', [['r']], {
        func: 'await new Promise((ok) => setTimeout(ok, 100)); return msg;',
        outputs: 1,
      }),
      node('r', 'link out', [], { mode: 'return', links: [] }),
    ],
    red: 'block',
    green: 'allow',
    after: 100,
  },
  {
    name: 'subflow',
    nodes: [
      {
        id: 'sub',
        type: 'subflow',
        name: 'Sub',
        in: [{ wires: [{ id: 'inner' }] }],
        out: [{ wires: [{ id: 'inner', port: 0 }] }],
      },
      {
        id: 'inner',
        type: 'function',
        z: 'sub',
        x: 1,
        y: 1,
        func: 'await null; return msg;',
        outputs: 1,
        wires: [[]],
      },
      node('x', 'subflow:sub', [['end']]),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'complete',
    nodes: [
      node('x', 'function', [[]], { func: 'return msg;', outputs: 1 }),
      node('c', 'complete', [['end']], { scope: ['x'] }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'status',
    nodes: [
      node('x', 'function', [[]], { func: "node.status({ text: 'tlp:red' }); return null;", outputs: 1 }),
      node('s', 'status', [['b']], { scope: ['x'] }),
      block('b', 'blocked by the flow'),
    ],
    red: 'block',
    green: 'block',
  },
  {
    name: 'exec',
    forks: true,
    nodes: [
      node('k', 'change', [['x']], {
        rules: [{ t: 'move', p: 'payload', pt: 'msg', to: 'kept', tot: 'msg' }],
      }),
      node('x', 'exec', [['b'], [], []], {
        command: 'sleep 0.2',
        append: '',
        addpay: '',
        useSpawn: 'false',
        oldrc: false,
      }),
      node('b', 'change', [['end']], {
        rules: [{ t: 'move', p: 'kept', pt: 'msg', to: 'payload', tot: 'msg' }],
      }),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
    after: 200,
  },
  {
    name: 'file',
    nodes: [
      node('x', 'file', [['end']], {
        filename: '/dev/null',
        filenameType: 'str',
        appendNewline: true,
        overwriteFile: 'false',
        encoding: 'none',
      }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'file in',
    nodes: [
      node('k', 'change', [['x']], {
        rules: [{ t: 'move', p: 'payload', pt: 'msg', to: 'kept', tot: 'msg' }],
      }),
      node('x', 'file in', [['b']], {
        filename: path.join(__dirname, 'shape.ts'),
        filenameType: 'str',
        format: 'utf8',
      }),
      node('b', 'change', [['end']], {
        rules: [{ t: 'move', p: 'kept', pt: 'msg', to: 'payload', tot: 'msg' }],
      }),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
  },
  {
    name: 'debug, on a branch of its own',
    nodes: [
      node('x', 'function', [['end', 'd']], { func: 'return msg;', outputs: 1 }),
      node('d', 'debug', [], { active: true, tosidebar: false, console: false, complete: 'payload' }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'rbe (filter)',
    nodes: [
      node('x', 'rbe', [['end']], { func: 'rbe', property: 'payload.Event.Tag[0].name', septopics: false }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'range',
    nodes: [
      node('k', 'change', [['x']], { rules: [{ t: 'set', p: 'number', pt: 'msg', to: '5', tot: 'num' }] }),
      node('x', 'range', [['end']], {
        property: 'number',
        minin: '0',
        maxin: '10',
        minout: '0',
        maxout: '1',
        action: 'scale',
      }),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
  },
  {
    name: 'yaml, there and back',
    nodes: [
      node('x', 'yaml', [['y']], { property: 'payload' }),
      node('y', 'yaml', [['end']], { property: 'payload' }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'xml, there and back',
    nodes: [
      node('k', 'change', [['x']], {
        rules: [{ t: 'set', p: 'text', pt: 'msg', to: '<a>1</a>', tot: 'str' }],
      }),
      node('x', 'xml', [['end']], { property: 'text', attr: '', chr: '' }),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
  },
  {
    name: 'another author: done before an asynchronous send',
    nodes: [node('x', 'other-sends-after-done', [['end']])],
    red: 'block',
    green: 'deadline',
    after: 150,
  },
  {
    name: 'another author: works asynchronously without done',
    nodes: [node('x', 'other-without-done', [['end']])],
    red: 'block',
    green: 'deadline',
    after: 150,
  },
  {
    name: 'another author: never done',
    nodes: [node('x', 'other-never-done', [['end']])],
    red: 'deadline',
    green: 'deadline',
    response: { green: 'deadline' },
  },
  {
    name: 'another author: throws',
    nodes: [node('x', 'other-throws', [['end']])],
    red: 'error',
    green: 'error',
  },
  {
    name: 'another author: throws, with a Catch node',
    nodes: [
      node('x', 'other-throws', [['end']]),
      node('catch', 'catch', [['end']], { scope: ['x'], uncaught: false }),
    ],
    red: 'block',
    green: 'deadline',
    response: { green: 'deadline' },
  },
  {
    name: 'another author: a new message',
    nodes: [node('x', 'other-new-message', [['end']])],
    red: 'block',
    green: 'deadline',
  },
  {
    name: 'another author, with an explicit allow behind it',
    nodes: [node('x', 'other-sends-after-done', [['end', 'g']]), allow('g')],
    red: 'block',
    green: 'allow',
    after: 150,
  },
  {
    name: 'another author on a branch, an explicit allow on another',
    nodes: [
      node('k', 'function', [['x', 'g']], { func: 'return msg;', outputs: 1 }),
      node('x', 'other-sends-after-done', [['end']]),
      allow('g'),
    ],
    first: 'k',
    red: 'block',
    green: 'deadline',
    after: 150,
  },
  {
    name: 'another author at the end of a branch that cannot block',
    nodes: [
      node('k', 'function', [['x', 'end']], { func: 'return msg;', outputs: 1 }),
      node('x', 'other-sends-after-done', [[]]),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
  },
  {
    name: 'unwired outputs',
    nodes: fn('return msg;').map((entry) => ({ ...entry, wires: [[]] })),
    red: 'allow',
    green: 'allow',
    response: { green: 'unanswered' },
  },
  {
    name: 'a disabled node',
    nodes: [
      node('k', 'function', [['x', 'end']], { func: 'return msg;', outputs: 1 }),
      node('x', 'delay', [['end']], { pauseType: 'delay', timeout: '5', timeoutUnits: 'seconds', d: true }),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
  },
  {
    name: 'a loop',
    nodes: [
      node('x', 'function', [['x2']], { func: 'msg.n = (msg.n || 0) + 1; return msg;', outputs: 1 }),
      node('x2', 'switch', [['x'], ['end']], {
        property: 'n',
        propertyType: 'msg',
        rules: [{ t: 'lt', v: '20', vt: 'num' }, { t: 'else' }],
        checkall: 'false',
        outputs: 2,
      }),
    ],
    red: 'block',
    green: 'allow',
  },
];
