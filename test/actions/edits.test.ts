import { strict as assert } from 'node:assert';
import { planAssignCountry } from '../../src/actions/assign-country';
import { idsFlag, planAttributeEdit, setFields } from '../../src/actions/attribute-edit';
import { planBlockEvent } from '../../src/actions/blocklist';
import { planEventDistribution, planEventEdit } from '../../src/actions/event-edit';
import { planProposals } from '../../src/actions/proposals';
import { planPublish, planUnpublish } from '../../src/actions/publish';
import { planPushZmq } from '../../src/actions/push-zmq';
import { attachWarninglists, planAddToWarninglist } from '../../src/actions/warninglist';
import { attribute, eventWith, ref, tag } from './event';

const event = { id: '1', uuid: 'e' };

describe('the plan of an edit', () => {
  it('writes only what changes', () => {
    const [on, off] = [attribute(1), attribute(2, { to_ids: '0' })];
    const data = eventWith([on, off]);
    assert.deepEqual(planAttributeEdit(idsFlag(), {}, data), [
      { do: 'edit-attributes', event, changes: [{ item: ref(off), fields: { to_ids: true } }] },
    ]);
    const [toggled] = planAttributeEdit(idsFlag('toggle'), {}, data);
    assert.deepEqual(
      toggled.changes.map(({ fields }) => fields.to_ids),
      [false, true],
    );
    assert.deepEqual(planAttributeEdit(setFields({ comment: '' }), {}, data), []);
  });

  it('sets a sharing group together with its distribution', () => {
    const data = eventWith([attribute(1, { distribution: '4', sharing_group_id: '1' })]);
    const fields = { distribution: '4', sharing_group_id: '2' };
    assert.deepEqual(planAttributeEdit(setFields(fields), {}, data)[0].changes[0].fields, fields);
    assert.deepEqual(planAttributeEdit(setFields({ ...fields, sharing_group_id: '1' }), {}, data), []);
  });

  it('edits an event, with or without attributes', () => {
    const data = eventWith([], { distribution: 0, threat_level_id: '4' });
    const distribution = { distribution: '4', sharing_group_id: ['7'], freeze: 'freeze' };
    assert.deepEqual(planEventDistribution(distribution, data), [
      { do: 'edit-event', event, fields: { distribution: '4', sharing_group_id: '7' }, freeze: true },
    ]);
    assert.deepEqual(planEventDistribution({ sharing_group_id: '7' }, data), []);
    assert.deepEqual(planEventEdit({ threat_level_id: '1', info: 'a case' }, false, data), [
      { do: 'edit-event', event, fields: { threat_level_id: '1' }, freeze: false },
    ]);
  });
});

describe('the plan of proposals', () => {
  const proposal = (id: string) => ({ id, uuid: `p${id}` });
  const data = eventWith(
    [
      attribute(1, { ShadowAttribute: [proposal('1')] }),
      attribute(2, { type: 'domain', ShadowAttribute: [proposal('2')] }),
    ],
    { ShadowAttribute: [proposal('3'), { ...proposal('4'), deleted: true }] },
  );
  const decided = (params: object, filter = {}) =>
    planProposals(params, filter, data).map(({ do: verb, proposal: { id } }) => `${verb} ${id}`);

  it('decides new ones, those on attributes, or both', () => {
    assert.deepEqual(decided({ proposal_type: 'new' }), ['accept-proposal 3']);
    assert.deepEqual(decided({ proposal_type: 'any', action: 'remove' }), [
      'discard-proposal 3',
      'discard-proposal 1',
      'discard-proposal 2',
    ]);
  });

  it('decides those on the attributes that a filter leaves', () => {
    const filter = {
      selector: 'Event._AttributeFlattened.{n}',
      value: 'domain',
      operator: 'equals',
      path: 'type',
    };
    assert.deepEqual(decided({ proposal_type: 'any' }, filter), ['accept-proposal 2']);
  });
});

