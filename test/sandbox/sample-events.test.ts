import { strict as assert } from 'node:assert';
import { sampleEvents } from '../../sandbox/misp/sample-events';
import { encodeJson } from '../../sandbox/misp/service/php';
import { triggerData } from '../../sandbox/misp/trigger-data';
import type { MispAttribute, MispEvent } from '../../sandbox/misp/model';
import { recording, shapeOf, type TriggerRecording } from './support/recordings';

describe('the events of the stand-in MISP', () => {
  const events = sampleEvents();
  const eventOf = (name: string) =>
    recording<TriggerRecording>(`triggers/${name}.json`).request.body.data.Event as MispEvent & {
      _AttributeFlattened: MispAttribute[];
    };
  const recorded = eventOf('event-publish');

  it('are a red, a green, a large one, and one with a red attribute', () => {
    const tagged = (name: string) =>
      events.filter(({ Tag }) => Tag.some((tag) => tag.name === name)).map(({ id }) => id);
    assert.deepEqual([tagged('tlp:red'), tagged('tlp:green')], [['1'], ['2']]);
    assert.equal(events[2].Attribute.length, 400);
    assert.deepEqual(
      events[3].Attribute[1].Tag?.map(({ name }) => name),
      ['tlp:red'],
    );
    const bytes = Buffer.byteLength(encodeJson({ module: 'm', data: triggerData(events[2]), params: [] }));
    assert.ok(bytes > 500_000 && bytes < 600_000, String(bytes));
  });

  it('have the same ids at every start, each only once', () => {
    assert.deepEqual(sampleEvents(), events);
    const attributes = events.flatMap((event) => triggerData(event).Event._AttributeFlattened);
    for (const key of ['id', 'uuid'] as const) {
      assert.equal(new Set(attributes.map((attribute) => attribute[key])).size, attributes.length);
    }
    for (const event of events) {
      assert.equal(event.attribute_count, String(triggerData(event).Event._AttributeFlattened.length));
    }
  });

  for (const event of events) {
    it(`have the form of the recorded data: ${event.info}`, () => {
      const { Event: sent } = triggerData(event);
      const keys = Object.keys(recorded).filter((key) => key !== 'SharingGroup');
      assert.deepEqual(Object.keys(sent), keys, 'keys in the same order');
      for (const key of keys) {
        const value = sent[key];
        if (Array.isArray(value)) continue;
        assert.deepEqual(shapeOf(value), shapeOf(recorded[key]), key);
      }
      const [tag] = recorded.Tag;
      for (const own of sent.Tag) assert.deepEqual(Object.keys(own), Object.keys(tag));
      const plain = recorded._AttributeFlattened.find((attribute) => !attribute.Tag) as MispAttribute;
      const tagged = recorded._AttributeFlattened.find((attribute) => attribute.Tag) as MispAttribute;
      for (const attribute of sent._AttributeFlattened) {
        const like = attribute.Tag ? tagged : plain;
        assert.deepEqual(Object.keys(attribute), Object.keys(like));
        assert.deepEqual(Object.keys(attribute._allTags[0]), Object.keys((like._allTags as object[])[0]));
      }
      for (const object of sent.Object) {
        assert.deepEqual(Object.keys(object), Object.keys(recorded.Object[0]));
      }
    });
  }

  for (const name of ['event-publish', 'event-publish.big-event', 'event-publish.conflicting-tags']) {
    it(`get the additions of MISP: ${name}`, () => {
      const sent = eventOf(name);
      const stored = JSON.parse(
        JSON.stringify(sent, (key, value: unknown) =>
          key === '_allTags' || key === '_AttributeFlattened' ? undefined : value,
        ),
      ) as MispEvent;
      assert.equal(encodeJson(triggerData(stored).Event), encodeJson(sent));
    });
  }
});
