import { strict as assert } from 'node:assert';
import { actingNodes } from '../../src/checks/acting';
import { graphOf } from '../../src/checks/flow-graph';
import { node, tab } from '../support/flows';
import type { FlowNode } from '../support/node-red';

const isOurs = (type: string) => type.startsWith('misp-');
const start = (...to: string[]) => node('trigger', 'misp-trigger', [to]);
const acting = (...nodes: FlowNode[]) =>
  actingNodes(graphOf([tab, ...nodes]), 'node-trigger', isOurs).map(({ id }) => id.replace('node-', ''));
const guard = (rules: object[], to: string[][], more: object = {}) =>
  node('guard', 'switch', to, { property: 'misp.test', propertyType: 'msg', rules, ...more });

describe('what really acts in a test run', () => {
  const send = node('send', 'mqtt out', []);
  const other = node('other', 'someone-elses', [['send']]);

  it('is what is none of this package and changes more than the message', () => {
    const quiet = ['change', 'template', 'function', 'debug', 'misp-tag'].map((type) =>
      node(type, type, [[]]),
    );
    assert.deepEqual(acting(start('change', 'template', 'function', 'debug', 'misp-tag'), ...quiet), []);
    assert.deepEqual(acting(start('other'), other, send).sort(), ['other', 'send']);
    const withModule = node('call', 'function', [[]], { libs: [{ var: 'fs', module: 'fs' }] });
    assert.deepEqual(acting(start('call'), withModule), ['call']);
    assert.deepEqual(acting(start(), send), [], 'not reached');
  });

  it('is found behind subflows, links and Catch nodes', () => {
    const subflow = { id: 's', type: 'subflow', in: [{ wires: [{ id: 'node-in' }] }], out: [] };
    const inside = { ...node('in', 'exec', [[]]), z: 's' };
    assert.deepEqual(acting(start('i'), node('i', 'subflow:s', []), subflow as FlowNode, inside), ['in']);
    const watch = node('watch', 'catch', [['send']], { scope: null });
    assert.deepEqual(acting(start(), watch, send), ['send']);
  });

  it('is not what a switch on msg.misp.test keeps tests from', () => {
    const one = [{ t: 'false' }, { t: 'true' }];
    assert.deepEqual(acting(start('guard'), guard(one, [['send'], []]), send), []);
    assert.deepEqual(acting(start('guard'), guard(one, [[], ['send']]), send), ['send']);
    const orElse = [{ t: 'true' }, { t: 'else' }];
    assert.deepEqual(acting(start('guard'), guard(orElse, [[], ['send']]), send), []);
    assert.deepEqual(acting(start('guard'), guard([{ t: 'else' }], [['send']]), send), ['send']);
    assert.deepEqual(acting(start('guard'), guard([{ t: 'nnull' }], [['send']]), send), ['send']);
    const elsewhere = guard(one, [['send'], []], { property: 'payload.test' });
    assert.deepEqual(acting(start('guard'), elsewhere, send), ['send']);
  });
});
