import assert from 'node:assert/strict';
import { ZmqPublisher } from '../../src/zmq/publisher';
import { acquirePublisher } from '../../src/zmq/publishers';
import { loadZeroMq, type SubscriberSocket } from '../../src/zmq/zeromq';
import { until } from '../support/until';
import { frames } from '../support/zmq';

const ANY = 'tcp://127.0.0.1:*';
const login = { user: 'flow', password: 'secret' };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the ZeroMQ publisher', function () {
  this.timeout(10000);
  const sockets: SubscriberSocket[] = [];
  const subscriber = async (address: string, options: object = {}) => {
    const { Subscriber } = loadZeroMq();
    const socket = new Subscriber({ linger: 0, ...options });
    sockets.push(socket);
    socket.subscribe('');
    socket.connect(address);
    const got: string[] = [];
    void (async () => {
      for await (const parts of socket) got.push(parts.map(String).join('|'));
    })();
    await sleep(200);
    return got;
  };
  afterEach(() => sockets.splice(0).forEach((socket) => socket.close()));

  it('sends what MISP sends, byte for byte', async () => {
    const publisher = await ZmqPublisher.bind({ address: ANY });
    const got = await subscriber(publisher.address);
    const names = Object.keys(frames).filter((name) => name.startsWith('misp_json_workflow.'));
    assert.equal(names.length, 6);
    await Promise.all(
      names.map((name) => publisher.publish(JSON.parse(frames[name].slice('misp_json_workflow '.length)))),
    );
    await until(() => got.length === names.length);
    assert.deepEqual(
      got,
      names.map((name) => frames[name]),
    );
    await publisher.close();
  });

  it('takes many at once, in order', async () => {
    const publisher = await ZmqPublisher.bind({ address: ANY });
    const got = await subscriber(publisher.address);
    await Promise.all(Array.from({ length: 900 }, (_, i) => publisher.publish(i)));
    await until(() => got.length === 900);
    assert.deepEqual(got.slice(-1), ['misp_json_workflow 899']);
    await publisher.close();
  });

  it('lets in who knows user and password only', async () => {
    const publisher = await ZmqPublisher.bind({ address: ANY, login });
    const { address } = publisher;
    const right = await subscriber(address, { plainUsername: 'flow', plainPassword: 'secret' });
    const wrong = await subscriber(address, { plainUsername: 'flow', plainPassword: 'wrong' });
    const none = await subscriber(address);
    await publisher.publish(['x']);
    await until(() => right.length === 1);
    await sleep(100);
    assert.deepEqual([right, wrong, none], [['misp_json_workflow ["x"]'], [], []]);
    await publisher.close();
  });

  it('says what is wrong with an address', async () => {
    const publisher = await ZmqPublisher.bind({ address: ANY });
    await assert.rejects(ZmqPublisher.bind({ address: publisher.address }), { key: 'zmq.addressInUse' });
    await assert.rejects(ZmqPublisher.bind({ address: 'nonsense' }), { key: 'zmq.badAddress' });
    await assert.rejects(ZmqPublisher.bind({ address: 'tcp://192.0.2.1:50000' }), { key: 'zmq.cannotBind' });
    await publisher.close();
    await publisher.close();
    await assert.rejects(publisher.publish(1), { key: 'zmq.closed' });
    const again = await ZmqPublisher.bind({ address: publisher.address });
    await again.close();
  });

  it('is shared by address, and its subscribers stay over a redeploy', async () => {
    const probe = await ZmqPublisher.bind({ address: ANY });
    const { address } = probe;
    await probe.close();
    const first = await acquirePublisher({ address });
    const got = await subscriber(address);
    const second = await acquirePublisher({ address });
    assert.equal(first.publisher, second.publisher);
    await assert.rejects(acquirePublisher({ address, login }), { key: 'zmq.otherLogin' });
    await first.release(false);
    await first.release(false);
    await second.publisher.publish(1);
    await second.release(false);
    const third = await acquirePublisher({ address });
    assert.equal(third.publisher, first.publisher);
    await third.publisher.publish(2);
    await until(() => got.length === 2);
    await third.release(false);
    const other = await acquirePublisher({ address, login });
    assert.notEqual(other.publisher, first.publisher);
    const closing = other.release(true);
    const last = await acquirePublisher({ address });
    await closing;
    await last.release(true);
    await assert.rejects(last.publisher.publish(1), { key: 'zmq.closed' });
  });
});

describe('the package zeromq', () => {
  it('is asked for in words when it is missing', async () => {
    const missing = () => {
      throw Object.assign(new Error("Cannot find module 'zeromq'"), { code: 'MODULE_NOT_FOUND' });
    };
    assert.throws(() => loadZeroMq(missing), { key: 'zmq.missing', message: /npm install zeromq/ });
    await assert.rejects(acquirePublisher({ address: ANY }, missing), { key: 'zmq.missing' });
    const broken = () => {
      throw new Error('invalid ELF header\nsecond line');
    };
    assert.throws(() => loadZeroMq(broken), { key: 'zmq.unusable', message: /invalid ELF header\. / });
  });
});
