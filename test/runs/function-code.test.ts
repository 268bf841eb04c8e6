import { strict as assert } from 'node:assert';
import { whyUnfinished, type FunctionCode } from '../../src/runs/function-code/finished';
import { everydayFunctions } from '../support/everyday-functions';
import { soon } from '../support/soon';

const lib = (name: string, module = name) => ({ libs: [{ var: name, module }] });

/** Finished when it returns, beside what people write every day. */
const finished: [string, FunctionCode?][] = [
  ['setTimeout(() => { node.send(msg); node.done(); }, 5);'],
  ['if (!msg.payload) { node.done(); return; }\nsetTimeout(() => { node.send(msg); node.done(); }, 5);'],
  [
    "axios.get('x').then((r) => { msg.r = r.data; node.send(msg); node.done(); }).catch((e) => { node.error(e, msg); node.done(); });",
    lib('axios'),
  ],
  ['try { node.send(msg); } catch (e) { node.warn(e.message); }\nnode.done();'],
  ['await null; node.send(msg); node.done(); return;'],
  [
    "return axios.post('https://x', msg.payload).then((r) => { msg.payload = r.data; return msg; });",
    lib('axios'),
  ],
  [
    "const r = await axios.get('https://x');\nr.data.items.forEach((i) => node.send({ payload: i }));",
    lib('axios'),
  ],
  [
    "const r = await axios.post(flow.get('url'), msg.payload, { headers: { token: flow.get('token') } }); msg.r = r.data; return msg;",
    lib('axios'),
  ],
  ['const rows = await fetch("https://x").then((r) => r.json()); msg.rows = rows; return msg;'],
  ['await Promise.all(msg.payload.map(async (a) => { await null; node.send({ payload: a }); }));'],
  [
    'const all = msg.payload.map(async (a) => { await null; node.send({ payload: a }); });\nawait Promise.all(all);',
  ],
  [
    'const a = check(1); const b = check(2); await a; await b; async function check(n) { await null; node.send({ n }); }',
  ],
  [
    'const jobs = []; msg.list.forEach((a) => jobs.push(work(a))); const r = await Promise.allSettled(jobs); async function work(a) { await null; node.send(a); } return msg;',
  ],
  ['await (async () => { await null; node.send(msg); })();'],
  ['return (async () => { await null; node.send(msg); })();'],
  ["await axios.get('x').then(() => node.send(msg)).catch((e) => node.error(e, msg));", lib('axios')],
  [
    'function walk(o) { node.send({ payload: o.id }); for (const c of o.children || []) walk(c); }\nwalk(msg.payload);',
  ],
  [
    'const step = async (n) => { if (n) { await null; node.send({ n }); return step(n - 1); } };\nawait step(3);',
  ],
  ['for (let i = 0; i < 3; i++) node.send({ ...msg, i }); return null;'],
  [
    '(msg.payload || []).filter((x) => x.ok).map((x) => x.id).forEach((id) => { node.send({ payload: id }); });',
  ],
  ['msg.payload = msg.payload.replace(/a/g, (m) => m.toUpperCase()); return msg;'],
  ['if (msg.error) throw msg.error; return msg;'],
  ["throw 'Failed: ' + msg.payload;"],
  ['throw `Failed ${msg.payload}`;'],
  ["class Refused extends Error {}\nthrow new Refused('x');"],
  ["const err = new Error('x'); err.code = 4; throw err;"],
  ['try { JSON.parse(msg.payload); } catch (e) { throw e instanceof Error ? e : new Error(e); } return msg;'],
  [
    "await new Promise((ok, no) => fs.readFile('/x', (err, data) => { if (err) return no(err); msg.data = data; ok(); })); return msg;",
    lib('fs'),
  ],
  [
    "await new Promise((ok, no) => { const r = https.get('https://x', (res) => { res.on('end', ok); }); r.on('error', no); r.on('error', (e) => no(e)); }); return msg;",
    lib('https'),
  ],
  ["flow.set('tags', msg.payload.Event.Tag.map((t) => t.name)); return msg;"],
  ["flow.set('big', msg.payload.length > 10 ? 'yes' : 'no'); flow.set('sum', msg.a * 2 - 1); return msg;"],
  [
    "flow.set('on', !flow.get('on')); context.flow.set('n', 1); context.global.set('t', `${Date.now()}`); return msg;",
  ],
  ["total = (typeof total === 'undefined' ? 0 : total) + 1; return msg;"],
  ["setTimeout(() => { flow.set('busy', false); }, 1000); return msg;"],
  [
    "clearTimeout(context.get('timer')); context.set('timer', setTimeout(() => { context.set('n', 0); }, 50)); return msg;",
  ],
  ['function* ids() { for (const a of msg.payload) yield a.id; }\nmsg.ids = [...ids()];\nreturn msg;'],
  [
    "const handlers = { a: (m) => m.topic + '1', b: (m) => m.topic + '2' };\nmsg.topic = (handlers[msg.kind] || handlers.a)(msg);\nreturn msg;",
  ],
];

