import assert from 'node:assert/strict';
import { heldBack } from '../../src/block-list/change';

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
});
