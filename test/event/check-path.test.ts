import assert from 'node:assert/strict';
import { checkPath } from '../../src/event/check-path';
import { Cache } from '../../src/event/cache';

describe('a path that is being written', () => {
  it('is fine', () => {
    for (const path of [
      '',
      'Event.info',
      'Event.Tag.{n}[name=/^tlp:[a-z]+$/i].name',
      '{s}.{*}',
      'a.{n}[k=x]',
    ]) {
      assert.equal(checkPath(path), undefined, path);
    }
  });

  it('has an error that says what', () => {
    assert.equal(checkPath('Event.{x}')?.key, 'unknownWildcard');
    assert.equal(checkPath('Event.Tag.{n}[name=]')?.key, 'unreadableBracket');
    assert.equal(checkPath('Event.Tag.{n}[name')?.key, 'unreadableBracket');
    assert.equal(checkPath('Event.Tag]')?.key, 'unbalancedBracket');
    assert.equal(checkPath('{n}[a=/(?=x)/]')?.key, 'regexUnsupported');
  });

  it('costs nothing to read again, and is forgotten when unused', () => {
    const cache = new Cache<{ text: string }>(2);
    const make = (text: string) => ({ text });
    const first = cache.get('a', make);
    assert.equal(cache.get('a', make), first);
    cache.get('b', make);
    cache.get('a', make);
    cache.get('c', make);
    assert.equal(cache.size, 2);
    assert.equal(cache.get('a', make), first);
  });
});
