import assert from 'node:assert/strict';
import type { MispData } from '../../src/event/core';
import { toCoreFormat } from '../../src/event/to-core';

const convert = (data: object) => toCoreFormat(data) as MispData;
const names = (data: MispData) =>
  data.Event._AttributeFlattened?.map(({ _allTags: tags }) =>
    tags?.map(({ name, inherited }) => [name, inherited]),
  );

describe('core format', () => {
  it('flattens an event and passes its tags on', () => {
    const own = { id: '1', Tag: [{ name: 'own' }] };
    const nested = { id: '2' };
    const { Event: event } = convert({
      Event: { Tag: [{ name: 'e' }], Attribute: [own], Object: [{ name: 'file', Attribute: [nested] }] },
    });
    assert.equal(event._AttributeFlattened?.[0], own);
    assert.equal(event._AttributeFlattened?.[1], nested);
    assert.deepEqual(names({ Event: event }), [
      [
        ['e', true],
        ['own', false],
      ],
      [['e', true]],
    ]);
  });

  it('is not confused by what it does not know', () => {
    assert.equal(toCoreFormat('text'), 'text');
    assert.deepEqual(toCoreFormat({ Log: { id: '1' } }), { Log: { id: '1' } });
    assert.deepEqual(
      convert({ Event: { Attribute: [null, 'x', { Tag: 'no' }], Object: 'none', Tag: [null] } }).Event
        ._AttributeFlattened,
      [{ Tag: 'no', _allTags: [] }],
    );
  });

  it('takes the messages of ZeroMQ', () => {
    const event = convert({
      Event: { id: '1' },
      Orgc: { name: 'O' },
      EventTag: [{ Tag: { name: 't', org_id: '0' } }],
    });
    assert.deepEqual(event, {
      Event: { id: '1', Orgc: { name: 'O' }, Tag: [{ name: 't' }], _AttributeFlattened: [] },
    });
    const attribute = convert({
      Attribute: { id: '5', event_id: '1', value: 'x', value1: 'x', AttributeTag: [{ Tag: { name: 'a' } }] },
      Event: { id: '1', info: 'i' },
      action: 'edit',
    });
    assert.equal(attribute.action, 'edit');
    assert.equal(attribute.Event.info, 'i');
    assert.deepEqual(attribute.Event.Attribute?.[0]?.Tag, [{ name: 'a' }]);
    assert.equal(attribute.Event.Attribute?.[0]?.value1, undefined);
    assert.deepEqual(names(attribute), [[['a', false]]]);
  });

  it('takes attributes of objects, objects and sightings', () => {
    const inObject = convert({ Attribute: { id: '5', event_id: '1' }, Object: { id: '7', name: 'file' } });
    assert.equal(inObject.Event.id, '1');
    assert.equal(inObject.Event.Object?.[0]?.Attribute?.[0]?.id, '5');
    const object = convert({
      Object: { id: '7', Event: { id: '1', info: 'i' }, Attribute: [{ id: '5', value2: '' }] },
    });
    assert.equal(object.Event.info, 'i');
    assert.deepEqual(object.Event._AttributeFlattened, [{ id: '5', _allTags: [] }]);
    const sighting = convert({ Sighting: { type: '0', Event: { id: '1' }, Attribute: { id: '5' } } });
    assert.deepEqual(sighting.Event.Attribute?.[0]?.Sighting, [{ type: '0' }]);
  });

  it('tells tags of one name apart', () => {
    const { Event: event } = convert({
      Event: {
        Attribute: [
          { Tag: [{ name: 't', local: true }] },
          { Tag: [{ name: 't', local: false }] },
          { Tag: [{ name: 't', local: true }] },
        ],
      },
    });
    assert.deepEqual(
      event._AttributeFlattened?.map(({ _allTags: tags }) => tags?.[0]?.local),
      [true, false, true],
    );
  });
});
