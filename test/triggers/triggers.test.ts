import { strict as assert } from 'node:assert';
import { removeSecrets } from '../../src/triggers/secrets';
import tagOfAttribute from '../fixtures/triggers/tag-attached-after-save.attribute.json';
import tagOfEvent from '../fixtures/triggers/tag-attached-after-save.event-local.json';
import { tagChoiceMatches } from '../../src/triggers/tag-attached';
import { TRIGGERS } from '../../src/triggers/triggers';

describe('triggers', () => {
  it("are twenty, and the blocking ones are MISP's", () => {
    assert.equal(TRIGGERS.length, 20);
    assert.deepEqual(
      TRIGGERS.filter((entry) => entry.blocking).map((entry) => entry.id),
      [
        'event-publish',
        'event-before-save',
        'event-before-delete',
        'shadow-attribute-before-save',
        'user-before-save',
        'enrichment-before-query',
        'ad-hoc',
      ],
    );
  });

  it('secrets are removed at every level', () => {
    const data = {
      User: { email: 'a@b', authkey: 'k', inner: [{ password: 'p', name: 'n' }] },
      Confirm_Password: 'x',
    };
    removeSecrets(data);
    assert.deepEqual(data, { User: { email: 'a@b', inner: [{ name: 'n' }] } });
  });
});

describe('the choice of tags', () => {
  const event = {
    Event: {
      Tag: [
        { name: 'tlp:red', local: false },
        { name: 'mine', local: true },
      ],
    },
  };
  const attribute = { Event: { ...event.Event, Attribute: [{ Tag: [{ name: 'x', local: '1' }] }] } };
  const matches = (scope: string, locality: string, tags: string[], data: unknown) =>
    tagChoiceMatches({ scope, locality, tags } as Parameters<typeof tagChoiceMatches>[0], data);

  it('looks at the event, or at the attribute when there is one', () => {
    assert.equal(matches('event', 'any', [], event), true);
    assert.equal(matches('attribute', 'any', [], event), false);
    assert.equal(matches('event', 'any', [], attribute), false);
    assert.equal(matches('attribute', 'any', ['x'], attribute), true);
    assert.equal(matches('attribute', 'any', ['tlp:red'], attribute), false);
    assert.equal(matches('any', 'any', ['tlp:red'], event), true);
  });
  it('looks at name and locality of one tag', () => {
    assert.equal(matches('any', 'local', ['tlp:red'], event), false);
    assert.equal(matches('any', 'global', ['tlp:red'], event), true);
    assert.equal(matches('any', 'local', [], event), true);
    assert.equal(matches('any', 'local', ['x'], attribute), true);
  });
  it('leaves the locality to MISP where MISP does not tell it: tags of events', () => {
    const { data } = tagOfEvent.request.body;
    for (const locality of ['local', 'global', 'any']) {
      assert.equal(matches('event', locality, [], data), true, locality);
      assert.equal(matches('event', locality, ['blocklisted'], data), true, locality);
      assert.equal(matches('event', locality, ['not:there'], data), false, locality);
    }
    assert.equal(matches('attribute', 'global', [], tagOfAttribute.request.body.data), false);
  });
  it('is not met by data without an event', () => {
    assert.equal(matches('any', 'any', [], null), false);
    assert.equal(matches('any', 'any', [], {}), false);
  });
});
