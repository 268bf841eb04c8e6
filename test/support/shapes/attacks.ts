import { allow, block, node } from '../flows';
import type { FlowNode } from '../node-red';
import { fn, type Shape } from './shape';

const rules = (list: object[], more: object = {}) => ({
  property: 'payload',
  propertyType: 'msg',
  rules: list,
  checkall: 'true',
  repair: false,
  outputs: list.length,
  ...more,
});
const change = (name: string, to: string[], property: string, value: string, type = 'str') =>
  node(name, 'change', [to], { rules: [{ t: 'set', p: property, pt: 'msg', to: value, tot: type }] });
const wait = (name: string, to: string[], ms: number, more: object = {}) =>
  node(name, 'delay', [to], {
    pauseType: 'delay',
    timeout: String(ms),
    timeoutUnits: 'milliseconds',
    ...more,
  });
const side = (...nodes: FlowNode[]): FlowNode[] => [
  node('k', 'function', [['s', 'end']], { func: 'return msg;', outputs: 1 }),
  ...nodes,
];
const subflow = (inner: FlowNode[], first: string, last?: string): FlowNode[] => [
  {
    id: 'sub',
    type: 'subflow',
    name: 'Checks',
    in: [{ x: 1, y: 1, wires: [{ id: `node-${first}` }] }],
    out: last ? [{ x: 1, y: 1, wires: [{ id: `node-${last}`, port: 0 }] }] : [],
  },
  ...inner.map((entry) => ({ ...entry, z: 'sub' })),
];
const held = { red: 'deadline', green: 'deadline', response: { green: 'deadline' } } as const;
const lost = { red: 'unanswered', green: 'unanswered' } as const;

