import assert from 'node:assert/strict';
import net from 'node:net';
import type { Gap } from '../../src/zmq/gap';
import type { ZmqMessage } from '../../src/zmq/message';
import { Subscription, type SubscriptionSettings } from '../../src/zmq/subscription';
import { acquireSubscription } from '../../src/zmq/subscriptions';
import { TOPICS } from '../../src/zmq/topics';
import { until } from '../support/until';
import { frames, startForeignPublisher, startPublisher, type TestPublisher } from '../support/zmq';

const login = { user: 'misp', password: 'secret' };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a subscription to ZeroMQ', function () {
  this.timeout(20000);
  const open: { close(): void }[] = [];
  const publishers: TestPublisher[] = [];
  const publisher = async (...args: Parameters<typeof startPublisher>) => {
    const started = await startPublisher(...args);
    publishers.push(started);
    return started;
  };
  const subscribe = (settings: Partial<SubscriptionSettings> & { address: string }, attach = true) => {
    const subscription = new Subscription({
      topics: TOPICS,
      silenceMs: 30_000,
      queue: { messages: 10_000, bytes: 64e6 },
      messageBytes: 32e6,
      ...settings,
    });
    open.push(subscription);
    const messages: ZmqMessage[] = [];
    const gaps: Gap[] = [];
    const states: string[] = [];
    subscription.on('state', (state) => states.push(state));
    const receiver = {
      onMessage: (message: ZmqMessage) => messages.push(message),
      onGap: (gap: Gap) => gaps.push(gap),
    };
    if (attach) subscription.attach(receiver);
    return { subscription, messages, gaps, states, receiver };
  };
  /** ZeroMQ sends nothing to a subscriber whose subscription has not arrived. */
  const connected = async ({ subscription }: { subscription: Subscription }) => {
    await until(() => subscription.state === 'connected');
    await sleep(50);
  };
  afterEach(async () => {
    for (const subscription of open.splice(0)) subscription.close();
    for (const started of publishers.splice(0)) await started.stop();
  });

  it('gets every recorded frame', async () => {
    const misp = await publisher();
    const got = subscribe({ address: misp.address });
    await connected(got);
    for (const frame of Object.values(frames)) await misp.send(frame);
    await until(() => got.messages.length === 95);
    assert.deepEqual(
      got.messages.map(({ topic }) => topic),
      Object.values(frames).map((frame) => frame.split(' ', 1)[0]),
    );
    assert.deepEqual(got.subscription.losses, { dropped: 0, tooLarge: 0, unreadable: 0 });
    assert.deepEqual(got.gaps, []);
  });

  for (const silenceMs of [30_000, 0]) {
    it(`gets exactly its topics, ${silenceMs ? 'and hears' : 'without hearing'} the others`, async () => {
      const misp = await publisher();
      const topics = ['misp_json', 'misp_json_object'];
      const got = subscribe({ address: misp.address, topics, silenceMs });
      await connected(got);
      const before = got.subscription.lastSign;
      await misp.send(frames['misp_json_self.heartbeat']);
      await sleep(50);
      assert.equal(got.subscription.lastSign > before, silenceMs > 0);
      for (const frame of Object.values(frames)) await misp.send(frame);
      await sleep(200);
      const wanted = Object.keys(frames).filter((name) => topics.includes(name.split('.')[0]));
      assert.equal(got.messages.length, wanted.length);
    });
  }

  it('logs in', async () => {
    const misp = await publisher(undefined, login);
    const got = subscribe({ address: misp.address, ...login });
    await connected(got);
    await misp.send(frames['misp_json_tag.add']);
    await until(() => got.messages.length === 1);
  });

  for (const [what, ours, theirs] of [
    ['a wrong password', { user: 'misp', password: 'wrong' }, login],
    ['a wrong user', { user: 'other', password: 'secret' }, login],
    ['no login where one is wanted', {}, login],
    ['a login where none is wanted', login, undefined],
  ] as const) {
    it(`says that the login is wrong: ${what}`, async () => {
      const misp = await publisher(undefined, theirs);
      const got = subscribe({ address: misp.address, ...ours });
      await until(() => got.subscription.state === 'wrongLogin');
      await misp.send(frames['misp_json_tag.add']);
      await sleep(300);
      assert.deepEqual([got.messages.length, got.subscription.state], [0, 'wrongLogin']);
    });
  }

  it('says that something else answers', async () => {
    const server = net.createServer((socket) => socket.end('SSH-2.0-x\r\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    const got = subscribe({ address: `tcp://127.0.0.1:${port}` });
    await until(() => got.subscription.state === 'notPublisher', 5000);
    server.close();
  });

  it('refuses what is no address', () => {
    assert.throws(() => subscribe({ address: 'misp:50000' }), { key: 'zmq.badAddress' });
  });

  it('waits for a publisher, and comes back when it was stopped and started', async () => {
    const first = await publisher();
    const { address } = first;
    await first.stop();
    const got = subscribe({ address });
    await until(() => got.subscription.state === 'unreachable');
    const second = await publisher(address);
    await connected(got);
    assert.equal(got.gaps.length, 0);
    await second.send(frames['misp_json_tag.add']);
    await until(() => got.messages.length === 1);
    const lastSign = got.subscription.lastSign;
    await sleep(20);
    await second.stop();
    await until(() => got.subscription.state === 'unreachable');
    await sleep(500);
    const third = await publisher(address);
    await connected(got);
    await until(() => got.gaps.length === 1);
    const [gap] = got.gaps;
    assert.deepEqual([gap.reason, gap.from, gap.lost], ['disconnected', lastSign, 0]);
    assert.ok(gap.to >= lastSign + 500 && gap.to <= Date.now(), `${gap.to - lastSign} ms`);
    await third.send(frames['misp_json_tag.add']);
    await until(() => got.messages.length === 2);
    assert.deepEqual(got.states, ['unreachable', 'connected', 'unreachable', 'connected']);
  });

  it('is back before a publisher that starts sends what has piled up, one second later', async () => {
    const first = await publisher();
    const got = subscribe({ address: first.address });
    for (let round = 0; round < 3; round++) {
      await connected(got);
      await publishers[round].stop();
      await until(() => got.subscription.state === 'unreachable');
      await publisher(first.address);
      const started = Date.now();
      await until(() => got.subscription.state === 'connected');
      assert.ok(Date.now() - started < 900, `${Date.now() - started} ms`);
    }
  });

  it('comes back when the publisher was killed', async () => {
    const first = await startForeignPublisher();
    const got = subscribe({ address: first.address });
    await connected(got);
    first.send(10);
    await until(() => got.messages.length === 10);
    first.stop('SIGKILL');
    await until(() => got.subscription.state === 'unreachable');
    const second = await startForeignPublisher(first.address);
    await connected(got);
    second.send(10);
    await until(() => got.messages.length === 20);
    second.stop('SIGTERM');
    assert.deepEqual(
      got.gaps.map(({ reason }) => reason),
      ['disconnected'],
    );
  });

  it('is silent when nothing comes, not even a sign of life, and tells the gap afterwards', async () => {
    const misp = await publisher();
    const got = subscribe({ address: misp.address, topics: ['misp_json'], silenceMs: 600 });
    await connected(got);
    for (let i = 0; i < 8; i++) {
      await sleep(100);
      await misp.send(frames['misp_json_self.heartbeat']);
    }
    assert.deepEqual(got.states, ['connected']);
    await until(() => got.subscription.state === 'silent');
    await misp.send(frames['misp_json_self.heartbeat']);
    await until(() => got.gaps.length === 1);
    assert.equal(got.subscription.state, 'connected');
    assert.equal(got.gaps[0].reason, 'silent');
    assert.ok(got.gaps[0].to - got.gaps[0].from >= 600);
    assert.equal(got.messages.length, 0);
  });

  it('counts exactly what a slow flow makes it drop, in bounded memory', async () => {
    const misp = await publisher();
    const queue = { messages: 500, bytes: 4e6 };
    const got = subscribe({ address: misp.address, queue }, false);
    let most = 0;
    got.subscription.attach({
      onMessage: (message) => {
        got.messages.push(message);
        most = Math.max(most, got.subscription.waiting.bytes);
        const end = performance.now() + 1;
        while (performance.now() < end);
      },
      onGap: (gap) => got.gaps.push(gap),
    });
    await connected(got);
    const frame = Buffer.from(frames['misp_json.publish']);
    const sent = 5000;
    for (let i = 0; i < sent; i++) await misp.send(frame);
    const { losses } = got.subscription;
    await until(() => got.messages.length + losses.dropped === sent, 10000);
    await until(() => got.gaps.reduce((sum, { lost }) => sum + lost, 0) === losses.dropped);
    assert.ok(losses.dropped > 1000, `${losses.dropped} dropped`);
    assert.ok(got.messages.length >= 250, `${got.messages.length} received`);
    assert.ok(most <= queue.bytes, `${most} bytes`);
    for (const { reason } of got.gaps) assert.equal(reason, 'overflow');
  });

  it('loses nothing of a backlog that fits, and lets the process work meanwhile', async () => {
    const misp = await publisher();
    const got = subscribe({ address: misp.address });
    await connected(got);
    let longest = 0;
    let last = performance.now();
    const beat = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    for (let i = 0; i < 6000; i++) await misp.send(frames['misp_json_attribute.edit']);
    await until(() => got.messages.length === 6000, 10000);
    clearInterval(beat);
    assert.deepEqual(got.subscription.losses, { dropped: 0, tooLarge: 0, unreadable: 0 });
    assert.ok(longest < 500, `${longest} ms without a turn`);
  });

  it('tells when the process did not read for so long that the publisher may have dropped', async () => {
    const misp = await startForeignPublisher();
    const got = subscribe({ address: misp.address, queue: { messages: 100_000, bytes: 1e9 } });
    await connected(got);
    const spin = (count: number) => {
      got.messages.length = 0;
      misp.send(count);
      const end = Date.now() + 1500;
      while (Date.now() < end);
    };
    spin(500);
    await until(() => got.messages.length === 500);
    assert.equal(got.gaps.length, 0);
    spin(20_000);
    await until(() => got.gaps.length === 1);
    await sleep(500);
    assert.ok(got.messages.length < 20_000, `${got.messages.length} of 20000`);
    assert.deepEqual(
      got.gaps.map(({ reason, lost }) => [reason, lost]),
      [['overflow', 0]],
    );
    misp.stop();
  });

  it('counts what it cannot read, says so, and goes on', async () => {
    const misp = await publisher();
    const got = subscribe({ address: misp.address, messageBytes: 100_000 });
    const errors: string[] = [];
    const reports: object[] = [];
    got.subscription.on('unreadable', (error) => errors.push((error as Error & { key: string }).key));
    got.subscription.on('losses', (losses) => reports.push({ ...losses }));
    await connected(got);
    await misp.send('misp_json {"Event":');
    await misp.send(Buffer.concat([Buffer.from('misp_json "'), Buffer.from([0xc3, 0x28, 0x22])]));
    await misp.send('misp_json_without_a_space');
    await misp.send(`misp_json "${'x'.repeat(100_000)}"`);
    await misp.send(frames['misp_json_tag.add']);
    await until(() => got.messages.length === 1 && errors.length === 3);
    assert.deepEqual(errors, ['zmq.notJson', 'zmq.notUtf8', 'zmq.noTopic']);
    assert.deepEqual(got.subscription.losses, { dropped: 0, tooLarge: 1, unreadable: 3 });
    await until(() => reports.length === 1);
    assert.deepEqual(reports, [{ dropped: 0, tooLarge: 1, unreadable: 3 }]);
  });

  it('survives a message that libzmq refuses, and tells the gap', async () => {
    const misp = await publisher();
    const got = subscribe({ address: misp.address, messageBytes: 10_000 });
    await connected(got);
    await misp.send(`misp_json "${'x'.repeat(100_000)}"`);
    await until(() => got.gaps.length === 1, 5000);
    await connected(got);
    await misp.send(frames['misp_json_tag.add']);
    await until(() => got.messages.length === 1);
  });

  it('goes on over a redeploy, and loses nothing', async () => {
    const misp = await publisher();
    const settings: SubscriptionSettings = {
      address: misp.address,
      topics: ['misp_json_tag'],
      silenceMs: 0,
      queue: { messages: 100, bytes: 1e6 },
      messageBytes: 1e6,
    };
    const messages: ZmqMessage[] = [];
    const gaps: Gap[] = [];
    const receiver = {
      onMessage: (message: ZmqMessage) => messages.push(message),
      onGap: (gap: Gap) => gaps.push(gap),
    };
    const first = acquireSubscription('node', settings);
    await connected(first);
    first.subscription.attach(receiver);
    first.release(false);
    await misp.send(frames['misp_json_tag.add']);
    await sleep(50);
    assert.equal(messages.length, 0);
    const second = acquireSubscription('node', { ...settings });
    assert.equal(second.subscription, first.subscription);
    second.subscription.attach(receiver);
    await until(() => messages.length === 1);
    second.release(false);
    await misp.send(frames['misp_json_tag.edit']);
    await until(() => second.subscription.waiting.messages === 1);

    const changed = acquireSubscription('node', { ...settings, topics: ['misp_json_tag', 'misp_json'] });
    open.push(changed.subscription);
    assert.notEqual(changed.subscription, first.subscription);
    changed.subscription.attach(receiver);
    await connected(changed);
    await until(() => gaps.length === 1 && messages.length === 2);
    assert.equal(gaps[0].reason, 'redeployed');
    changed.release(true);
    const later = acquireSubscription('node', settings);
    assert.notEqual(later.subscription, changed.subscription);
    later.release(true);
  });
});
