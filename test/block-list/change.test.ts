import assert from 'node:assert/strict';
import { changeOf, heldBack } from '../../src/block-list/change';

describe('change of a block list', () => {
  const guard = { shrinkPercent: 20, mayBeEmpty: false };

  it('tells what came and what went', () => {
    const change = changeOf(new Set(['a', 'b']), new Set(['b', '__proto__']));
    assert.deepEqual(change, { added: ['__proto__'], removed: ['a'] });
  });

  it('holds a list back that loses more than it may', () => {
    assert.equal(heldBack(100, 80, guard), undefined);
    assert.equal(heldBack(100, 79, guard), 'shrunk');
    assert.equal(heldBack(0, 0, guard), undefined);
    assert.equal(heldBack(100, 200, guard), undefined);
  });

  it('empties a list only where that is allowed', () => {
    assert.equal(heldBack(1, 0, guard), 'empty');
    assert.equal(heldBack(1, 0, { shrinkPercent: 100, mayBeEmpty: false }), 'empty');
    assert.equal(heldBack(1, 0, { shrinkPercent: 0, mayBeEmpty: true }), undefined);
  });
});
