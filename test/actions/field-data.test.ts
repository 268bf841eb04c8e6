import { strict as assert } from 'node:assert';
import { planAttributeEdit, setFields } from '../../src/actions/attribute-edit';
import { planEventEdit } from '../../src/actions/event-edit';
import { planProposals } from '../../src/actions/proposals';
import { reflect } from '../../src/misp/reflect';
import { planTagOperation } from '../../src/actions/tag-operation';
import { substituteTlp } from '../../src/actions/tag-patterns';
import { planTagReplacement } from '../../src/actions/tag-replacement';
import { withAttributes } from '../../src/actions/targets';
import { readRequest } from '../../src/listener/request';
import { tagIf } from '../../src/logic/tag-if';

const done = (operations: object[]) => operations.map((operation) => ({ operation, state: 'done' }) as never);
const attribute = (id: string, more: object = {}) => ({
  id,
  uuid: `00000000-0000-4000-8000-00000000000${id}`,
  event_id: '7',
  value: `192.0.2.${id}`,
  Tag: [],
  _allTags: [],
  ...more,
});

describe("actions on data in MISP's odd notations", () => {
  it('are seen behind them where the flattened list came as an object', () => {
    const list = ['1', '2', '3'].map((id) => attribute(id));
    const flattened = { '3': list[0], '9': list[1] };
    const body = {
      module: 'm',
      data: { Event: { id: '7', Attribute: list, _AttributeFlattened: flattened } },
    };
    const { data } = readRequest(Buffer.from(JSON.stringify(body)), {
      flattenedCut: false,
      suspicious: false,
    });
    const plan = planTagOperation({ scope: 'attribute', tags: ['zz:new'], locality: 'local' }, {}, data);
    assert.deepEqual(
      plan.flatMap(({ items }) => items.map(({ id }) => id)),
      ['1', '2'],
    );
    reflect(data, done(plan));
    assert.equal(tagIf({ scope: 'attribute', tags: ['zz:new'], clusters: [] }, data), true);
  });

  it('remove a local tag whose flag is a text', () => {
    for (const local of ['1', 1, true, 'true']) {
      const data = { Event: { id: '7', uuid: 'u', Tag: [{ name: 'x', local }] } };
      const params = { scope: 'event', action: 'remove', tags: ['x'] };
      assert.equal(planTagOperation({ ...params, locality: 'local' }, {}, data).length, 1, String(local));
      assert.equal(planTagOperation({ ...params, locality: 'global' }, {}, data).length, 0, String(local));
    }
  });

  it('know a tag that is there twice, local and global, in either order', () => {
    const both = [
      { name: 'tlp:red', local: '1' },
      { name: 'tlp:red', local: false },
    ];
    for (const Tag of [both, both.toReversed()]) {
      const data = { Event: { id: '7', uuid: 'u', Tag } };
      for (const locality of ['local', 'global', 'any']) {
        const params = { scope: 'event', action: 'remove', tags: ['tlp:red'], locality };
        assert.equal(planTagOperation(params, {}, data).length, 1, locality);
      }
      const replaced = planTagReplacement({ locality: 'same' }, substituteTlp(), {}, data);
      assert.deepEqual(replaced, []);
    }
  });

  it('do not write what is there already in another notation: that would unpublish', () => {
    const data = {
      Event: {
        id: '7',
        uuid: 'u',
        extends_uuid: '091B3BA9-7144-478D-AE4B-AA4B734B2703',
        threat_level_id: 2,
        _AttributeFlattened: [
          attribute('1', { first_seen: '2026-01-31T12:00:00.000000+00:00', to_ids: '1' }),
        ],
      },
    };
    const edit = (fields: object) => planAttributeEdit(setFields(fields), {}, data);
    assert.deepEqual(edit({ first_seen: '2026-01-31T13:00:00+01:00' }), []);
    assert.deepEqual(edit({ to_ids: true }), []);
    assert.equal(edit({ first_seen: '2026-01-31T12:00:00.000001Z' }).length, 1);
    const uuid = '091b3ba9-7144-478d-ae4b-aa4b734b2703';
    assert.deepEqual(planEventEdit({ extends_uuid: uuid, threat_level_id: '2' }, false, data), []);
  });

  it('are seen in attributes whose uuids are in capitals', () => {
    const own = { uuid: 'ABCD-EF', value: 'x', comment: '', Tag: [], _allTags: [] };
    const data = { Event: { id: '7', uuid: 'u', Attribute: [own], _AttributeFlattened: [own] } };
    const item = { uuid: 'abcd-ef' };
    reflect(
      data,
      done([{ do: 'edit-attributes', event: { uuid: 'U' }, changes: [{ item, fields: { comment: 'c' } }] }]),
    );
    assert.equal(own.comment, 'c');
  });

  it('leave proposals alone that are deleted, however that is said', () => {
    for (const deleted of [true, 1, '1']) {
      const data = { Event: { id: '7', uuid: 'u', ShadowAttribute: [{ id: '1', deleted }] } };
      assert.deepEqual(planProposals({ proposal_type: 'any' }, {}, data), []);
    }
    const open = { Event: { id: '7', uuid: 'u', ShadowAttribute: [{ id: '1', deleted: '0' }] } };
    assert.equal(planProposals({ proposal_type: 'any' }, {}, open).length, 1);
  });

  it('refuse an event whose attributes MISP left out, and take one that a filter narrowed', () => {
    const thin = { Event: { id: '7', uuid: 'u', attribute_count: '2', _AttributeFlattened: [] } };
    assert.throws(() => withAttributes(thin), /without its attributes/);
    const whole = { Event: { ...thin.Event, _AttributeFlattened: [attribute('1')] } };
    withAttributes(thin, whole);
    withAttributes({ Event: { id: '7', attribute_count: '0', _AttributeFlattened: [] } });
  });
});