/** Held, and why. */
const held: [FunctionCode['func'], string, FunctionCode?][] = [
  // timers and callbacks
  ['setTimeout(() => node.send(msg), 100);', 'sendsLater'],
  ['setInterval(() => { node.send(msg); }, 100);', 'sendsLater'],
  ['setImmediate(function () { node.send(msg); });', 'sendsLater'],
  ['queueMicrotask(() => node.send(msg));', 'sendsLater'],
  ['process.nextTick(() => node.send(msg));', 'sendsLater'],
  ["setTimeout(() => node.error('late', msg), 100); return msg;", 'sendsLater'],
  ["setTimeout(() => node.status({ text: 'late' }), 100); return msg;", 'sendsLater'],
  ["setTimeout(() => { throw new Error('late'); }, 100); return msg;", 'sendsLater'],
  ['setTimeout(node.send, 100, msg);', 'handsOn'],
  ['const late = () => node.send(msg); setTimeout(late, 100);', 'sendsLater'],
  ['function late() { node.send(msg); } setTimeout(late, 100);', 'sendsLater'],
  ['{ function late() { node.send(msg); } } setTimeout(late, 100);', 'sendsLater'],
  ['let late; late = () => node.send(msg); setTimeout(late, 100);', 'sendsLater'],
  ['function a() { b(); } function b() { node.send(msg); } setTimeout(() => a(), 100);', 'sendsLater'],
  ['const wait = setTimeout; wait(() => node.send(msg), 100);', 'sendsLater'],
  ["fs.readFile('x', function (e, d) { msg.payload = d; node.send(msg); });", 'sendsLater', lib('fs')],
  [
    "const s = fs.createReadStream('x'); s.on('data', (d) => node.send({ payload: d }));",
    'sendsLater',
    lib('fs'),
  ],
  ["fs.createReadStream('x').forEach((d) => node.send({ payload: d }));", 'sendsLater', lib('fs')],
  ['db.find({}).forEach((d) => { node.send({ payload: d }); });', 'sendsLater', lib('db', 'mongo')],
  [
    'const lookup = (v, cb) => setTimeout(() => cb(null, v), 10);\nlookup(1, (e, bad) => { msg.bad = bad; node.send(msg); });',
    'sendsLater',
  ],
  ["global.get('lookup')(1, () => node.send(msg));", 'sendsLater'],
  ["flow.get('x', (err, v) => { node.send({ payload: v }); });", 'sendsLater'],
  ['const list = { forEach(cb) { setTimeout(cb, 10); } }; list.forEach(() => node.send(msg));', 'sendsLater'],
  ['const later = { get x() { return node.send(msg); } }; return null;', 'sendsLater'],
  ['class Late { run() { node.send(msg); } } setTimeout(() => new Late().run(), 10);', 'sendsLater'],
  // promises
  ['fetch("x").then((r) => { node.send(msg); });', 'sendsLater'],
  ['(async () => { await null; node.send(msg); })();', 'sendsLater'],
  ['async function f() { await null; node.send(msg); } f();', 'sendsLater'],
  [
    'async function f() { await null; node.send(msg); } f().catch((e) => node.warn(e)); return;',
    'sendsLater',
  ],
  ['async function f() { await null; node.send(msg); } const p = f(); return null;', 'sendsLater'],
  [
    'async function f() { await null; node.send(msg); } const p = f(); if (msg.x) return null; await p;',
    'sendsLater',
  ],
  ['async function f() { await null; node.send(msg); } if (msg.x) await f(); else f();', 'sendsLater'],
  ['async function f() { await null; node.send(msg); } void f();', 'sendsLater'],
  ['async function f() { await null; node.send(msg); } await Promise.race([f(), null]);', 'sendsLater'],
  [
    'const jobs = []; await Promise.all(jobs); jobs.push(f()); async function f() { await null; node.send(msg); }',
    'sendsLater',
  ],
  [
    'const jobs = []; const add = () => jobs.push(f()); await Promise.all(jobs); add(); async function f() { await null; node.send(msg); }',
    'sendsLater',
  ],
  ['msg.payload.forEach(async (a) => { await null; node.send({ payload: a }); });', 'sendsLater'],
  ['msg.payload.map(async (a) => { await null; node.send({ payload: a }); });', 'sendsLater'],
  [
    'const f = (a) => g(a); async function g(a) { await null; node.send(a); } msg.payload.forEach((a) => f(a));',
    'sendsLater',
  ],
  ['new Promise(async (ok) => { await null; node.send(msg); ok(); });', 'sendsLater'],
  [
    'const p = new Promise((r) => setTimeout(r, 150)); p.then(() => node.status({ text: "x" }));',
    'sendsLater',
  ],
  ['function* g() { yield 1; node.send(msg); } g().next();', 'sendsLater'],
  // node, by other ways
  ['const n = node; n.send(msg);', 'handsOn'],
  ['const { send } = node; setTimeout(() => send(msg), 10);', 'handsOn'],
  ["setTimeout(() => node['send'](msg), 10);", 'sendsLater'],
  ["setTimeout(() => node['se' + 'nd'](msg), 10);", 'sendsLater'],
  ['later(node, msg);', 'handsOn'],
  ["node.on('close', () => {}); return msg;", 'handsOn'],
  ['setTimeout(() => __node__.send(__send__, 1, msg), 10);', 'unknownCode'],
  ['setTimeout(() => arguments[1](msg), 10);', 'unknownCode'],
  ['setTimeout(() => this.__node__, 10);', 'unknownCode'],
  ["eval('setTimeout(() => node.send(msg))');", 'unknownCode'],
  ["new Function('n', 'm', 'setTimeout(() => n.send(m))')(1, 2);", 'unknownCode'],
  ["(() => {}).constructor('x')();", 'unknownCode'],
  ['with (msg) { payload = 1; } return msg;', 'unknownCode'],
  // tricks of text
  [
    'setTimeout(() => { msg.ref = `https://misp/${msg.payload.Event.id}`; node.send(msg); }, 200);',
    'sendsLater',
  ],
  [
    "setTimeout(() => { msg.h = String(msg.payload).replace(/^https?:\\/\\//, ''); node.send(msg); }, 200);",
    'sendsLater',
  ],
  ["const a = '/*'; setTimeout(() => node.send(msg), 200); const b = '*/';", 'sendsLater'],
  ['const a = /[/*]/; setTimeout(() => node.send(msg), 200); // */', 'sendsLater'],
  ["const a = 'it\\'s'; setTimeout(() => node /* x */ . send(msg), 200);", 'sendsLater'],
  ['const a = `${`//`}`; setTimeout(() => node\n.send(msg), 200);', 'sendsLater'],
  ['setTimeout(() => n\\u006fde.send(msg), 10);', 'sendsLater'],
  ['<!-- setTimeout\nsetTimeout(() => node.send(msg), 10);', 'sendsLater'],
  // done, too early or not at all
  ['// node.done()\nsetTimeout(() => { node.send(msg); }, 200);', 'sendsLater'],
  ["const t = 'node.done()'; setTimeout(() => { node.send(msg); }, 200);", 'sendsLater'],
  ['setTimeout(() => { node.done(); node.send(msg); }, 200);', 'doneEarly'],
  ['setTimeout(() => { node.send(msg); }, 200); node.done();', 'doneEarly'],
  ['node.done(); await null; node.send(msg);', 'doneEarly'],
  ['node.done(); await new Promise((r) => setTimeout(r, 50)); return msg;', 'doneEarly'],
  ['if (msg.x) node.done(); setTimeout(() => { node.send(msg); node.done(); }, 5);', 'doneEarly'],
  ['for (const a of msg.payload) setTimeout(() => { node.send(a); node.done(); }, a.wait);', 'doneEarly'],
  ['msg.payload.forEach((a) => lookup(a, () => { node.send(a); node.done(); }));', 'doneEarly'],
  ['setInterval(() => { node.send(msg); node.done(); }, 5);', 'doneEarly'],
  [
    'setTimeout(() => { node.send(msg); node.done(); }, 5); setTimeout(() => { node.send(msg); }, 50);',
    'doneEarly',
  ],
  ['setTimeout(() => { setTimeout(() => node.send(msg), 9); node.done(); }, 5);', 'sendsLater'],
  ['p().then(() => { node.done(); }).then(() => node.send(msg));', 'doneEarly'],
  ['const done = node.done; done(); await null; node.send(msg);', 'doneEarly'],
  // kept
  ["context.set('kept', msg); return null;", 'keepsMessage'],
  ["const queue = flow.get('queue') || []; queue.push(msg); flow.set('queue', queue);", 'keepsMessage'],
  ["global.set('all', { msg });", 'keepsMessage'],
  ["flow.set('pending', { ...msg });", 'keepsMessage'],
  ["context.get('q').push({ ...msg });", 'keepsMessage'],
  ["flow.set('last', msg.payload);", 'keepsMessage'],
  ["flow.set('last', msg.payload.Event);", 'keepsMessage'],
  ["flow.set('text', JSON.stringify(msg));", 'keepsMessage'],
  ["flow.set('text', `${JSON.stringify(msg.payload)}`);", 'keepsMessage'],
  ["flow.set('text', Buffer.from(JSON.stringify(msg)).toString('base64'));", 'keepsMessage'],
  ["const { payload } = msg; flow.set('last', payload);", 'keepsMessage'],
  ["const box = {}; box.m = msg; flow.set('box', box);", 'keepsMessage'],
  ["const box = {}; flow.set('box', box); box.m = msg;", 'keepsMessage'],
  ["const box = {}; const other = box; other.m = msg; flow.set('box', box);", 'keepsMessage'],
  [
    "const box = []; const add = (list, m) => { list.push(m); }; add(box, msg); flow.set('box', box);",
    'keepsMessage',
  ],
  ["const copy = (m) => ({ ...m }); flow.set('m', copy(msg));", 'keepsMessage'],
  ["flow.set('m', () => msg);", 'keepsMessage'],
  ["flow.set('m', msg.payload.Event.Attribute.filter((a) => a.to_ids));", 'keepsMessage'],
  ["const cache = flow.get('cache') || {}; cache[msg.topic] = msg.payload; return null;", 'keepsMessage'],
  ["const cache = flow.get('cache'); cache.set(msg.topic, RED.util.cloneMessage(msg));", 'keepsMessage'],
  ["Object.assign(flow.get('box'), { m: msg });", 'keepsMessage'],
  ['Object.assign(node, { kept: msg });', 'handsOn'],
  ['node.kept = msg;', 'handsOn'],
  ['kept = msg; return null;', 'keepsMessage'],
  ['kept = { m: { ...msg } };', 'keepsMessage'],
  ['util.kept = msg;', 'unknownCode'],
  ['Array.prototype.kept = msg;', 'unknownCode'],
  ['RED.util.kept = msg;', 'handsOn'],
  ['this.kept = msg;', 'unknownCode'],
  ['globalThis.kept = msg;', 'unknownCode'],
  ["store.put('m', msg);", 'keepsMessage', lib('store')],
  ["_.set(flow.get('box'), 'm', msg);", 'keepsMessage', lib('_', 'lodash')],
  ['axios.kept = msg; return null;', 'keepsMessage', lib('axios')],
  ["msg.id = { ...msg }; flow.set('id', msg.id);", 'keepsMessage'],
  ['const m = flow.get("box"); for (const b of [m]) b.kept = msg;', 'keepsMessage'],
  ['msg.settings = flow.get("settings"); msg.settings.kept = msg.payload; return msg;', 'keepsMessage'],
  // thrown nothing
  ["throw '';", 'throwsNothing'],
  ['throw undefined;', 'throwsNothing'],
  ['throw msg.err;', 'throwsNothing'],
  ['throw null;', 'throwsNothing'],
  ['let x; throw x;', 'throwsNothing'],
  ['throw `${msg.text}`;', 'throwsNothing'],
  ["if (msg.err) { msg.err = ''; throw msg.err; }", 'throwsNothing'],
  ['let err = new Error("x"); err = ""; throw err;', 'throwsNothing'],
  [
    'class Odd { constructor() { return undefined; } } const Error = String; throw Error("");',
    'throwsNothing',
  ],
  ['await Promise.reject(msg.err);', 'throwsNothing'],
  ['await new Promise((ok, no) => no());', 'throwsNothing'],
  ["await new Promise((ok, no) => setTimeout(() => { no(''); }, 5));", 'throwsNothing'],
  // no code
  ['return msg', 'unparsable', { finalize: 'if (' }],
  ['if (', 'unparsable'],
  ['${CODE}', 'unparsable'],
  ['}); setTimeout(() => {}, 5); (async function () {', 'unparsable'],
  ['}, setTimeout(() => {}, 5), async function () {', 'unparsable'],
  // On Start and On Stop
  ['return msg;', 'sendsLater', { initialize: 'setInterval(() => node.send({ payload: 1 }), 100);' }],
  [
    "context.get('q').push({ ...msg });",
    'keepsMessage',
    { initialize: "context.set('q', []); setInterval(() => {}, 100);" },
  ],
  ['emit();', 'sendsLater', { initialize: 'emit = (m) => setTimeout(() => node.send(m), 10);' }],
  [
    'msg.payload.forEach((a) => node.send(a));',
    'sendsLater',
    { initialize: 'const p = [].__x; list.forEach = (f) => setTimeout(f, 10);' },
  ],
  ['return msg;', 'unknownCode', { initialize: 'Array.prototype.map = function () {};' }],
  ['return msg;', 'sendsLater', { finalize: 'setTimeout(() => node.status({}), 10);' }],
];

