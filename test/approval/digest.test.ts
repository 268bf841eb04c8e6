import { strict as assert } from 'node:assert';
import { stateOf } from '../../src/approval/digest';
import { shownOf } from '../../src/approval/shown';
import { relinkFlattened } from '../../src/event/relink';
import recorded from '../fixtures/triggers/event-publish.json';

type Json = Record<string, unknown>;
const event = () =>
  structuredClone(recorded.request.body.data.Event) as Json & {
    Tag: Json[];
    Attribute: (Json & { Tag?: Json[] })[];
    Object: { Attribute: Json[] }[];
  };
type Event = ReturnType<typeof event>;

describe('the state of an event', () => {
  const before = stateOf(event());
  const after = (change: (event: Event) => unknown, ignored?: string[]) => {
    const changed = event();
    change(changed);
    return stateOf(changed, ignored);
  };

  const others: [string, (event: Event) => unknown][] = [
    ['its info', (one) => (one.info = 'x')],
    ['its distribution', (one) => (one.distribution = '3')],
    ['its timestamp', (one) => (one.timestamp = '1')],
    [
      'its sharing group',
      (one) => ((one.SharingGroup as { SharingGroupOrg: unknown[] }).SharingGroupOrg = []),
    ],
    ['a value', (one) => (one.Attribute[0].value = 'x')],
    ['a flag', (one) => (one.Attribute[0].to_ids = false)],
    ['a value in an object', (one) => (one.Object[0].Attribute[0].value = 'x')],
    ['one attribute less', (one) => one.Attribute.pop()],
    ['an attribute twice', (one) => one.Attribute.push(one.Attribute[0])],
    ['a tag', (one) => one.Tag.push({ name: 'x', local: false })],
    ['a local tag', (one) => one.Tag.push({ name: 'x', local: true })],
    ['a tag that becomes local', (one) => (one.Tag[0].local = true)],
    ['a tag less', (one) => one.Tag.pop()],
    ['the tag of an attribute', (one) => (one.Attribute[1].Tag = [{ name: 'x', local: true }])],
    ['a field that is not known', (one) => (one.Other = { a: 1 })],
    ['a name that looks like a value', (one) => (one['info":"x'] = '')],
  ];
  for (const [what, change] of others)
    it(`is another one with ${what}`, () => assert.notEqual(after(change), before));

  const same: [string, (event: Event) => unknown][] = [
    ['publishing', (one) => Object.assign(one, { published: true, publish_timestamp: '1795392999' })],
    ['another order', (one) => [one.Attribute, one.Tag, one.Object].map((list: unknown[]) => list.reverse())],
    ['correlations', (one) => Object.assign(one, { RelatedEvent: [], warnings: { x: 'y' }, Galaxy: [] })],
    ['the colour of a tag', (one) => Object.assign(one.Tag[0], { colour: '#000000', hide_tag: true })],
    ['flags as another type', (one) => (one.Attribute[0].to_ids = '1')],
    ['numbers as another type', (one) => (one.distribution = Number(one.distribution))],
    ['a list that is empty instead of missing', (one) => (one.Attribute[1].Tag = [])],
    ['a list linked to itself', (one) => relinkFlattened({ Event: one }, false)],
  ];
  for (const [what, change] of same)
    it(`is the same after ${what}`, () => assert.equal(after(change), before));

  it('does not count tags that are not to count', () => {
    const mark = (one: Event) => one.Tag.push({ name: 'node-red:cleared', local: true });
    assert.notEqual(after(mark), before);
    const bare = (one: Event) => (one.Tag = []);
    const marked = (one: Event) => (one.Tag = [{ name: 'x', local: true }]);
    assert.equal(after(marked, ['x']), after(bare));
    const named = (name: string, local: boolean) => after((one) => (one.Tag = [{ name, local }]));
    assert.notEqual(named('0', true), named('1', false));
    assert.equal(after(mark, [' node-red:cleared ']), stateOf(event(), ['node-red:cleared']));
  });

  it('takes anything for an event, also what is hostile', () => {
    const odd = JSON.parse(
      '{"__proto__":{"x":1},"Tag":"x","Attribute":{"a":null},"Object":[null,[[]],7]}',
    ) as Json;
    assert.match(stateOf(odd), /^[\da-f]{64}$/);
    assert.match(stateOf({ Tag: [null, 7, { name: {} }] }), /^[\da-f]{64}$/);
    assert.equal(JSON.stringify(shownOf(odd)).length < 1000, true);
  });

  it('takes about as long as reading the event', () => {
    const [one] = event().Attribute;
    const Attribute = Array.from({ length: 10_000 }, (_, index) => ({
      ...one,
      uuid: `${index}`,
      _allTags: [],
    }));
    const text = JSON.stringify({ ...event(), Attribute });
    const took = (work: () => unknown) => {
      const started = performance.now();
      work();
      return performance.now() - started;
    };
    const large = JSON.parse(text) as Json;
    const reading = Math.max(...[1, 2, 3].map(() => took(() => JSON.parse(text))));
    const ms = Math.min(...[1, 2, 3].map(() => took(() => stateOf(large))));
    assert.ok(ms < 10 * reading, `${Math.round(ms)} ms, reading ${Math.round(reading)} ms`);
    assert.ok(shownOf(large).attributes > 10_000);
  });

  it('is shown short, whatever the event holds', () => {
    const hostile = event();
    hostile.info = '<img src=x onerror=alert(1)>'.repeat(40_000);
    hostile.Tag = Array.from({ length: 5000 }, (_, index) => ({ name: `t${index}`.repeat(1000) }));
    hostile.Attribute = Array.from({ length: 5000 }, (_, index) => ({ type: `type ${index}` }));
    const shown = shownOf(hostile);
    assert.ok(JSON.stringify(shown).length < 100_000);
    assert.deepEqual([shown.id, shown.info.length, shown.attributes > 4999], ['1', 500, true]);
  });
});
