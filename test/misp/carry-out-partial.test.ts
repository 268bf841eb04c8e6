import { strict as assert } from 'node:assert';
import type { ToldResult } from '../../src/actions/in-words';
import type { AttributeFields, MispOperation } from '../../src/actions/plan';
import { reflect } from '../../src/misp/reflect';
import { complete } from '../../src/event/to-core';
import type { MispData } from '../../src/event/core';
import type { MispEvent } from '../../sandbox/misp/model';
import { eventWith, MispTest, refsOf } from './support/misp';

describe('carrying out: when the second of three calls fails', () => {
  let test: MispTest;
  let event: MispEvent;
  let data: MispData;
  beforeEach(async () => {
    event = eventWith('1', 2500);
    event.published = true;
    test = await MispTest.start({ events: [event] });
    test.misp.tags.make('lab:one');
  });
  afterEach(() => test.close());

  /** Carries out while the second call of a kind, and its repetitions, fail; then shows it in the data. */
  async function failSecond(only: RegExp, operation: MispOperation, tries = 3): Promise<ToldResult> {
    data = complete({ Event: structuredClone(event) as unknown as MispData['Event'] });
    let calls = 0;
    const next = test.misp.faults.next.bind(test.misp.faults);
    test.misp.faults.next = (request, text) => {
      if (!only.test(request.url ?? '')) return next(request, text);
      calls += 1;
      return calls >= 2 && calls < 2 + tries ? '500' : undefined;
    };
    const { results } = await test.carryOut([operation]);
    reflect(data, results);
    return results[0];
  }

  function isPartial({ state, done, failures }: ToldResult): void {
    assert.equal(state, 'partial');
    assert.equal(done?.length, 1500);
    assert.equal(failures?.length, 1000);
    assert.match(failures?.[0].problem ?? '', /500|not answer|error/i);
    assert.equal(failures?.[0].item, event.Attribute[1000].uuid);
  }
  const shown = (value: (attribute: Record<string, unknown>) => unknown) => {
    const all = data.Event._AttributeFlattened ?? [];
    return [all[0], all[1500], all[2400]].map(value);
  };
  const edit = (fields: (index: number) => AttributeFields): MispOperation => ({
    do: 'edit-attributes',
    event: { id: '1' },
    changes: refsOf(event).map((item, index) => ({ item, fields: fields(index) })),
  });

  it('the same for all: the others are done, named and shown', async () => {
    const changes = edit(() => ({ to_ids: false }));
    isPartial(await failSecond(/editSelected/, changes));
    assert.deepEqual(
      shown(({ to_ids }) => to_ids),
      [false, true, false],
    );
    assert.equal(data.Event.published, false);
  });

  it('something else for each', async () => {
    isPartial(
      await failSecond(
        /events\/edit/,
        edit((index) => ({ comment: `seen ${index}` })),
      ),
    );
    assert.deepEqual(
      shown(({ comment }) => comment),
      ['seen 0', '', 'seen 2400'],
    );
    assert.equal(data.Event.published, false);
  });

  it('tags', async () => {
    const tags = { event: { id: '1' }, items: refsOf(event), tags: ['lab:one'] };
    const attach: MispOperation = { do: 'attach-tags', scope: 'attribute', ...tags, local: false };
    isPartial(await failSecond(/addTag/, attach));
    const names = ({ Tag = [] }: { Tag?: { name: string }[] }) => Tag.map(({ name }) => name).join();
    assert.deepEqual(shown(names), ['lab:one', '', 'lab:one']);
    assert.equal((await test.carryOut([attach])).results[0].state, 'done');
    isPartial(await failSecond(/events\/edit/, { do: 'detach-tags', scope: 'attribute', ...tags }));
    assert.deepEqual(shown(names), ['', 'lab:one', '']);
  });

  it('tags with a relationship', async () => {
    const attach: MispOperation = {
      ...{ do: 'attach-tags', scope: 'attribute', event: { id: '1' }, items: refsOf(event) },
      ...{ tags: ['lab:one'], local: true, relationship: 'about' },
    };
    isPartial(await failSecond(/events\/edit/, attach));
  });

  it('sightings of values', async () => {
    const values = event.Attribute.slice(0, 1200).map(({ value }) => value);
    const result = await failSecond(/sightings/, { do: 'add-sightings', type: 0, values }, 1);
    assert.equal(result.state, 'partial');
    assert.equal(result.failures?.length, 500);
    assert.equal(result.failures?.[0].item, values[500]);
    assert.deepEqual(result.done, [...values.slice(0, 500), ...values.slice(1000)]);
  });
});
