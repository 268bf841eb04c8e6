import { strict as assert } from 'node:assert';
import { insertGroups } from '../../src/actions/insert-groups';
import { substituteCustom, substitutePap, substituteTlp } from '../../src/actions/tag-patterns';
import { planTagReplacement } from '../../src/actions/tag-replacement';
import { attribute, eventWith, ref, tag } from './event';
import { soon } from '../support/soon';

const event = { id: '1', uuid: 'e' };
const on = { scope: 'event', event, items: [] };

describe('tags and what they are replaced by', () => {
  const cases: [string, string | undefined][] = [
    ['TLP:RED', 'tlp:red'],
    ['tlp = green', undefined],
    ['tlp="amber"', 'tlp:amber'],
    ['tlp:amber+strict', 'tlp:amber+strict'],
    ['TLP:AMBER-STRICT', 'tlp:amber+strict'],
    ['tlp:"amber+strict"', 'tlp:amber+strict'],
    ['tlp:amber', 'tlp:amber'],
    ['mytlp:red', undefined],
    ['tlp:blue', undefined],
  ];
  for (const [from, to] of cases) {
    it(`${from} becomes ${to ?? 'nothing'}`, () => assert.equal(substituteTlp()(from), to));
  }

  it('loosens as MISP does where a user wants it', () => {
    assert.equal(substituteTlp(true)('tlp:amber+strict'), 'tlp:amber');
  });

  it('PAP in capitals', () => assert.equal(substitutePap('pap: clear'), 'PAP:CLEAR'));

  it('a pattern with groups, in any script', () => {
    const substitute = substituteCustom('/^lage:(?P<ort>[^:]+):(\\w+)$/', '{{2}}/{{ort}}/{{0}}');
    assert.equal(substitute('lage:Zürich:rot'), 'rot/Zürich/lage:Zürich:rot');
    assert.equal(substitute('x'), undefined);
  });

  it('a pattern in linear time', async () => {
    await soon(1000, () => substituteCustom('/^(a+)+$/', 'x')(`${'a'.repeat(50_000)}!`));
  });

  it('a group that took no part leaves its name in place', () => {
    const groups = new Map([
      ['0', 'ab'],
      ['constructor', 'mine'],
    ]);
    assert.equal(
      insertGroups('{{1}} {{constructor}} {{toString}} \\{{0}}', groups),
      '{{1}} mine {{toString}} {{0}}',
    );
  });
});

describe('the plan of a tag replacement', () => {
  const plan = (params: object, data: unknown) => planTagReplacement(params, substituteTlp(), {}, data);
  const attach = (tags: string[], local: boolean) => ({
    do: 'attach-tags',
    ...on,
    tags,
    local,
    create: true,
  });
  const detach = (tags: string[]) => ({ do: 'detach-tags', ...on, tags });

  it('adds the new tag, and removes the old one if told to', () => {
    const data = eventWith([], { Tag: [tag('TLP:RED')] });
    assert.deepEqual(plan({}, data), [attach(['tlp:red'], true)]);
    assert.deepEqual(plan({ remove_substituted: 'yes', locality: 'global' }, data), [
      detach(['TLP:RED']),
      attach(['tlp:red'], false),
    ]);
  });

  it('leaves alone what is right, and makes it local only if told to', () => {
    const data = eventWith([], { Tag: [tag('tlp:red')] });
    assert.deepEqual(plan({}, data), []);
    const remove = { remove_substituted: 'yes' };
    assert.deepEqual(plan({ ...remove, locality: 'global' }, data), []);
    assert.deepEqual(plan({ ...remove, locality: 'same' }, data), []);
    assert.deepEqual(plan(remove, data), [detach(['tlp:red']), attach(['tlp:red'], true)]);
  });

  it('gives the new tag the locality of the old one', () => {
    const data = eventWith([], { Tag: [tag('TLP:RED'), tag('TLP:GREEN', true)] });
    assert.deepEqual(plan({ remove_substituted: 'yes', locality: 'same' }, data), [
      detach(['TLP:RED', 'TLP:GREEN']),
      attach(['tlp:green'], true),
      attach(['tlp:red'], false),
    ]);
  });

  it('treats attributes with the same change together; untagged ones are no error', () => {
    const [a, b, c] = [
      attribute(1, { Tag: [tag('TLP:RED')] }),
      attribute(2),
      attribute(3, { Tag: [tag('TLP:RED')] }),
    ];
    const [only, ...others] = plan({ scope: 'attribute' }, eventWith([a, b, c]));
    assert.deepEqual(only.items, [a, c].map(ref));
    assert.deepEqual(others, []);
  });

  it('does not guess the tags of an event that came without them', () => {
    assert.throws(() => plan({}, { Event: { id: '1' } }), { key: 'action.tagsUnknown' });
  });

  it('never adds a tag without a name', () => {
    const data = eventWith([], { Tag: [tag('tlp:red')] });
    const empty = substituteCustom('/^tlp/', '');
    assert.deepEqual(planTagReplacement({ remove_substituted: 'yes' }, empty, {}, data), []);
  });
});
