import assert from 'node:assert/strict';
import { tagIf } from '../../src/logic/tag-if';

const data = {
  Event: {
    Tag: [{ name: 'tlp:red' }, { name: 'misp-galaxy:country="japan"' }],
    _AttributeFlattened: [
      { Tag: [{ name: 'a' }], _allTags: [{ name: 'tlp:red' }, { name: 'a' }] },
      { Tag: [{ name: 'a' }, { name: 'b' }], _allTags: [{ name: 'tlp:red' }, { name: 'a' }, { name: 'b' }] },
    ],
  },
};
const ask = (condition: string, tags: string[], scope = 'event') =>
  tagIf({ scope, condition, tags, clusters: [] }, data);

describe('IF tag', () => {
  it('looks at the event, its attributes, or both', () => {
    assert.equal(ask('in_or', ['tlp:red', 'x']), true);
    assert.equal(ask('in_or', ['a']), false);
    assert.equal(ask('in_or', ['a'], 'attribute'), true);
    assert.equal(ask('in_or', ['tlp:red'], 'attribute'), false);
    assert.equal(ask('in_or', ['tlp:red'], 'event_attribute'), true);
    assert.equal(tagIf({ clusters: ['country="japan"'] }, data), true);
  });

  it('asks for all, however often and in any order', () => {
    assert.equal(ask('in_and', ['b', 'a'], 'attribute'), true);
    assert.equal(ask('in_and', ['b', 'x'], 'attribute'), false);
    assert.equal(ask('not_in_and', ['b', 'a'], 'attribute'), false);
    assert.equal(ask('not_in_or', ['x'], 'attribute'), true);
  });

  it('says what is wrong instead of deciding', () => {
    assert.throws(() => tagIf({ tags: 'tlp:red' as never }, data), { key: 'notAList' });
    assert.throws(() => tagIf({ tags: ['a'] }, undefined), { key: 'notAnArray' });
  });
});
