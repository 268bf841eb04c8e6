import { strict as assert } from 'node:assert';
import { mayActLater } from '../../src/runs/function-code';

const finished = [
  'return msg;',
  'msg.payload = 1;\nreturn msg;',
  'if (msg.payload) { return [msg, null]; }\nreturn null;',
  'node.send(msg);\nreturn;',
  'await new Promise((ok) => setTimeout(ok, 10)); return msg;',
  "context.set('count', (context.get('count') || 0) + 1); return msg;",
  "flow.set('last', msg.payload.Event.id); return msg;",
  'node.warn("then (x) => node.send(msg)"); return msg;',
  '// setTimeout(() => node.send(msg))\nreturn msg;',
  'setTimeout(() => { node.send(msg); node.done(); }, 5);',
  'return msg.payload.items.map((item) => ({ payload: item }));',
  'const text = `a ${msg.payload}`; return { payload: text };',
];
const later = [
  'setTimeout(() => node.send(msg), 100);',
  'fetch("x").then((r) => { node.send(msg); });',
  '(async () => { await work(); node.send(msg); })();',
  'fs.readFile("x", function (e, d) { msg.payload = d; node.send(msg); });',
  "context.set('kept', msg); return null;",
  "const queue = flow.get('queue') || []; queue.push(msg); flow.set('queue', queue);",
  "global.set('all', { msg });",
  'const n = node; n.send(msg);',
  'later(node, msg);',
];

describe('a function node', () => {
  for (const code of finished)
    it(`is finished when it returns: ${code}`, () => assert.equal(mayActLater(code), false));
  for (const code of later) it(`may act later: ${code}`, () => assert.equal(mayActLater(code), true));
});
