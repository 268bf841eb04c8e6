import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { detailTags, planCountryDetails } from '../../src/actions/country-details';
import { toCoreFormat } from '../../src/event/to-core';

const recorded = JSON.parse(
  readFileSync(path.join(__dirname, '../fixtures/misp-modules/query/mmdb_lookup.json'), 'utf8'),
) as { cases: { answer: { results: object } }[] };

describe('country, AS number and organisation', () => {
  it('are found in what mmdb_lookup answers', () => {
    assert.deepEqual(detailTags({ enrichment: [recorded.cases[0].answer.results] }), [
      'country:"LUXEMBOURG"',
      'asn_number:"64496"',
      'asn_org:"Example Net"',
      'country_code:"LU"',
    ]);
  });

  it('come from objects first, then from attributes; quotes become single ones', () => {
    const row = (object_relation: string, value: string) => ({ object_relation, value });
    const answer = {
      Object: [{ Attribute: [row('ASN', 'AS 64500'), row('ASNOrganization', 'The "Net"')] }],
      Attribute: [row('asn', '1'), row('country', ''), row('country', 'Belgium')],
    };
    assert.deepEqual(detailTags({ enrichment: [[], 'x', null, answer] }), [
      'country:"BELGIUM"',
      'asn_number:"64500"',
      `asn_org:"The 'Net'"`,
    ]);
    assert.deepEqual(detailTags({ enrichment: 'odd' }), []);
    const inc = { Attribute: [row('description', 'ASNOrganization: Acme Inc. of X. db_source: y. a: b.')] };
    assert.deepEqual(detailTags({ enrichment: [inc] }), ['asn_org:"Acme Inc. of X"']);
  });

  it('are one operation for all attributes that have the same', () => {
    const enrichment = [recorded.cases[0].answer.results];
    const rows = [1, 2, 3].map((id) => ({
      id: String(id),
      event_id: '2',
      type: 'ip-dst',
      value: `192.0.2.${id}`,
    }));
    const data = toCoreFormat({
      Event: { id: '2', Attribute: [{ ...rows[0], enrichment }, { ...rows[1], enrichment }, rows[2]] },
    });
    const [plan, ...others] = planCountryDetails({}, {}, data);
    assert.equal(others.length, 0);
    assert.deepEqual(
      plan.items.map(({ id }) => id),
      ['1', '2'],
    );
    assert.deepEqual([plan.local, plan.create, plan.tags.length], [true, true, 4]);
    assert.equal(planCountryDetails({ locality: 'global' }, {}, data)[0].local, false);
  });
});