const cases = (list: [unknown, ...unknown[]][]) => list.map(([func]) => String(func));

describe('a function node', () => {
  for (const { name, ...code } of everydayFunctions)
    it(`is finished when it returns: ${name}`, () => assert.equal(whyUnfinished(code), undefined));
  for (const [func, more] of finished)
    it(`is finished when it returns: ${func}`, () =>
      assert.equal(whyUnfinished({ func, ...more }), undefined));
  for (const [func, reason, more] of held)
    it(`is held: ${String(func)} ${more ? JSON.stringify(more) : ''}`, () =>
      assert.equal(whyUnfinished({ func, ...more }), reason));

  it('is tried on enough of both', () => {
    assert.ok(everydayFunctions.length >= 30, String(everydayFunctions.length));
    assert.ok(new Set(cases(held)).size >= 40);
  });

  it('without code is finished', () => assert.equal(whyUnfinished({}), undefined));

  it('with long, deep or tangled code costs little, and is held', async () => {
    const deep = `${'('.repeat(50_000)}1${')'.repeat(50_000)}; return msg;`;
    const sum = `return ${'1+'.repeat(50_000)}1;`;
    const long = `${'msg.payload = 1;\n'.repeat(80_000)}return msg;`;
    const nested = `${'(() => { '.repeat(1_500)}${'})();'.repeat(1_500)}`;
    const renamed = Array.from({ length: 3_000 }, (_, n) => `let a${n} = a${n + 1};`).join('\n');
    const lines = (count: number, line: (n: number) => string) =>
      Array.from({ length: count }, (_, n) => line(n)).join('\n');
    const promises = `${lines(1_500, (n) => `const p${n} = w();`)}
      ${lines(1_500, (n) => `await p${n};`)} async function w() { node.send(msg); }`;
    const callers = `${lines(4_000, (n) => `function f${n}() { f${n + 1}(); }`)} function f4000() { node.send(msg); }`;
    const thrown = `if (e) {${'throw e;'.repeat(20_000)}}`;
    const within = `${'x.map('.repeat(300)}1${')'.repeat(300)}`;
    const withinStored = `${'msg.map('.repeat(300)}1${')'.repeat(300)}`;
    const handled = `p${'.catch(() => { node.send(msg); node.done(); })'.repeat(1_000)};`;
    const kept = lines(3_000, (n) => `x.push(() => { y${n}; });`);
    const tangled = [promises, callers, thrown, within, withinStored, handled, kept];
    for (const func of [deep, sum, long, nested, renamed, ...tangled])
      await soon(1_000, () => whyUnfinished({ func }), func.slice(0, 40));
    assert.ok(whyUnfinished({ func: deep }));
    assert.equal(whyUnfinished({ func: long }), 'tooLong');
  });

  it('of an ordinary length costs nothing to speak of', async () => {
    const body = everydayFunctions.map(({ func }) => `await (async () => { ${func}\n })();`).join('\n');
    await soon(500, () => whyUnfinished({ func: body }));
  });
});
