import { strict as assert } from 'node:assert';
import { renderTemplate } from '../../src/listener/thread/templates';

const ask = (asked: unknown) =>
  JSON.parse(
    renderTemplate(Buffer.from(JSON.stringify({ module: 'jinja_template_rendering', text: asked }))).body,
  ) as {
    results?: { types: string[]; values: string[] }[];
    error?: string;
  };
const rendered = (template: string, data: unknown = {}) =>
  ask(JSON.stringify({ template, data })).results?.[0].values[0];

describe("MISP's templates without misp-modules", () => {
  it('are rendered as misp-modules does, with the empty text for what cannot be', () => {
    assert.equal(
      rendered('{{ Event.info }} {{ n|length }}', { Event: { info: 'Grüße' }, n: [1, 2] }),
      'Grüße 2',
    );
    assert.equal(rendered('{{ x'), '');
    assert.equal(rendered('[{{ nope.deeper }}]'), '');
    assert.equal(rendered('[{{ x }}]', []), '[]');
    assert.equal(
      rendered('{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}'),
      '',
    );
  });

  it('are an error that MISP can read where there is no template', () => {
    for (const asked of [undefined, '', 'hello', 5, null]) {
      const { error, results } = ask(asked);
      assert.ok(error, String(asked));
      assert.deepEqual(results, []);
    }
  });
});
