import { strict as assert } from 'node:assert';
import { actingInTests, flowForTests } from '../../src/replay/flow-for-tests';
import { allow, idOf, listener, node, tab, trigger } from '../support/flows';

const secrets = new Map([
  ['misp-trigger', []],
  ['misp-response', []],
  ['misp-listener', ['user', 'password']],
  ['misp-server', ['apiKey']],
]);
const place = (index: number) => ({ port: 4000 + index, password: 'p' });
const server = { id: 'misp', type: 'misp-server' };
const made = (...flow: Parameters<typeof flowForTests>[0]) =>
  flowForTests([tab, listener(6667), server, ...flow], [idOf('trigger')], secrets, place);
const disabled = (flow: ReturnType<typeof made>) =>
  flow.nodes.filter(({ d }) => d === true).map(({ id }) => id);

describe('a flow as tests run it', () => {
  it('begins nothing by itself', () => {
    const flow = made(
      trigger(['go']),
      allow(),
      node('clock', 'inject', [['go']], { once: true }),
      node('mqtt', 'mqtt in', [['post']]),
      node('post', 'http request', [[]]),
      node('failed', 'catch', [['go']]),
      trigger(['go'], { module: 'other' }, 'other'),
    );
    assert.deepEqual(disabled(flow), ['clock', 'mqtt', 'post', 'other'].map(idOf));
  });

  it('follows links, calls by name and subflows', () => {
    const flow = made(
      trigger(['out']),
      node('out', 'link out', [], { links: ['in'] }),
      node('in', 'link in', [['call']]),
      node('call', 'link call', [['sub']], { linkType: 'dynamic' }),
      node('any', 'link in', [['go']]),
      node('sub', 'subflow:s', [['go']]),
      allow(),
      {
        id: 's',
        type: 'subflow',
        in: [{ wires: [{ id: 'inner' }] }],
        out: [{ wires: [{ id: 'inner', port: 0 }] }],
      },
      { id: 'inner', type: 'change', z: 's', wires: [[]] },
      { id: 'tick', type: 'inject', z: 's', wires: [['inner']] },
    );
    assert.deepEqual(disabled(flow), ['tick']);
  });

  it('lets nobody in but the tests, and needs no secrets', () => {
    const { nodes, credentials } = made(trigger(['go']), allow());
    const { host, port, authentication, tls } = nodes.find(({ id }) => id === 'listener')!;
    assert.deepEqual([host, port, authentication, tls], ['127.0.0.1', 4000, true, '']);
    assert.equal(credentials.listener.password, 'p');
    assert.deepEqual(Object.keys(credentials.misp), ['apiKey']);
  });

  it('names what would act for real', () => {
    const flow = [
      tab,
      trigger(['post', 'debug']),
      node('post', 'http request', [[]]),
      node('debug', 'debug', []),
    ];
    assert.deepEqual(
      actingInTests(flow, [idOf('trigger')], secrets).map(({ id }) => id),
      [idOf('post')],
    );
  });
});
