import assert from 'node:assert/strict';
import { extract } from '../../src/event/hash';
import { toCoreFormat } from '../../src/event/to-core';
import { genericFilter, genericFilterReset } from '../../src/logic/generic-filter';
import { genericIf } from '../../src/logic/generic-if';
import { tagIf } from '../../src/logic/tag-if';

const NAMES = 'Event._AttributeFlattened.{n}._allTags.{n}.name';

function makeEvent(count: number): unknown {
  const Attribute = Array.from({ length: count }, (_, index) => ({
    id: String(index),
    type: index % 2 ? 'md5' : 'ip-dst',
    value: `value ${index}`,
    Tag: [{ name: 'tlp:amber' }, { name: `tag:${index % 100}` }],
  }));
  return toCoreFormat({ Event: { Tag: [{ name: 'tlp:green' }], Attribute } });
}

function duration(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

describe('100,000 attributes', () => {
  const small = makeEvent(25_000);
  const large = makeEvent(100_000);
  const work: Record<string, (data: unknown) => void> = {
    'tags found': (data) =>
      assert.equal(tagIf({ scope: 'event_attribute', tags: ['tag:99'], clusters: [] }, data), true),
    'all of the tags': (data) =>
      assert.equal(
        tagIf({ scope: 'event_attribute', condition: 'in_and', tags: ['tag:1', 'none'] }, data),
        false,
      ),
    'a path': (data) => assert.ok((extract(data, NAMES) as unknown[]).length > 0),
    'many wanted values': (data) => {
      const wanted = extract(data, 'Event._AttributeFlattened.{n}.id');
      genericIf(
        { hash_path: 'Event._AttributeFlattened.{n}.value', operator: 'in_or', value_list: wanted },
        data,
      );
    },
    'numbers as texts': (data) => {
      const path = 'Event._AttributeFlattened.{n}.id';
      assert.equal(
        genericIf({ hash_path: path, operator: 'in_and', value: extract(data, path) }, data),
        true,
      );
    },
    'a filter and its reset': (data) => {
      const { data: view, state } = genericFilter(
        { selector: 'Event._AttributeFlattened.{n}', operator: 'equals', hash_path: 'type', value: 'md5' },
        data,
      );
      assert.equal(
        extract(genericFilterReset({}, view, state).data, 'Event._AttributeFlattened'),
        extract(data, 'Event._AttributeFlattened'),
      );
    },
  };

  for (const [name, run] of Object.entries(work)) {
    it(`${name}: four times the data costs some four times the time`, () => {
      // The shortest times tell what the work itself takes; a machine that is busy otherwise needs more of them.
      let [ofLarge, ofSmall, rounds] = [Infinity, Infinity, 0];
      const ratio = () => ofLarge / Math.max(1, ofSmall);
      while (rounds++ < 5 || (ratio() >= 12 && rounds < 50)) {
        ofLarge = Math.min(
          ofLarge,
          duration(() => run(large)),
        );
        ofSmall = Math.min(
          ofSmall,
          duration(() => run(small)),
        );
      }
      assert.ok(ratio() < 12, `${ratio().toFixed(1)} times`);
    });
  }

  it('are not copied by ten nodes in a row', () => {
    const { Event: event } = large as { Event: { _AttributeFlattened: object[] } };
    let state;
    let data: unknown = large;
    for (const label of ['A', 'B', 'C', 'D', 'E']) {
      ({ data, state } = genericFilter(
        {
          'filtering-label': label,
          selector: 'Event._AttributeFlattened',
          operator: 'any_value',
          hash_path: 'id',
        },
        data,
        state,
      ));
    }
    const { data: view } = genericFilter(
      { selector: 'Event._AttributeFlattened', operator: 'equals', hash_path: 'id', value: '7' },
      data,
      state,
    );
    assert.equal((extract(view, 'Event._AttributeFlattened') as object[])[0], event._AttributeFlattened[7]);
  });
});
