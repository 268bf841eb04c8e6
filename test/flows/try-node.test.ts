import { strict as assert } from 'node:assert';
import { credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

interface Answer {
  problem?: string;
  source?: string;
  trigger?: string;
  outcome?: string;
  found?: string;
}

describe('"Try it" in the forms of logic nodes', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  const tlp = { scope: 'event', condition: 'in_or', tags: ['tlp:red'], clusters: [] };

  before(async () => {
    nodeRed = await startNodeRed();
    const port = await freePort();
    await deploy(nodeRed.RED, [tab, listener(port), trigger(['out']), node('out', 'debug', [])], credentials);
    await listening(port);
    await query(port, 'test_module', event(['tlp:red', 'other']));
  });
  after(() => nodeRed.stop());

  async function attempt(form: object): Promise<Answer> {
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/try/node`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ type: 'misp-if-tag', settings: tlp, triggers: [], ...form }),
    });
    return (await response.json()) as Answer;
  }

  it('decides on the last message of the trigger, and says what was found', async () => {
    assert.deepEqual(await attempt({ triggers: [idOf('trigger')] }), {
      source: 'received',
      trigger: 'event-publish',
      outcome: 'then',
      found: '["tlp:red","other"]',
    });
    const other = await attempt({
      triggers: [idOf('trigger')],
      settings: { ...tlp, condition: 'not_in_or' },
    });
    assert.equal(other.outcome, 'else');
  });

  it('decides on a pasted event in any form', async () => {
    const plain = { id: '1', Tag: [{ name: 'tlp:red' }] };
    for (const pasted of [plain, { Event: plain }, { payload: { Event: plain } }]) {
      const answer = await attempt({ event: JSON.stringify(pasted) });
      assert.deepEqual([answer.source, answer.outcome, answer.found], ['pasted', 'then', '["tlp:red"]']);
    }
  });

  it('says what is missing or wrong', async () => {
    assert.match((await attempt({})).problem ?? '', /paste an event/);
    assert.match((await attempt({ event: '{' })).problem ?? '', /not JSON/);
    assert.match(
      (await attempt({ type: 'misp-response', event: '{"id":"1"}' })).problem ?? '',
      /decides nothing/,
    );
    const path = { hash_path: 'Event.Tag[name=/(?=x)/]', operator: 'in', value: 'x' };
    const wrong = await attempt({ type: 'misp-if', settings: path, event: '{"Event":{}}' });
    assert.match(wrong.problem ?? '', /regular expression|cannot/);
  });

  const cases: [type: string, settings: object, outcome: string, found: string][] = [
    ['misp-if', { hash_path: 'Event.Tag.{n}.name', operator: 'in', value: 'other' }, 'else', '["tlp:red"]'],
    ['misp-if-count', { selector: 'Event.Tag.{n}', operator: 'equals', value: '1' }, 'then', '1'],
    [
      'misp-if-aggregate',
      {
        aggregation_path: 'Event.Tag.{n}.name',
        aggregation_type: 'unique_count',
        operator: 'less',
        value: '2',
      },
      ...(['then', '1'] as const),
    ],
    ['misp-if-distribution', { scope: 'event', condition: 'equals', distribution: '3' }, 'then', '["3"]'],
    ['misp-if-organisation', { org_type: 'orgc', condition: 'in', org_id: ['7'] }, 'then', '7'],
    ['misp-if-published', { condition: 'equals' }, 'else', 'false'],
    ['misp-if-threat-level', { condition: 'equals', threatlevel: '1' }, 'then', '1'],
    [
      'misp-filter',
      { selector: 'Event._AttributeFlattened.{n}', hash_path: 'type', operator: 'equals', value: 'domain' },
      'filtered',
      '["Event._AttributeFlattened.{n}: 1 / 2"]',
    ],
  ];
  const data = {
    Event: {
      Tag: [{ name: 'tlp:red' }],
      orgc_id: '7',
      threat_level_id: '1',
      distribution: '3',
      published: false,
      Attribute: [
        { id: '1', type: 'domain', value: 'a' },
        { id: '2', type: 'url', value: 'b' },
      ],
    },
  };
  for (const [type, settings, outcome, found] of cases) {
    it(`shows what ${type} compares`, async () => {
      const answer = await attempt({ type, settings, event: JSON.stringify(data) });
      assert.deepEqual([answer.problem, answer.outcome, answer.found], [undefined, outcome, found]);
    });
  }
});
