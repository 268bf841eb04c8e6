import { strict as assert } from 'node:assert';
import { compileTemplate } from '../../src/template/template';
import { checkTemplate } from '../support/templates';
import { WorkflowError } from '../../src/text';

const data = {
  Event: { info: 'An event', id: 5, published: false, nothing: null, Tag: [{ name: 'tlp:red' }] },
};
const render = (template: string) => compileTemplate(template).render(data);
/** As the message of the response node is rendered. */
const renderLeniently = (template: string) =>
  compileTemplate(template, { missingIsEmpty: true }).render(data);

describe('a template', () => {
  it('names values by dots and list positions', () => {
    assert.equal(
      render('Stop: {{ Event.info }} ({{Event.Tag.0.name}}, {{ Event.id }})'),
      'Stop: An event (tlp:red, 5)',
    );
  });
  it('prints as Python does, and nothing for what is missing', () => {
    assert.equal(
      renderLeniently('{{ Event.published }} {{ Event.nothing }} [{{ Event.missing.more }}]'),
      'False None []',
    );
    assert.equal(render('{{ Event.Tag }} [{{ Event.missing }}]'), "[{'name': 'tlp:red'}] []");
  });
  it('fails where something is asked of what is missing, unless told otherwise', () => {
    assert.throws(() => render('{{ Event.missing.more }}'), /Line 1 .*missing is missing .*"more"/);
    assert.throws(() => render('{{ process.env }}'), WorkflowError);
  });
  it('drops one line end at the end', () => {
    assert.equal(render('a\n\n'), 'a\n');
  });
  it('cannot reach prototypes', () => {
    assert.equal(renderLeniently('{{ Event.constructor }}{{ __proto__.x }}{{ Event.info.length }}'), '');
  });
  it('renders anything as data, also what is no object', () => {
    for (const odd of [undefined, null, 5, 'text', []]) {
      assert.equal(compileTemplate('a{{ b }}c').render(odd), 'ac');
    }
  });
  it('can be rendered again, with nothing left of the first time', () => {
    const template = compileTemplate('{% set x = (x or 0) + 1 %}{{ x }}');
    assert.equal(template.render({}), '1');
    assert.equal(template.render({}), '1');
  });
});

