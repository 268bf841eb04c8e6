import { strict as assert } from 'node:assert';
import texts from '../../locales/en-US/misp-trigger.json';
import { isAtLeast, TRIGGER_VERSIONS, VERSION_FACTS, versionNotes } from '../../src/misp/versions';
import { words } from '../../src/text';
import { TRIGGERS } from '../../src/triggers/triggers';

const keys = (version: string, trigger: string) =>
  versionNotes(version, trigger).map(({ level, said }) => `${level} ${said.key}`);

describe('What versions of MISP do otherwise', () => {
  it('names the versions in which a block of a publication does not hold, and no other', () => {
    const red = 'red version.publishesAnyway';
    for (const version of ['2.5.24', '2.5.27', '2.5.33', '2.5.38']) {
      assert.deepEqual(keys(version, 'event-publish'), [red], version);
    }
    for (const version of ['2.4.204', '2.5.1', '2.5.3', '2.5.9', '2.5.23', '2.5.39', '2.5.50']) {
      assert.deepEqual(keys(version, 'event-publish'), [], version);
    }
    assert.deepEqual(keys('2.5.33', 'event-before-save'), []);
  });

  it('tells of triggers that a version lacks, on both sides', () => {
    const since = 'red version.triggerSince';
    const cases = [
      ['2.5.31', '2.5.32', 'event-before-delete'],
      ['2.5.36', '2.5.37', 'analyst-data-after-save'],
      ['2.5.1', '2.5.2', 'ad-hoc'],
      // 2.4.200 is 2.5.2.
      ['2.4.199', '2.4.200', 'ad-hoc'],
      ['2.4.150', '2.4.208', 'ad-hoc'],
    ] as const;
    for (const [without, having, trigger] of cases) {
      assert.ok(keys(without, trigger).includes(since), `${without} ${trigger}`);
      assert.ok(!keys(having, trigger).includes(since), `${having} ${trigger}`);
    }
    assert.deepEqual(keys('2.5.49', 'post-after-save'), []);
    assert.deepEqual(keys('2.5.50', 'post-after-save'), ['red version.triggerUntil']);
  });

  it('tells of lost runs and of tags of events', () => {
    const tags = keys('2.5.23', 'tag-attached-after-save');
    assert.deepEqual(tags, ['yellow version.losesBigEvents', 'yellow version.eventTags']);
    assert.deepEqual(keys('2.5.43', 'tag-attached-after-save'), []);
    assert.deepEqual(keys('2.5.42', 'event-after-save-new'), ['yellow version.losesBigEvents']);
  });

  it('says of a version that nobody knows that it is newer, and of no version nothing', () => {
    for (const version of ['2.5.51', '2.6.0', '3.0']) {
      assert.deepEqual(keys(version, 'user-before-save'), ['yellow version.newer'], version);
    }
    for (const version of ['', 'unknown', '<b>', '__proto__', 'v2.5.1']) {
      assert.deepEqual(keys(version, 'event-publish'), [], version);
    }
    assert.deepEqual(keys('2.5.50', 'constructor'), []);
  });

  it('says it in words that name the versions', () => {
    const [{ said }] = versionNotes('2.5.33', 'event-publish');
    assert.match(words(said), /MISP 2\.5\.33 .*2\.5\.24 to 2\.5\.38/);
    for (const { key } of VERSION_FACTS) assert.ok(key.startsWith('version.'));
  });

  it('stands in the words about each trigger, from which to which version MISP has it', () => {
    const { describe: about } = texts.fields.trigger;
    for (const { id } of TRIGGERS) {
      const { from = '2.5.1', until } = TRIGGER_VERSIONS[id] ?? {};
      const span = until ? `${until} and older` : `${from} and newer`;
      assert.ok((about as Record<string, string>)[id].includes(`*MISP:* ${span}`), `${id}: ${span}`);
    }
  });

  it('warns of what MISP does with ad hoc workflows', () => {
    assert.deepEqual(keys('2.5.6', 'ad-hoc'), ['yellow version.adHoc']);
  });

  it('names triggers that there are', () => {
    const known = new Set(TRIGGERS.map(({ id }) => id));
    const named = [
      ...Object.keys(TRIGGER_VERSIONS),
      ...VERSION_FACTS.flatMap(({ triggers = [] }) => triggers),
    ];
    assert.deepEqual(
      named.filter((id) => !known.has(id)),
      [],
    );
  });

  it('compares numbers, not texts', () => {
    assert.ok(isAtLeast('2.5.10', '2.5.8'));
    assert.ok(!isAtLeast('2.5.7', '2.5.8'));
    assert.ok(!isAtLeast('?', '2.5.8'));
  });
});
