import { strict as assert } from 'node:assert';
import { QUERY_FORMS, type QueryForm } from '../../sandbox/misp/service/query-forms';
import { attribute } from '../support/ask-as-misp';
import recorded from '../fixtures/misp-modules/live/r1-enrichment-requests.json';

type Json = Record<string, unknown>;

/** How the recorded requests of each form begin in the words of the recording. */
const FORMS: [words: string, form: QueryForm][] = [
  ['page expansion', 'page'],
  ['hover persistent', 'hover that was clicked'],
  ['hover', 'hover'],
  ['REST modules/queryEnrichment', 'REST modules/queryEnrichment'],
  ['REST events/enrichEvent', 'events/enrichEvent and enrich-event'],
  ['REST attributes/enrich', 'attributes/enrich'],
];
const { cases } = recorded as { cases: { what: string; requests: { body?: Json }[] }[] };

describe('how the stand-in MISP words its queries', () => {
  for (const [words, form] of FORMS) {
    it(`is how they were recorded: ${form}`, () => {
      const all = cases.filter(({ what }) => FORMS.find(([begin]) => what.startsWith(begin))?.[0] === words);
      const bodies = all.flatMap(({ requests }) =>
        requests.flatMap(({ body }): Json[] => (body ? [body] : [])),
      );
      assert.ok(bodies.length > 0);
      for (const body of bodies) {
        const asked = body.attribute as Json | undefined;
        const plain = Object.keys(body).find((name) => /^(text|md5|yara|ip-dst)$/.test(name));
        const type = (asked?.type as string | undefined) ?? plain ?? '';
        const { module, config } = body as { module: string; config?: Json };
        const known = attribute(type, String(asked?.value ?? body[type]));
        const own: Json = QUERY_FORMS[form]({
          module,
          attribute: known,
          config,
          standard: asked !== undefined,
        });
        // The caller of a REST query words it himself.
        const isOwn = form === 'REST modules/queryEnrichment';
        if (!isOwn) assert.deepEqual(Object.keys(own), Object.keys(body));
        assert.deepEqual(own.config, config);
        assert.equal(own[type], body[type]);
        const names = (row: unknown) => Object.keys(row ?? {}).sort();
        assert.deepEqual(names(own.attribute), names(asked));
      }
    });
  }

  it('has tags on one way only, and a hover neither event nor uuid', () => {
    const Tag = [{ name: 'PAP:RED' }];
    const known = attribute('md5', 'x', { Tag });
    for (const [form, word] of Object.entries(QUERY_FORMS)) {
      for (const standard of [true, false]) {
        const text = JSON.stringify(word({ module: 'm', attribute: known, standard }));
        assert.equal(text.includes('PAP:RED'), form === 'attach-enrichment' && standard, form);
      }
    }
    const plain = QUERY_FORMS.hover({ module: 'm', attribute: known, standard: false });
    assert.deepEqual(plain, { module: 'm', md5: 'x' });
  });
});