/** Function nodes that send, fail or show something after Node-RED takes them for finished. */
export const functions: Shape[] = [
  {
    name: 'function: the queue is drained from On Start',
    nodes: fn("context.get('q').push({ ...msg });", {
      initialize:
        "context.set('q', []); setInterval(() => { const m = context.get('q').shift(); if (m) node.send(m); }, 100);",
      finalize: '',
    }),
    red: 'block',
    green: 'deadline',
    after: 50,
  },
  {
    name: 'function: a regular expression hides the send behind it',
    nodes: fn(
      "setTimeout(() => { msg.h = String(msg.payload.Event.info).replace(/^https?:\\/\\//, ''); node.send(msg); }, 150);",
    ),
    red: 'block',
    green: 'deadline',
    after: 150,
  },
  {
    name: 'function: an address in a template text hides the send behind it',
    nodes: fn(
      'setTimeout(() => { msg.ref = `https://misp/${msg.payload.Event.id}`; node.send(msg); }, 150);',
    ),
    red: 'block',
    green: 'deadline',
    after: 150,
  },
  {
    name: 'function: a promise that nobody waits for',
    nodes: fn('new Promise((ok) => setTimeout(ok, 150)).then(() => node.send(msg));'),
    red: 'block',
    green: 'deadline',
    after: 150,
  },
  {
    name: 'function: forEach with an asynchronous callback',
    nodes: fn(
      '[1].forEach(async () => { await new Promise((ok) => setTimeout(ok, 150)); node.send(msg); });',
    ),
    red: 'block',
    green: 'deadline',
    after: 150,
  },
  {
    name: 'function: Promise.all is awaited',
    nodes: fn('await Promise.all([1, 2].map(() => new Promise((ok) => setTimeout(ok, 100)))); return msg;'),
    red: 'block',
    green: 'allow',
    after: 100,
  },
  {
    name: 'function: an inner function that is not awaited',
    nodes: fn('(async () => { await new Promise((ok) => setTimeout(ok, 150)); node.send(msg); })();'),
    red: 'block',
    green: 'deadline',
    after: 150,
  },
  {
    name: 'function: a copy in the flow context, sent by another function',
    nodes: [
      ...fn("flow.set('pending', { ...msg });"),
      node('tick', 'inject', [['pick']], { props: [{ p: 'payload' }], repeat: '0.1', payloadType: 'date' }),
      node('pick', 'function', [['end']], {
        func: "const m = flow.get('pending'); flow.set('pending', null); return m;",
        outputs: 1,
      }),
    ],
    red: 'block',
    green: 'deadline',
    after: 1,
  },
  { name: "function: throws ''", nodes: fn("throw '';"), ...held },
  { name: 'function: throws undefined', nodes: fn('throw undefined;'), ...held },
  { name: 'function: throws what may be nothing', nodes: fn('throw msg.nothing;'), ...held },
  {
    name: 'function: rejects with an error',
    nodes: fn("await Promise.reject(new Error('no'))"),
    red: 'error',
    green: 'error',
  },
  {
    name: 'function: an error from a timer, with a Catch node that blocks',
    nodes: [
      ...fn("setTimeout(() => node.error('late', msg), 150); return null;"),
      node('c', 'catch', [['end']], { scope: null, uncaught: false }),
    ],
    red: 'block',
    green: 'deadline',
    after: 150,
  },
  {
    name: 'function: a status from a promise, with a Status node',
    nodes: [
      ...fn(
        'new Promise((ok) => setTimeout(ok, 150)).then(() => node.status({ text: msg.payload.Event.Tag[0].name }));',
      ),
      node('st', 'status', [['sw']], { scope: ['x'] }),
      node(
        'sw',
        'switch',
        [['stop']],
        rules([{ t: 'eq', v: 'tlp:red', vt: 'str' }], { property: 'status.text' }),
      ),
    ],
    red: 'block',
    green: 'deadline',
    response: { green: 'deadline' },
    after: 150,
  },
  {
    name: 'function: two timers, an allow first and a block later',
    nodes: [
      node('x', 'function', [['go2'], ['end']], {
        func: 'setTimeout(() => node.send([msg, null]), 50); setTimeout(() => node.send([null, { ...msg }]), 250);',
        outputs: 2,
      }),
      allow('go2'),
    ],
    red: 'block',
    green: 'allow',
    after: 250,
  },
  {
    name: 'function: a callback for each attribute of a split',
    nodes: [
      node('p', 'change', [['sp']], {
        rules: [{ t: 'set', p: 'list', pt: 'msg', to: '[{"w":50},{"w":250,"bad":true}]', tot: 'json' }],
      }),
      node('sp', 'split', [['x']], {
        splt: '\\n',
        spltType: 'str',
        arraySplt: 1,
        arraySpltType: 'len',
        property: 'list',
      }),
      node('x', 'function', [['s']], {
        func: `const lookup = (cb) => setTimeout(() => cb(), msg.list.w);
lookup(() => { msg.bad = msg.list.bad && msg.payload.Event.Tag[0].name === 'tlp:red'; node.send(msg); });`,
        outputs: 1,
      }),
      node('s', 'switch', [['stop'], ['go2']], rules([{ t: 'true' }, { t: 'else' }], { property: 'bad' })),
      allow('go2'),
    ],
    first: 'p',
    red: 'block',
    green: 'allow',
    after: 250,
  },
  {
    name: 'function: warns and decides to pass nothing on',
    nodes: fn("node.warn('nothing to do'); return null;"),
    red: 'allow',
    green: 'allow',
    response: { green: 'unanswered' },
  },
  {
    name: 'function: sends each of several messages',
    nodes: fn('for (const n of [1, 2, 3]) node.send({ ...msg, n });'),
    red: 'block',
    green: 'allow',
  },
  {
    name: 'function: code that cannot be read',
    nodes: fn('return msg'.concat(' ;;; }{')),
    ...held,
  },
];