describe('an error of a template', () => {
  /** Text and line of what cannot be read. */
  const unreadable: [template: string, line: number, cause: RegExp][] = [
    ['a\n{{ open', 2, /\{\{ is not closed/],
    ['a\n\n{{ Event.info }', 3, /"}" cannot stand there/],
    ['{% if x %}\n\na', 1, /\{% if %\} is not closed/],
    ['{% if x %}\n{% endfor %}', 2, /does not close \{% if %\} of line 1/],
    ['a\n{% endif %}', 2, /does not belong to an open block/],
    ['a\n{% foo %}', 2, /there is no tag \{% foo %\}/],
    ['\n{% include "x" %}', 2, /not supported/],
    ['\n{{ x|nosuch }}', 2, /there is no filter nosuch/],
    ['\n{{ x is nosuch }}', 2, /there is no test nosuch/],
    ['{{ a\n b }}', 2, /"b" cannot stand there/],
    ['{{ 1 +\n\n* 2 }}', 3, /"\*" cannot stand there/],
    ['\n{# open', 2, /comment is not closed/],
    ["{{ 'open }}", 1, /quote is not closed/],
    ['{% for x of y %}{% endfor %}', 1, /a loop reads/],
    ['{{ }}', 1, /expression is missing/],
    ['{% call 5 %}{% endcall %}', 1, /needs the call of a macro/],
  ];
  for (const [template, line, cause] of unreadable) {
    it(`names line and cause: ${JSON.stringify(template)}`, () => {
      const error = checkTemplate(template);
      assert.ok(error instanceof WorkflowError);
      assert.equal(error.key, 'template.syntax');
      assert.equal(error.params.line, line);
      assert.match(error.message, cause);
    });
  }

  const failing: [template: string, line: number, cause: RegExp][] = [
    ['\n{{ x.y }}', 2, /x is missing/],
    ['{{ 1 }}\n{{ 1 / 0 }}', 2, /division by zero/],
    ['{% for a in\n5 %}{% endfor %}', 2, /type int is no list/],
    ['{% if true %}\n{% if 1 < "a" %}{% endif %}{% endif %}', 2, /int and str cannot be compared/],
    ['{% if false %}\n{% elif x.y %}{% endif %}', 2, /x is missing/],
    ['{% macro m() %}\n{{ x.y }}{% endmacro %}\n\n{{ m() }}', 2, /x is missing/],
    ['{% macro m() %}\n{% endmacro %}\n{{ m()|length + "a" }}', 3, /\+ does not work/],
    ['\n{{ Event.Tag.append(1) }}', 2, /cannot be changed/],
    ['\n{{ "x"|truncate }}{{ 5|truncate }}', 2, /int has no length/],
    ['\n{{ [1]|map("upper")|tojson }}', 2, /generator cannot be written as JSON/],
  ];
  for (const [template, line, cause] of failing) {
    it(`names line and cause while rendering: ${JSON.stringify(template)}`, () => {
      assert.throws(
        () => render(template),
        (error) =>
          error instanceof WorkflowError &&
          error.key === 'template.failed' &&
          error.params.line === line &&
          cause.test(error.message),
      );
    });
  }

  it('is none for what can be read', () => {
    assert.equal(checkTemplate('{% for t in Event.Tag %}{{ t.name }}{% endfor %}'), undefined);
  });
  it('holds nothing of the data', () => {
    const secret = { key: 'secret-value' };
    for (const template of [
      '{{ key + 1 }}',
      '{{ key.a.b }}',
      '{{ key|abs }}',
      '{{ "%d"|format(key) }}',
      '{{ {}[[key]] + 1 }}',
    ]) {
      assert.throws(
        () => compileTemplate(template).render(secret),
        (error) => error instanceof WorkflowError && !error.message.includes('secret-value'),
      );
    }
  });
});

describe('the advice of a template error', () => {
  const hint = (source: string, data: object) => {
    try {
      compileTemplate(source).render(data);
      return 'no error';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const data = { Event: { id: '7', Tag: [{ name: 'x' }] } };
  const cases: [string, string][] = [
    ['{{ Event.Galaxy[0].name }}', 'Event.Galaxy'],
    ['{{ Event.Tag[3].name }}', 'Event.Tag[3]'],
    ["{{ Event['Orgc'].name }}", 'Event["Orgc"]'],
    ['{{ Evnt.id }}', 'Evnt'],
    ['{% for tag in Event.Tag %}{{ tag.colour.code }}{% endfor %}', 'tag.colour'],
    ['{{ Event.count + 1 }}', 'Event.count'],
    ['{{ Event.Tag.0.colour.code }}', 'Event.Tag[0].colour'],
  ];
  for (const [source, path] of cases) {
    it(`names all of ${path}, and is true when it is followed`, () => {
      assert.ok(hint(source, data).includes(`{% if ${path} is defined %}`), hint(source, data));
      const inner = path.startsWith('tag.') ? path.replace('tag', 'Event.Tag[0]') : path;
      const followed = compileTemplate(`{% if ${inner} is defined %}there{% else %}not{% endif %}`);
      assert.equal(followed.render(data), 'not');
    });
  }

  it('gives none where nothing could be asked', () => {
    const message = hint("{{ (Event.Tag | map(attribute='nope') | first).name }}", data);
    assert.match(message, /nothing was found for nope/);
    assert.doesNotMatch(message, /is defined/);
  });
});

describe('names beside the data', () => {
  it('stand before it, and are not in it', () => {
    const data = { a: 1, _env: 'own' };
    const template = compileTemplate('{{ _env }} {{ a }}');
    assert.equal(template.render(data, { _env: 'given' }), 'given 1');
    assert.equal(template.render(data), 'own 1');
    assert.deepEqual(Object.keys(data), ['a', '_env']);
    assert.equal(compileTemplate('{{ __proto__ }}{{ constructor }}').render({}, {}), '');
  });
});
