import { strict as assert } from 'node:assert';
import type { EditEvent } from '../../src/actions/plan';
import { MispNodeTest } from '../support/misp-node';
import { eventOf, isWriting, planOf } from '../support/planned';

describe('misp-event', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  async function planned(settings: object): Promise<EditEvent[]> {
    await test.deploy('misp-event', { dryRun: true, ...settings });
    const [message] = await test.send({ payload: eventOf(test.misp, '2') });
    return planOf(message) as EditEvent[];
  }

  it('sets a level, and freezes timestamp and published state if told to', async () => {
    const [edit] = await planned({ change: 'threat_level_id', threatLevel: '1', freeze: 'freeze' });
    assert.deepEqual([edit.fields, edit.freeze, edit.event.id], [{ threat_level_id: '1' }, true, '2']);
    const [other] = await planned({ change: 'distribution', distribution: '0' });
    assert.deepEqual([other.fields, other.freeze], [{ distribution: '0' }, false]);
  });

  it('writes nothing that the event has already', async () => {
    assert.deepEqual(await planned({ change: 'threat_level_id', threatLevel: '2' }), []);
  });

  it('takes info, date and extended event from a template', async () => {
    const { info, uuid } = eventOf(test.misp, '2').Event;
    const fields = async (change: string, value: string) => (await planned({ change, value }))[0].fields;
    assert.deepEqual(await fields('info', '[checked] {{ Event.info }}'), { info: `[checked] ${info}` });
    assert.deepEqual(await fields('date', '2026-01-31'), { date: '2026-01-31' });
    assert.deepEqual(await fields('extends_uuid', '{{ Event.uuid }}'), { extends_uuid: uuid });
  });

  it('shows the edit to the nodes behind', async () => {
    await test.deploy('misp-event', { dryRun: true, change: 'analysis', analysis: '2' });
    const payload = eventOf(test.misp, '2');
    payload.Event.analysis = '0';
    await test.send({ payload });
    assert.equal(payload.Event.analysis, '2');
  });

  it('says what is wrong with a new value', async () => {
    for (const [change, value, problem] of [
      ['date', '2026-02-30', /2026-02-30 is not a day/],
      ['extends_uuid', '7', /7 is not a uuid/],
      ['info', '', /new value is empty/],
    ] as const) {
      await test.deploy('misp-event', { dryRun: true, change, value });
      assert.match(await test.fail({ payload: eventOf(test.misp, '2') }), problem);
    }
  });

  it('changes the event in MISP', async () => {
    await test.deploy('misp-event', { change: 'info', value: '[checked] {{ Event.info }}' });
    const before = eventOf(test.misp, '4');
    const { info } = before.Event;
    await test.send({ payload: before });
    assert.equal(test.misp.events.get('4')?.info, `[checked] ${info}`);
    assert.equal(test.recorder.calls.filter(isWriting).length, 1);
  });

  it('keeps a published event published if told to', async () => {
    const event = test.misp.events.get('2');
    assert.ok(event);
    event.published = true;
    await test.deploy('misp-event', { change: 'threat_level_id', threatLevel: '3', freeze: 'freeze' });
    await test.send({ payload: eventOf(test.misp, '2') });
    assert.deepEqual([event.threat_level_id, event.published], ['3', true]);
  });
});