/** Core nodes that drop a message, or mix those of several runs. */
export const core: Shape[] = [
  {
    name: 'rbe: the same value twice',
    nodes: [node('x', 'rbe', [['end']], { func: 'rbe', property: 'payload.Event.info', septopics: false })],
    red: 'block',
    green: 'unanswered',
  },
  {
    name: 'rbe: not a number',
    nodes: [node('x', 'rbe', [['end']], { func: 'deadband', gap: '1', property: 'payload.Event.info' })],
    ...lost,
  },
  {
    name: 'rate limit that drops',
    nodes: [
      node('k', 'function', [['x']], { func: 'return [[{ payload: 1 }, msg]];', outputs: 1 }),
      node('x', 'delay', [['end']], {
        pauseType: 'rate',
        rate: '1',
        nbRateUnits: '1',
        rateUnits: 'second',
        drop: true,
        outputs: 1,
      }),
      node('c', 'catch', [['go2']], { scope: ['end'], uncaught: false }),
      allow('go2'),
    ],
    first: 'k',
    ...lost,
  },
  {
    name: 'delay that is reset',
    nodes: [change('k', ['x'], 'reset', 'true', 'bool'), wait('x', ['end'], 300)],
    first: 'k',
    ...held,
  },
  {
    name: 'delay that queues by topic',
    nodes: [
      node('x', 'delay', [['end']], {
        pauseType: 'queue',
        rate: '20',
        nbRateUnits: '1',
        rateUnits: 'second',
      }),
    ],
    red: 'block',
    green: 'deadline',
    after: 1,
  },
  {
    name: 'file in without a file name',
    nodes: [node('x', 'file in', [['end']], { filename: 'nope', filenameType: 'msg', format: 'utf8' })],
    ...lost,
  },
  {
    name: 'file without a file name',
    nodes: [node('x', 'file', [['end']], { filename: 'nope', filenameType: 'msg', overwriteFile: 'false' })],
    ...lost,
  },
  {
    name: 'a node that Node-RED could not make',
    nodes: [node('x', 'file', [['end']], { filename: 'nope', filenameType: 'msg' })],
    ...lost,
  },
  {
    name: 'file in: no such file',
    nodes: [
      node('x', 'file in', [['end']], { filename: '/no/such/file', filenameType: 'str', format: 'utf8' }),
    ],
    red: 'error',
    green: 'error',
  },
  {
    name: 'range: not a number',
    nodes: [
      node('x', 'range', [['end']], {
        property: 'payload.Event.info',
        minin: '0',
        maxin: '10',
        minout: '0',
        maxout: '1',
        action: 'scale',
      }),
    ],
    ...lost,
  },
  {
    name: 'range: out of range, dropped',
    nodes: [
      change('k', ['x'], 'n', '50', 'num'),
      node('x', 'range', [['end']], {
        property: 'n',
        minin: '0',
        maxin: '10',
        minout: '0',
        maxout: '1',
        action: 'drop',
      }),
    ],
    first: 'k',
    ...lost,
  },
  {
    name: 'exec (spawn): no such command, its output is checked',
    nodes: [
      node('x', 'exec', [['end'], [], []], {
        command: 'no-such-command-here',
        addpay: '',
        append: '',
        useSpawn: 'true',
        oldrc: false,
      }),
    ],
    ...lost,
  },
  {
    name: 'exec (spawn): no output',
    nodes: [
      node('x', 'exec', [['end'], [], []], {
        command: 'true',
        addpay: '',
        append: '',
        useSpawn: 'true',
        oldrc: false,
      }),
    ],
    ...lost,
  },
  {
    name: 'exec: a process that is to be killed and is not there',
    nodes: [
      change('k', ['x'], 'kill', 'SIGTERM'),
      node('x', 'exec', [['end'], [], []], { command: 'true', addpay: '', append: '', useSpawn: 'false' }),
    ],
    first: 'k',
    ...lost,
  },
  {
    name: 'csv: no rows',
    nodes: [
      change('k', ['x'], 'payload', ''),
      node('x', 'csv', [['end']], { sep: ',', hdrin: false, multi: 'one', ret: '\\n', temp: '' }),
    ],
    first: 'k',
    ...lost,
  },
  {
    name: 'html: nothing matches',
    nodes: [
      change('k', ['x'], 'payload', '<p>x</p>'),
      node('x', 'html', [['end']], {
        property: 'payload',
        outproperty: 'payload',
        tag: 'h1',
        ret: 'html',
        as: 'multi',
      }),
    ],
    first: 'k',
    ...lost,
  },
  {
    name: 'split of an empty list',
    nodes: [
      node('x', 'split', [['end']], {
        splt: '\\n',
        spltType: 'str',
        arraySplt: 1,
        arraySpltType: 'len',
        property: 'payload.Event.Attribute',
      }),
    ],
    ...lost,
  },
  {
    name: 'split of a number',
    nodes: [
      change('k', ['x'], 'n', '5', 'num'),
      node('x', 'split', [['end']], { splt: '\\n', spltType: 'str', arraySplt: 1, property: 'n' }),
    ],
    first: 'k',
    ...lost,
  },
  {
    name: 'split of what is not there',
    nodes: [node('x', 'split', [['end']], { splt: '\\n', spltType: 'str', arraySplt: 1, property: 'nope' })],
    ...held,
  },
  {
    name: 'split in a stream',
    nodes: [
      change('k', ['x'], 'n', 'a\nb'),
      node('x', 'split', [['end']], {
        splt: '\\n',
        spltType: 'str',
        arraySplt: 1,
        stream: true,
        property: 'n',
      }),
    ],
    first: 'k',
    red: 'block',
    green: 'deadline',
    response: { green: 'deadline' },
  },
  {
    name: 'split and join of an empty list',
    nodes: [
      node('x', 'split', [['y']], {
        splt: '\\n',
        spltType: 'str',
        arraySplt: 1,
        arraySpltType: 'len',
        property: 'payload.Event.Attribute',
      }),
      node('y', 'join', [['end']], { mode: 'auto' }),
    ],
    ...lost,
  },
  {
    name: 'join in automatic mode without parts',
    nodes: [node('x', 'join', [['end']], { mode: 'auto' })],
    ...lost,
  },
  {
    name: 'split, a condition that drops one part, join',
    nodes: [
      change('k', ['x'], 'list', '[1,2,3]', 'json'),
      node('x', 'split', [['sw']], {
        splt: '\\n',
        spltType: 'str',
        arraySplt: 1,
        arraySpltType: 'len',
        property: 'list',
      }),
      node('sw', 'switch', [['y']], rules([{ t: 'lt', v: '3', vt: 'num' }], { property: 'list' })),
      node('y', 'join', [['end']], { mode: 'auto' }),
    ],
    first: 'k',
    ...held,
  },
  {
    name: 'split and join that are complete, with a wait between them',
    nodes: [
      change('k', ['x'], 'list', '[1,2,3]', 'json'),
      node('x', 'split', [['w']], {
        splt: '\\n',
        spltType: 'str',
        arraySplt: 1,
        arraySpltType: 'len',
        property: 'list',
      }),
      wait('w', ['y'], 100),
      node('y', 'join', [['end']], { mode: 'auto' }),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
    after: 100,
  },
  {
    name: 'join of two branches by number',
    nodes: [
      node('x', 'function', [['a'], ['b']], { func: 'return [msg, { ...msg }];', outputs: 2 }),
      change('a', ['j'], 'topic', 'a'),
      wait('b', ['j'], 100),
      node('j', 'join', [['pk']], {
        mode: 'custom',
        build: 'array',
        count: '2',
        property: 'payload',
        propertyType: 'msg',
        useparts: false,
      }),
      node('pk', 'function', [['end']], { func: 'msg.payload = msg.payload[0]; return msg;', outputs: 1 }),
    ],
    red: 'block',
    green: 'deadline',
    response: { green: 'deadline' },
    after: 100,
  },
  {
    name: 'switch: an expression that fails',
    nodes: [
      node(
        'x',
        'switch',
        [['end'], ['end']],
        rules([{ t: 'true' }, { t: 'else' }], {
          property: '$number(payload.Event.info) > 5',
          propertyType: 'jsonata',
        }),
      ),
    ],
    ...lost,
  },
  {
    name: 'switch: a rule whose expression fails',
    nodes: [
      node(
        'x',
        'switch',
        [['end'], ['end']],
        rules([{ t: 'jsonata_exp', v: '$number(payload.Event.info) > 5', vt: 'jsonata' }, { t: 'else' }]),
      ),
    ],
    red: 'error',
    green: 'error',
  },
  {
    name: 'switch: a property that is not there',
    nodes: [node('x', 'switch', [['end']], rules([{ t: 'nnull' }], { property: 'nope.nope' }))],
    red: 'allow',
    green: 'allow',
    response: { green: 'unanswered' },
  },
  {
    name: 'batch',
    nodes: [node('x', 'batch', [['end']], { mode: 'count', count: 2, overlap: 0, interval: 10 })],
    red: 'deadline',
    green: 'deadline',
    // The second message completes the two, and its own way is answered.
    response: { green: 'allow' },
  },
  {
    name: 'sort of a sequence that never ends',
    nodes: [
      node('x', 'sort', [['end']], {
        target: 'payload.Event',
        targetType: 'msg',
        msgKey: 'payload',
        order: 'ascending',
      }),
    ],
    ...held,
  },
  {
    name: 'trigger node: an allow first, a block later',
    nodes: [
      node('x', 'trigger', [['s']], {
        op1: 'first',
        op1type: 'str',
        op2: 'second',
        op2type: 'str',
        duration: '150',
        units: 'ms',
        extend: false,
      }),
      node('s', 'switch', [['go2'], ['stop']], rules([{ t: 'eq', v: 'first', vt: 'str' }, { t: 'else' }])),
      allow('go2'),
    ],
    red: 'block',
    green: 'block',
    after: 150,
  },
  {
    name: 'trigger node that repeats',
    nodes: [
      node('x', 'trigger', [['end']], {
        op1type: 'pay',
        op2type: 'nul',
        duration: '-300',
        units: 'ms',
        extend: false,
      }),
    ],
    red: 'block',
    green: 'deadline',
    response: { green: 'deadline' },
  },
  {
    name: 'json: not JSON',
    nodes: [
      change('k', ['x'], 'text', '{broken'),
      node('x', 'json', [['end']], { property: 'text', action: 'obj' }),
    ],
    first: 'k',
    red: 'error',
    green: 'error',
  },
  {
    name: 'json: neither a text nor an object',
    nodes: [
      change('k', ['x'], 'n', 'true', 'bool'),
      node('x', 'json', [['end']], { property: 'n', action: 'obj' }),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
  },
  {
    name: 'xml: not XML',
    nodes: [
      change('k', ['x'], 'text', '<a'),
      node('x', 'xml', [['end']], { property: 'text', attr: '', chr: '' }),
    ],
    first: 'k',
    red: 'error',
    green: 'error',
  },
  {
    name: 'yaml: not YAML',
    nodes: [change('k', ['x'], 'text', 'a: [1'), node('x', 'yaml', [['end']], { property: 'text' })],
    first: 'k',
    red: 'error',
    green: 'error',
  },
  {
    name: 'http request without an address',
    nodes: [node('x', 'http request', [['end']], { method: 'GET', ret: 'txt', url: '' })],
    red: 'error',
    green: 'error',
  },
  {
    name: 'link call to a part that drops the message',
    nodes: [
      node('x', 'link call', [['end']], { links: ['y'], linkType: 'static', timeout: '5' }),
      node('y', 'link in', [['f']], { links: [] }),
      node('f', 'function', [['r']], { func: 'return null;', outputs: 1 }),
      node('r', 'link out', [], { mode: 'return', links: [] }),
    ],
    ...held,
  },
  {
    name: 'link call by name, from the message',
    nodes: [
      change('k', ['x'], 'target', 'the part'),
      node('x', 'link call', [['end']], { links: [], linkType: 'dynamic', timeout: '5' }),
      node('y', 'link in', [['r']], { links: [], name: 'the part' }),
      node('r', 'link out', [], { mode: 'return', links: [] }),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
  },
  {
    name: 'link calls at the same time, the second back first',
    nodes: [
      node('k', 'function', [['x']], {
        func: 'return [[{ ...msg, w: 200 }, { ...msg, w: 20 }]];',
        outputs: 1,
      }),
      node('x', 'link call', [['end']], { links: ['y'], linkType: 'static', timeout: '5' }),
      node('y', 'link in', [['f']], { links: [] }),
      node('f', 'function', [['r']], {
        func: 'await new Promise((ok) => setTimeout(ok, msg.w)); return msg;',
        outputs: 1,
      }),
      node('r', 'link out', [], { mode: 'return', links: [] }),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
    after: 20,
  },
  {
    name: 'link call to a part that answers with a new message',
    nodes: [
      node('x', 'link call', [['end']], { links: ['y'], linkType: 'static', timeout: '5' }),
      node('y', 'link in', [['f']], { links: [] }),
      node('f', 'function', [['r']], {
        func: 'return { payload: msg.payload, _linkSource: msg._linkSource };',
        outputs: 1,
      }),
      node('r', 'link out', [], { mode: 'return', links: [] }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'a return that nobody called, of a part that others call',
    nodes: [
      node('r', 'link out', [], { mode: 'return', links: [] }),
      node('call', 'link call', [['end']], { links: ['y'], linkType: 'static', timeout: '5' }),
      node('y', 'link in', [['r']], { links: [] }),
    ],
    first: 'r',
    ...lost,
  },
  {
    name: 'junction',
    nodes: [node('x', 'junction', [['end']], {})],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'template that changes the topic',
    nodes: [
      node('x', 'template', [['end']], {
        field: 'topic',
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
];

/** How the parts of a flow hang together. */
export const structure: Shape[] = [
  {
    name: 'subflow whose response takes its answer from the environment',
    nodes: [
      ...subflow(
        [
          node('in', 'misp-if-tag', [['sr'], []], {
            scope: 'event',
            condition: 'in_or',
            tags: ['tlp:red'],
            clusters: [],
          }),
          node('sr', 'misp-response', [], { answer: '${ANSWER}', message: 'blocked by the flow' }),
        ],
        'in',
      ).map((entry) =>
        entry.type === 'subflow'
          ? { ...entry, env: [{ name: 'ANSWER', type: 'str', value: 'block' }] }
          : entry,
      ),
      node('x', 'subflow:sub', []),
    ],
    red: 'block',
    green: 'allow',
    response: { green: 'unanswered' },
  },
  {
    name: 'subflow of a package with a response inside',
    nodes: [node('x', 'other-checks', [])],
    red: 'block',
    green: 'allow',
    response: { green: 'unanswered' },
  },
  {
    name: 'subflow with a function that sends later',
    nodes: [
      ...subflow(
        [node('in', 'function', [[]], { func: 'setTimeout(() => node.send(msg), 150);', outputs: 1 })],
        'in',
        'in',
      ),
      node('x', 'subflow:sub', [['end']]),
    ],
    red: 'block',
    green: 'deadline',
    after: 150,
  },
  {
    name: 'subflow in which a message is dropped',
    nodes: [
      ...subflow(
        [node('in', 'rbe', [[]], { func: 'deadband', gap: '1', property: 'payload.Event.info' })],
        'in',
        'in',
      ),
      node('x', 'subflow:sub', [['end']]),
    ],
    ...lost,
  },
  {
    name: 'subflow with a node of another author that fails late, Catch outside',
    nodes: [
      ...subflow([node('in', 'other-fails-late', [[]], {})], 'in'),
      node('x', 'subflow:sub', []),
      node('c', 'catch', [['stop']], { scope: null, uncaught: false }),
    ],
    red: 'block',
    green: 'block',
    after: 150,
  },
  {
    name: 'subflow that throws, Catch at the instance',
    nodes: [
      ...subflow([node('in', 'function', [[]], { func: "throw new Error('x')", outputs: 1 })], 'in'),
      node('x', 'subflow:sub', []),
      node('c', 'catch', [['end']], { scope: ['x'], uncaught: false }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'two subflow instances one behind the other',
    nodes: [
      ...subflow([node('in', 'function', [[]], { func: 'await null; return msg;', outputs: 1 })], 'in', 'in'),
      node('x', 'subflow:sub', [['x2']]),
      node('x2', 'subflow:sub', [['end']]),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'throws, and nothing behind it',
    nodes: [node('x', 'function', [[]], { func: "throw new Error('not allowed')", outputs: 1 })],
    red: 'error',
    green: 'error',
  },
  {
    name: 'an error that an uncaught-only Catch node takes',
    nodes: [...fn("throw new Error('x')"), node('c', 'catch', [['end']], { scope: null, uncaught: true })],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'an error of a branch that ends, beside the one that decides',
    nodes: side(node('s', 'function', [[]], { func: "throw new Error('side')", outputs: 1 })),
    first: 'k',
    red: 'error',
    green: 'error',
  },
  {
    name: 'rbe on a side branch',
    nodes: side(
      node('s', 'rbe', [['d']], { func: 'deadband', gap: '1', property: 'payload.Event.info' }),
      node('d', 'debug', [], { active: false, complete: 'payload' }),
    ),
    first: 'k',
    red: 'block',
    green: 'allow',
  },
  {
    name: 'debounce on a side branch',
    nodes: side(
      node('s', 'trigger', [['d']], {
        op1type: 'nul',
        op2type: 'payl',
        duration: '300',
        units: 'ms',
        extend: true,
      }),
      node('d', 'debug', [], { active: false, complete: 'payload' }),
    ),
    first: 'k',
    red: 'block',
    green: 'allow',
  },
  {
    name: 'a slow side branch that cannot block',
    nodes: side(wait('s', ['d'], 300), node('d', 'debug', [], { active: false, complete: 'payload' })),
    first: 'k',
    red: 'block',
    green: 'allow',
    after: 0,
  },
  {
    name: 'debug of everything, status and complete nodes that only show',
    nodes: [
      node('x', 'function', [['end', 'd']], { func: "node.status('at work'); return msg;", outputs: 1 }),
      node('d', 'debug', [], { active: false, complete: 'true', targetType: 'full' }),
      node('st', 'status', [['d']], { scope: null }),
      node('co', 'complete', [['d']], { scope: ['x'] }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'a Catch node that only shows errors',
    nodes: [
      ...fn('return msg;'),
      node('c', 'catch', [['d']], { scope: null, uncaught: false }),
      node('d', 'debug', [], { active: false, complete: 'true', targetType: 'full' }),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'a branch that is concurrent and slow',
    nodes: [
      node('k', 'function', [['c', 'end']], { func: 'return msg;', outputs: 1 }),
      node('c', 'misp-concurrent', [['s']]),
      wait('s', ['d'], 300),
      node('d', 'debug', [], { active: false, complete: 'payload' }),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
  },
  {
    name: 'only a disabled node behind it',
    nodes: [
      node('x', 'function', [['gone']], { func: 'return msg;', outputs: 1 }),
      node('gone', 'change', [['end']], { rules: [], d: true }),
    ],
    red: 'allow',
    green: 'allow',
    response: { green: 'unanswered' },
  },
  {
    name: 'an allow on one branch, a slow check on another',
    nodes: [
      node('k', 'function', [['go2', 'w']], { func: 'return msg;', outputs: 1 }),
      wait('w', ['end'], 200),
      allow('go2'),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
    after: 200,
  },
  {
    name: 'an allow on one branch, a message that vanishes on another',
    nodes: [
      node('k', 'function', [['go2', 'r']], { func: 'return msg;', outputs: 1 }),
      node('r', 'rbe', [['end']], { func: 'deadband', gap: '1', property: 'payload.Event.info' }),
      allow('go2'),
    ],
    first: 'k',
    ...lost,
  },
  {
    name: 'an allow behind what only acts',
    nodes: [
      node('k', 'function', [['end', 'w']], { func: 'return msg;', outputs: 1 }),
      wait('w', ['go2'], 200),
      allow('go2'),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
    after: 0,
  },
  {
    name: 'a function that cannot be set up, on the only way',
    nodes: [node('x', 'split', [['end']], { splt: 'not a list', spltType: 'bin', arraySplt: 1 })],
    ...lost,
  },
  {
    name: 'a logic node that is not set up',
    nodes: [
      node('x', 'misp-if', [['end'], ['end']], {
        language: 'path',
        hash_path: 'a[',
        operator: 'equals',
        value: 'x',
      }),
    ],
    red: 'error',
    green: 'error',
  },
  {
    name: 'a block with a message that cannot be filled in, and a Catch node that allows',
    nodes: [
      node('x', 'misp-if-tag', [['bad'], ['end']], {
        scope: 'event',
        condition: 'in_or',
        tags: ['tlp:red'],
        clusters: [],
      }),
      block('bad', 'blocked by the flow{% if Event.info / 2 %}{% endif %}'),
      node('c', 'catch', [['go2']], { scope: null, uncaught: false }),
      allow('go2'),
    ],
    red: 'block',
    green: 'allow',
  },
  {
    name: 'a message passed on 50 times at once',
    nodes: fn('return [Array.from({ length: 50 }, (_, n) => ({ ...msg, n }))];'),
    red: 'block',
    green: 'allow',
  },
  {
    name: 'a diamond: two ways that meet again',
    nodes: [
      node('k', 'function', [['a', 'b']], { func: 'return msg;', outputs: 1 }),
      wait('a', ['end'], 50),
      wait('b', ['end'], 150),
    ],
    first: 'k',
    red: 'block',
    green: 'allow',
    after: 50,
  },
];

/** Nodes of other packages. */
export const others: Shape[] = [
  {
    name: 'another author: an old package at the end of a side branch',
    nodes: side(node('s', 'other-without-done', [], {})),
    first: 'k',
    red: 'block',
    green: 'allow',
  },
  {
    name: 'another author: never done, at the end of a side branch',
    nodes: side(node('s', 'other-never-done', [], {})),
    first: 'k',
    red: 'block',
    green: 'deadline',
    response: { green: 'allow' },
  },
  {
    name: 'another author: an old package, an allow behind it',
    nodes: [node('x', 'other-without-done', [['end']])],
    red: 'block',
    green: 'deadline',
    after: 150,
  },
  {
    name: 'another author: fails late, with a Catch node that blocks',
    nodes: [
      node('x', 'other-fails-late', [[]]),
      node('c', 'catch', [['stop']], { scope: null, uncaught: false }),
    ],
    red: 'block',
    green: 'block',
    after: 150,
  },
  {
    name: 'another author: fails late without a Catch node, a block behind it',
    nodes: [node('x', 'other-fails-late', [['end']])],
    red: 'error',
    green: 'error',
    after: 150,
  },
  {
    name: 'another author: hands the message over without a wire',
    nodes: [node('x', 'other-hands-over', []), node('y', 'other-takes-over', [['end']])],
    red: 'block',
    green: 'deadline',
    after: 150,
  },
  {
    name: 'another author: only warns and drops the message',
    nodes: [node('x', 'other-warns', [['end']])],
    ...held,
  },
  {
    name: 'another author: well behaved, an allow behind it',
    nodes: [node('x', 'other-good', [['end']])],
    red: 'block',
    green: 'deadline',
  },
];
