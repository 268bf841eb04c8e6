import { strict as assert } from 'node:assert';
import { compileTemplate } from '../../src/notify/template/template';

const data = {
  Event: { info: 'An event', id: 5, published: false, nothing: null, Tag: [{ name: 'tlp:red' }] },
};
const render = (template: string) => compileTemplate(template).render(data);

describe('a template', () => {
  it('names values by dots and list positions', () => {
    assert.equal(
      render('Stop: {{ Event.info }} ({{Event.Tag.0.name}}, {{ Event.id }})'),
      'Stop: An event (tlp:red, 5)',
    );
  });
  it('prints as Python does, and nothing for what is missing', () => {
    assert.equal(
      render('{{ Event.published }} {{ Event.nothing }} [{{ Event.missing.more }}]'),
      'False None []',
    );
  });
  it('drops one line end at the end', () => {
    assert.equal(render('a\n\n'), 'a\n');
  });
  it('cannot reach prototypes', () => {
    assert.equal(render('{{ Event.constructor }}{{ __proto__.x }}{{ Event.info.length }}'), '');
  });
  it('says what it cannot do, and where', () => {
    for (const template of [
      'a\n{% if x %}',
      '{{ Event.info | upper }}',
      '{{ a[0] }}',
      '{# x #}',
      '{{ open',
    ]) {
      assert.throws(() => compileTemplate(template), /Line [12] has something/);
    }
    assert.throws(() => render('{{ Event.Tag }}'), /list or an object/);
  });
});
