import assert from 'node:assert/strict';
import { inSeconds, joinGaps, type Gap } from '../../src/zmq/gap';
import { Handover } from '../../src/zmq/handover';
import { FrameQueue } from '../../src/zmq/queue';
import { HIGH_WATER_MARK } from '../../src/zmq/connection';
import { StallWatch } from '../../src/zmq/stall-watch';
import { until } from '../support/until';

describe('the queue of frames', () => {
  it('gives back what it took, in order, over and over', () => {
    const queue = new FrameQueue({ messages: 5000, bytes: 1e9 });
    let taken = 0;
    let given = 0;
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 3000; i++) if (queue.push(Buffer.from(String(taken)))) taken++;
      for (let i = 0; i < 2500; i++) {
        const frame = queue.shift();
        if (frame) assert.equal(frame.toString(), String(given++));
      }
    }
    assert.equal(queue.length, taken - given);
    while (queue.shift()) given++;
    assert.equal(given, taken);
    assert.equal(queue.bytes, 0);
  });

  it('is bounded by number and by bytes, but takes one of any size', () => {
    const few = new FrameQueue({ messages: 2, bytes: 1e6 });
    assert.deepEqual(
      [1, 2, 3].map((n) => few.push(Buffer.alloc(n))),
      [true, true, false],
    );
    const small = new FrameQueue({ messages: 100, bytes: 1000 });
    assert.equal(small.push(Buffer.alloc(5000)), true);
    assert.equal(small.push(Buffer.alloc(1)), false);
    small.shift();
    assert.equal(small.push(Buffer.alloc(1)), true);
  });
});

describe('the handover', () => {
  it('gives one frame per turn, and others their turns', async () => {
    const handover = new Handover({ messages: 1000, bytes: 1e6 });
    let turns = 0;
    const perTurn: number[] = [];
    for (let i = 0; i < 200; i++) handover.add(Buffer.from('x'), 0);
    handover.attach({ onFrame: () => perTurn.push(turns), onGap: () => undefined });
    const count = () => {
      turns++;
      if (perTurn.length < 200) setImmediate(count);
    };
    setImmediate(count);
    await until(() => perTurn.length === 200);
    assert.equal(new Set(perTurn).size, 200);
  });

  it('drops what has no room until it is half empty, and tells one gap with the count', async () => {
    const handover = new Handover({ messages: 10, bytes: 1e6 });
    const taken = Array.from({ length: 15 }, (_, i) => handover.add(Buffer.from(String(i)), 1000 + i));
    assert.deepEqual(taken.filter((yes) => !yes).length, 5);
    const got: string[] = [];
    const gaps: Gap[] = [];
    handover.attach({ onFrame: (frame) => got.push(frame.toString()), onGap: (gap) => gaps.push(gap) });
    await until(() => got.length === 10 && gaps.length === 1);
    assert.deepEqual(gaps, [{ reason: 'overflow', from: 1010, to: 1014, lost: 5 }]);
    assert.equal(handover.add(Buffer.from('again'), 2000), true);
    await until(() => got.length === 11);
    assert.deepEqual(got.slice(0, 10), ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  it('keeps everything while nobody takes it', async () => {
    const handover = new Handover({ messages: 10, bytes: 1e6 });
    const got: string[] = [];
    const taker = { onFrame: (frame: Buffer) => got.push(frame.toString()), onGap: () => got.push('gap') };
    handover.attach(taker);
    handover.attach(undefined);
    handover.add(Buffer.from('a'), 0);
    handover.addGap({ reason: 'silent', from: 10, to: 20, lost: 0 });
    handover.addGap({ reason: 'disconnected', from: 30, to: 40, lost: 0 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(got, []);
    handover.attach(taker);
    await until(() => got.length === 2);
    assert.deepEqual(got, ['gap', 'a']);
  });
});

describe('a gap', () => {
  it('grows with the next one', () => {
    const first: Gap = { reason: 'silent', from: 2000, to: 3000, lost: 1 };
    const second: Gap = { reason: 'overflow', from: 1500, to: 2500, lost: 2 };
    assert.deepEqual(joinGaps(first, second), { reason: 'overflow', from: 1500, to: 3000, lost: 3 });
  });
  it('is never shorter in seconds', () => {
    assert.deepEqual(inSeconds({ reason: 'silent', from: 1999, to: 2001, lost: 0 }), [1, 3]);
  });
});

describe('a process that does not read', () => {
  it('is noticed when as much came as libzmq keeps', () => {
    const watch = new StallWatch(0);
    const more = () => true;
    assert.equal(watch.tick(100), true);
    assert.equal(watch.read(more), undefined);
    assert.equal(watch.tick(5000), false);
    for (let i = 1; i < HIGH_WATER_MARK; i++) assert.equal(watch.read(more), undefined);
    assert.equal(watch.read(more), 100);
    assert.equal(watch.read(more), undefined);
  });
  it('lost nothing when less came', () => {
    const watch = new StallWatch(0);
    watch.tick(5000);
    assert.equal(
      watch.read(() => false),
      undefined,
    );
    for (let i = 0; i < 2 * HIGH_WATER_MARK; i++)
      assert.equal(
        watch.read(() => true),
        undefined,
      );
  });
});
