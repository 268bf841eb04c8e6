import assert from 'node:assert/strict';
import { heldBack, LargestSize } from '../../src/block-list/change';

describe('change of a block list', () => {
  const guard = { shrinkPercent: 20, mayBeEmpty: false, most: 1000 };
  const why = (before: number, after: number, more: object = {}) =>
    heldBack(before, after, { ...guard, ...more })?.key;

  it('holds a list back that loses more than it may', () => {
    assert.equal(why(100, 80), undefined);
    assert.equal(why(100, 79), 'blockList.shrunk');
    assert.equal(why(0, 0), undefined);
    assert.equal(why(100, 200), undefined);
    assert.equal(why(100, 1, { shrinkPercent: 100 }), undefined);
  });

  it('lets a few entries of a short list go', () => {
    assert.equal(why(6, 1), undefined);
    assert.equal(why(7, 1), 'blockList.shrunk');
  });

  it('empties a list only where that is allowed', () => {
    assert.equal(why(1, 0), 'blockList.empty');
    assert.equal(why(1, 0, { shrinkPercent: 100 }), 'blockList.empty');
    assert.equal(why(1, 0, { shrinkPercent: 0, mayBeEmpty: true }), undefined);
  });

  it('holds a list back that becomes too long, and not one that was so before', () => {
    assert.equal(why(1000, 1001), 'blockList.large');
    assert.equal(why(1002, 1001), undefined);
  });

  it('holds small removals back that come to as much within a day, and forgets them after it', () => {
    const HOUR = 3_600_000;
    let now = 0;
    const largest = new LargestSize(() => now);
    let size = 1000;
    const removeOne = () => {
      if (heldBack(size, size - 1, guard, largest.of(size))) return false;
      largest.note(size--);
      return true;
    };
    const removeAll = () => {
      while (removeOne()) now += 10_000;
    };
    removeAll();
    assert.equal(size, 800);
    now += 22 * HOUR;
    removeAll();
    assert.equal(size, 800, 'the day is not over');
    now += 3 * HOUR;
    removeAll();
    assert.equal(size, 640, 'a fifth of what it was then');
  });

  it('counts from now on when somebody has looked, and remembers no more than the day', () => {
    let now = 0;
    const largest = new LargestSize(() => now);
    for (let size = 100_000; size > 0; size--, now += 10_000) largest.note(size);
    assert.ok(largest['sizes'].length <= 24 * 60 + 1, String(largest['sizes'].length));
    largest.forget();
    assert.equal(largest.of(7), 7);
  });
});