describe('the plan of countries', () => {
  const countries = new Map([['belgium', 'misp-galaxy:country="belgium"']]);
  const enriched = attribute(1, { enrichment: [[{ values: ['Belgium', 'BE'] }]] });
  const data = eventWith([enriched, attribute(2)]);

  it('tags each attribute with its own, or the event with all', () => {
    const [own] = planAssignCountry({ scope: 'attribute' }, {}, data, countries);
    assert.deepEqual([own.items, own.tags], [[ref(enriched)], ['misp-galaxy:country="belgium"']]);
    const [all] = planAssignCountry({}, {}, data, countries);
    assert.deepEqual([all.scope, all.local], ['event', true]);
    const tagged = eventWith([enriched], { Tag: [tag('misp-galaxy:country="belgium"')] });
    assert.deepEqual(planAssignCountry({}, {}, tagged, countries), []);
  });

  it('refuses a path to something else than texts', () => {
    const wrong = () =>
      planAssignCountry({ scope: 'attribute', hash_path: 'enrichment' }, {}, data, countries);
    assert.throws(wrong, { key: 'country.notText' });
  });
});

describe('warninglists', () => {
  const resolvers = { id: '2', name: 'resolvers', category: 'false_positive', match: '192.0.2.1' };
  const hits = new Map([['192.0.2.1', [resolvers, { ...resolvers, id: '3', name: 'others' }]]]);

  it('attaches the hits of the chosen lists, once', () => {
    const data = eventWith([attribute(1), attribute(2)]);
    const attach = () => attachWarninglists(['resolvers'], {}, data, () => hits);
    assert.deepEqual(attach(), { attributes: 1, lists: ['resolvers'] });
    attach();
    const [first, second] = data.Event._AttributeFlattened ?? [];
    assert.deepEqual((first.warnings as object[]).length, 1);
    assert.equal(second.warnings, undefined);
    assert.deepEqual(data.Event.warnings, [{ id: '2', name: 'resolvers', category: 'false_positive' }]);
    assert.throws(() => attachWarninglists([], {}, data, () => hits), { key: 'warninglist.noneChosen' });
  });

  it('does not attach again what MISP has given with the event, whatever its notation', () => {
    const known = {
      warninglist_id: 2,
      warninglist_name: 'resolvers',
      match: '192.0.2.1',
      value: '192.0.2.1',
    };
    const data = eventWith([attribute(1, { warnings: [known] })]);
    attachWarninglists('ALL', {}, data, () => hits);
    const warnings = data.Event._AttributeFlattened?.[0].warnings as { warninglist_id: unknown }[];
    assert.deepEqual(
      warnings.map(({ warninglist_id: id }) => id),
      [2, '3'],
    );
    assert.equal((data.Event.warnings as object[]).length, 2);
  });

  it('adds different texts, also where PHP takes them for one number', () => {
    const data = eventWith(['10', '1e1', '10', ''].map((value, id) => attribute(id + 1, { value })));
    assert.deepEqual(planAddToWarninglist('5', {}, data), [
      { do: 'extend-warninglist', list: '5', values: ['10', '1e1'] },
    ]);
  });
});

describe('the plan of other actions', () => {
  const data = eventWith([attribute(1)]);

  it('publishes and unpublishes', () => {
    assert.deepEqual(planPublish({}, data), [{ do: 'publish', event, mail: false, queued: true }]);
    assert.deepEqual(planUnpublish(data), [{ do: 'unpublish', event }]);
  });

  it('blocks an event by its uuid', () => {
    const entry = { uuid: 'e', info: 'a case', org: 'CERT', comment: 'Blocked from workflow' };
    assert.deepEqual(planBlockEvent({}, data, 'CERT'), [{ do: 'block-event', ...entry }]);
    assert.throws(() => planBlockEvent({ uuid_hash_path: 'Event.Orgc' }, data, ''), {
      key: 'blocklist.noUuid',
    });
  });

  it('sends what a path finds, by reference', () => {
    assert.deepEqual(planPushZmq('Event.info', data), [{ do: 'zmq-publish', message: ['a case'] }]);
    assert.equal(planPushZmq('', data)[0].message, data);
  });
});
