import { strict as assert } from 'node:assert';
import type { AttachTags } from '../../src/actions/plan';
import { collectLog } from '../support/log';
import { MispNodeTest } from '../support/misp-node';
import { eventOf, planOf } from '../support/planned';

describe('misp-tag-replace', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  const tagged = (...names: string[]) => ({
    Event: {
      id: '2',
      uuid: 'e',
      Tag: names.map((name) => ({ name, local: false })),
      _AttributeFlattened: [],
    },
  });
  /** What would be removed and added. */
  async function planned(settings: object, payload: object): Promise<string[]> {
    await test.deploy('misp-tag-replace', { dryRun: true, ...settings });
    const [message] = await test.send({ payload });
    return (planOf(message) as AttachTags[]).flatMap(({ do: verb, tags, local }) =>
      tags.map((tag) => `${verb} ${tag}${verb === 'attach-tags' ? (local ? ' local' : ' global') : ''}`),
    );
  }

  it("puts TLP tags into MISP's notation", async () => {
    assert.deepEqual(await planned({}, tagged('TLP=Red')), ['attach-tags tlp:red local']);
    assert.deepEqual(await planned({ removeSubstituted: 'yes', locality: 'same' }, tagged('TLP=Red')), [
      'detach-tags TLP=Red',
      'attach-tags tlp:red global',
    ]);
  });

  it('keeps strict tags strict, unless told otherwise', async () => {
    const strict = () => tagged('tlp:amber+strict');
    assert.deepEqual(await planned({ removeSubstituted: 'yes', locality: 'same' }, strict()), []);
    assert.deepEqual(await planned({ strict: 'loosen' }, strict()), ['attach-tags tlp:amber local']);
  });

  it('replaces PAP tags, and those of a pattern', async () => {
    assert.deepEqual(await planned({ taxonomy: 'pap' }, tagged('pap:red')), ['attach-tags PAP:RED local']);
    const custom = { taxonomy: 'custom', pattern: '/^old:(?P<level>.*)$/i', substitution: 'new:{{level}}' };
    assert.deepEqual(await planned(custom, tagged('OLD:x')), ['attach-tags new:x local']);
  });

  it('asks MISP for the tags of an event that came without them', async () => {
    assert.deepEqual(await planned({}, { Event: { id: '1' } }), []);
    assert.deepEqual(test.calls, ['POST /events/restSearch']);
  });

  it('says what is wrong with a pattern', async () => {
    for (const [pattern, problem] of [
      ['', /pattern is missing/],
      ['/[/', /not a regular expression/],
      ['/(?=x)/', /look-around/],
    ] as const) {
      const log = collectLog(test.nodeRed.RED);
      await test.deploy('misp-tag-replace', { taxonomy: 'custom', pattern });
      log.stop();
      assert.match(log.text(), problem);
    }
  });

  it('refuses a group written as $1, which would become a part of the tag, and takes {{1}}', async () => {
    const custom = { taxonomy: 'custom', pattern: '/^(tlp):(?<level>.*)$/', dryRun: true };
    for (const substitution of ['new:$1', 'new:${level}', '$0']) {
      const log = collectLog(test.nodeRed.RED);
      await test.deploy('misp-tag-replace', { ...custom, substitution });
      log.stop();
      assert.match(log.text(), /\{\{1\}\}/, substitution);
      assert.ok(await test.fail({ payload: eventOf(test.misp, '2') }));
      assert.deepEqual(test.calls, []);
    }
    await test.deploy('misp-tag-replace', { ...custom, substitution: 'costs $ {{1}}:{{level}}' });
    const payload = { Event: { id: '2', Tag: [{ name: 'tlp:red' }] } };
    const [message] = await test.send({ payload });
    assert.deepEqual((planOf(message)[0] as { tags?: string[] }).tags, ['costs $ tlp:red']);
  });

  it('replaces the tags in MISP', async () => {
    const event = test.misp.events.get('4');
    assert.ok(event);
    event.Tag[0].name = 'TLP:AMBER';
    await test.deploy('misp-tag-replace', { removeSubstituted: 'yes' });
    await test.send({ payload: eventOf(test.misp, '4') });
    const tags = test.misp.events.get('4')?.Tag.map(({ name, local }) => ({ name, local }));
    assert.deepEqual(tags, [{ name: 'tlp:amber', local: true }]);
  });
});
