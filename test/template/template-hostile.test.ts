import { strict as assert } from 'node:assert';
import { compileTemplate } from '../../src/template/template';
import { checkTemplate } from '../support/templates';
import { WorkflowError } from '../../src/text';
import { soon } from '../support/soon';

const big = 'x'.repeat(900_000);
const data = {
  big,
  Event: { info: 'An event', Tag: [{ name: 'tlp:red' }], list: Array.from({ length: 50_000 }, (_, i) => i) },
};

/** Each ends with an error; what could take all memory or time is cut off by count. */
const bombs: Record<string, string> = {
  'a loop in a loop': '{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}',
  'a loop that only tests':
    '{% for a in range(100000) %}{% for b in range(100000) if false %}{% endfor %}{% endfor %}',
  'a loop over a long list again and again':
    '{% for a in Event.list %}{% if 50001 in Event.list %}x{% endif %}{% endfor %}',
  'a recursive loop': '{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}',
  'a recursive loop that grows':
    '{% for a in range(1000) recursive %}{% if loop.depth < 90 %}{{ loop(range(1000)) }}{% endif %}{% endfor %}',
  'range without end': '{{ range(10**9) }}',
  'range with a huge number': '{{ range(10**300) }}',
  'range from far': '{{ range(-(10**18), 10**18, 2) }}',
  'text times a number': '{{ "x" * 10**9 }}',
  'a number times text': '{{ 10**12 * "ab" }}',
  'a list times a number': '{{ [0] * 10**9 }}',
  'a tuple times a number': '{{ (1, 2) * 10**9 }}',
  'text doubled in a loop':
    '{% set n = namespace(x="abcdefgh") %}{% for i in range(100) %}{% set n.x = n.x ~ n.x %}{% endfor %}',
  'a list doubled in a loop':
    '{% set n = namespace(x=[1]) %}{% for i in range(100) %}{% set n.x = n.x + n.x %}{% endfor %}',
  'a list that extends itself':
    '{% set l = [1] %}{% for i in range(100) %}{% set _ = l.extend(l) %}{% endfor %}',
  'a list that grows while it is read':
    '{% set l = [1] %}{% for i in l %}{% set _ = l.append(1) %}{% endfor %}',
  'many long texts':
    '{% set l = [] %}{% for i in range(100000) %}{% set _ = l.append(big ~ i) %}{% endfor %}',
  'a list in itself': '{% set l = [] %}{% set _ = l.append(l) %}{{ l }}',
  'a list in itself as JSON': '{% set l = [] %}{% set _ = l.append(l) %}{{ l|tojson }}',
  'lists in themselves compared':
    '{% set l = [] %}{% set m = [] %}{% set _ = l.append(m) %}{% set _ = m.append(l) %}{{ l == m }}',
  'a dict in itself': '{% set d = {} %}{% set _ = d.update({"d": d}) %}{{ d }}',
  'lists shared a thousandfold':
    '{% set n = namespace(x=[1]) %}{% for i in range(90) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}',
  'shared lists compared':
    '{% set n = namespace(x=[1], y=[1]) %}{% for i in range(90) %}{% set n.x = [n.x, n.x] %}{% set n.y = [n.y, n.y] %}{% endfor %}{{ n.x == n.y }}',
  'a power': '{{ 9**(9**9) }}',
  'a power of a power': '{{ 10**(10**10) }}',
  'a number that squares itself':
    '{% set n = namespace(x=99999999) %}{% for i in range(100) %}{% set n.x = n.x * n.x %}{% endfor %}',
  'an integer of a long text': '{{ ("9" * 900000)|int }}',
  'a macro that calls itself': '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
  'two macros that call each other':
    '{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}',
  'a macro that calls itself twice':
    '{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}',
  'a macro with callers': '{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}',
  'a block that writes itself': '{% block a %}{{ self.a() }}{% endblock %}',
  center: '{{ "x"|center(10**9) }}',
  'center of many': '{{ range(100000)|map("center", 900000)|list|length }}',
  ljust: '{{ "x".ljust(10**10) }}',
  zfill: '{{ "x".zfill(10**10) }}',
  expandtabs: '{{ ("\\t" * 1000).expandtabs(10**9) }}',
  indent: '{{ ("\\n" * 100000)|indent(10**6) }}',
  'indent with a text': '{{ ("a\\n" * 1000)|indent("x" * 100000) }}',
  replace: '{{ ("a" * 100000)|replace("a", "b" * 100000) }}',
  'replace of nothing': '{{ ("a" * 100000).replace("", "b" * 100000) }}',
  join: '{{ range(100000)|join("x" * 100000) }}',
  'join of long texts': '{{ [big, big, big]|join }}',
  'join as a method': '{{ ("x" * 100000).join("y" * 100000) }}',
  'format with a width': '{{ "%1000000000d"|format(1) }}',
  'format with a star': '{{ "%*d"|format(10**9, 1) }}',
  'format with digits': '{{ "%.999999999f"|format(1.5) }}',
  'format many times': '{{ ("%900000d" * 1000)|format(*range(1000)) }}',
  'braces with a width': '{{ "{:1000000000}".format(1) }}',
  'braces with a width from outside': '{{ "{:{}}".format(1, 10**9) }}',
  'braces many times': '{{ ("{0}" * 1000).format(big) }}',
  'a slice into many': '{{ [1]|slice(10**9)|list }}',
  'a batch filled up': '{{ [1]|batch(10**9, 0)|list }}',
  'round to many digits': '{{ 1.5|round(10**9, "floor") }}',
  'wordwrap with a long end': '{{ ("a " * 100000)|wordwrap(1, true, "x" * 1000) }}',
  'JSON with a wide indent': '{{ range(1000)|list|tojson(indent=10**6) }}',
  'output without end': '{% for i in range(100000) %}{{ big }}{% endfor %}',
  'escaping that grows': '{{ ("&" * 900000)|e }}',
  'sorting texts that begin alike':
    '{% set l = [] %}{% for i in range(2000) %}{% set _ = l.append("x" * 100000 ~ i) %}{% endfor %}{{ l|sort|length }}',
  'comparing long texts':
    '{% set a = big ~ "a" %}{% set b = big ~ "b" %}{% for i in range(100000) %}{% if a == b %}x{% endif %}{% endfor %}',
  'searching long texts': '{% for i in range(100000) %}{% if "xy" in big %}x{% endif %}{% endfor %}',
  'counting in long texts': '{% for i in range(100000) %}{{ big.count("xx") }}{% endfor %}',
  'splitting long texts': '{% for i in range(100000) %}{% set _ = big.split("x") %}{% endfor %}',
  'measuring long texts': '{% for i in range(100000) %}{{ big|length }}{% endfor %}',
  'tags without end': '{% for i in range(1000) %}{{ ("<!--" * 200000)|striptags }}{% endfor %}',
  'words without end': '{% for i in range(100000) %}{% set _ = big|wordcount %}{% endfor %}',
  'a list copied in a loop': '{% for i in range(100000) %}{% set _ = Event.list[:] %}{% endfor %}',
  'a list sorted in a loop': '{% for i in range(100000) %}{% set _ = Event.list|sort %}{% endfor %}',
};

/** Each is an error when it is read, not a crash. */
const deep: Record<string, string> = {
  brackets: `{{ ${'('.repeat(50_000)}1${')'.repeat(50_000)} }}`,
  lists: `{{ ${'['.repeat(50_000)}${']'.repeat(50_000)} }}`,
  dicts: `{{ ${'{1:'.repeat(5_000)}1${'}'.repeat(5_000)} }}`,
  'open brackets': `{{ ${'('.repeat(100_000)}`,
  blocks: '{% if 1 %}'.repeat(10_000) + '{% endif %}'.repeat(10_000),
  'open blocks': '{% for x in y %}'.repeat(10_000),
  negations: `{{ ${'not '.repeat(50_000)}1 }}`,
  signs: `{{ ${'-'.repeat(100_000)}1 }}`,
  choices: `{{ ${'1 if 0 else '.repeat(30_000)}1 }}`,
  calls: `{{ x${'()'.repeat(50_000)} }}`,
  elifs: `{% if 0 %}${'{% elif 0 %}'.repeat(20_000)}{% endif %}`,
  'a long template': 'x'.repeat(600_000),
};

/** Each finds nothing, or fails: never anything of JavaScript. */
const escapes = [
  '{{ Event.constructor }}',
  '{{ Event["constructor"] }}',
  '{{ Event|attr("constructor") }}',
  '{{ Event.__proto__ }}{{ Event["__proto__"] }}{{ Event.__class__ }}{{ Event.prototype }}',
  '{{ Event.info.constructor }}{{ Event.info.__proto__ }}{{ Event.info.toString }}{{ Event.info.length }}',
  '{{ Event.Tag.constructor }}{{ Event.Tag.__proto__ }}{{ Event.Tag.length }}{{ Event.Tag.map }}{{ Event.Tag.at }}',
  '{{ constructor }}{{ __proto__ }}{{ toString }}{{ hasOwnProperty }}{{ this }}{{ globalThis }}{{ require }}',
  '{{ (1).constructor }}{{ true.constructor }}{{ none.constructor }}{{ [].constructor }}{{ {}.constructor }}',
  '{{ range.constructor }}{{ range.prototype }}{{ range.call }}{{ dict.apply }}{{ range.bind }}{{ range.name }}',
  '{{ Event.info.upper.constructor }}{{ Event.get.constructor }}{{ Event.get.call }}',
  '{{ namespace(a=1).constructor }}{{ namespace().__proto__ }}{{ cycler(1).constructor }}{{ joiner().call }}',
  '{% for x in [1] %}{{ loop.constructor }}{{ loop.__proto__ }}{{ loop.cycle.constructor }}{% endfor %}',
  '{% macro m() %}{% endmacro %}{{ m.constructor }}{{ m.call }}{{ m.__proto__ }}',
  '{{ [Event]|map(attribute="constructor")|join }}{{ [Event]|map(attribute="__proto__.x")|list|length if false }}',
  '{{ "{0.constructor}".format(Event) }}{{ "{0[__proto__]}".format(Event) }}{{ "{0.__class__}".format(Event) }}',
  '{{ [Event]|selectattr("constructor")|list|length or "" }}',
  '{{ dict(constructor=1).toString }}{{ {"a": 1}.__proto__ }}{{ dict(Event).constructor }}',
  '{% set d = {"__proto__": 1} %}{{ {}.x }}{{ d.x }}',
  '{% set n = namespace() %}{% set n.__proto__ = 5 %}{{ namespace().x }}',
];
const refused = [
  '{{ Event.constructor.constructor("return process")() }}',
  '{{ "".constructor.constructor("return 1")() }}',
  '{{ Event.toString() }}',
  '{{ Event.hasOwnProperty("info") }}',
  '{{ Event.Tag.push(1) }}',
  '{{ Event.Tag.map("upper") }}',
  '{{ range.call(1) }}',
  '{{ [1]|map("constructor")|list }}',
  '{{ [1]|select("__proto__")|list }}',
  '{{ 1|constructor }}',
  '{{ 1|__proto__ }}',
  '{{ 1 is toString }}',
  '{{ at:(1, 2) }}',
  '{{ group:(1) }}',
  '{% call filter:(1) %}{% endcall %}',
  '{{ Event.Tag.append(1) }}',
  '{{ Event.update(x=1) }}',
  '{{ Event.pop("info") }}',
  '{{ Event.Tag[0].clear() }}',
  '{{ Event.Tag.sort() }}{{ Event.Tag.reverse() }}',
];

describe('a hostile template', () => {
  for (const [name, template] of Object.entries(bombs)) {
    it(`is stopped: ${name}`, async function () {
      this.timeout(60_000);
      const compiled = compileTemplate(template);
      await soon(2000, () => assert.throws(() => compiled.render(data), WorkflowError));
    });
  }

  for (const [name, template] of Object.entries(deep)) {
    it(`is refused: too deep or too long in ${name}`, async function () {
      this.timeout(60_000);
      await soon(2000, () => {
        const error = checkTemplate(template);
        assert.ok(error instanceof WorkflowError);
        assert.match(error.message, /^Line 1 /);
      });
    });
  }

  for (const template of escapes) {
    it(`reads nothing of JavaScript: ${template}`, () => {
      assert.equal(compileTemplate(template).render(data).replace('range', ''), '');
    });
  }

  for (const template of refused) {
    it(`is refused: ${template}`, () => {
      assert.throws(() => compileTemplate(template).render(data), WorkflowError);
    });
  }

  it('leaves data and prototypes as they were', () => {
    const before = JSON.stringify(data);
    for (const template of [...escapes, ...refused]) {
      try {
        compileTemplate(template).render(data);
      } catch {
        // Refused above.
      }
    }
    assert.equal(JSON.stringify(data), before);
    assert.deepEqual(Object.keys(Object.prototype), []);
    assert.equal(({} as Record<string, unknown>).x, undefined);
  });

  it('never calls what the data holds', () => {
    const called: string[] = [];
    const trap = {
      toString: () => called.push('text'),
      toJSON: () => called.push('json'),
      run: () => called.push('run'),
    };
    const render = (template: string) => compileTemplate(template).render({ trap });
    assert.equal(render('{{ trap.run }}{{ trap.toString }}'), '');
    assert.throws(() => render('{{ trap.run() }}'), WorkflowError);
    render('{{ trap }}{{ trap|string }}{{ trap|list }}');
    assert.deepEqual(called, []);
  });

  it('may have entries with names of JavaScript as plain data', () => {
    const odd: unknown = JSON.parse('{"__proto__": {"x": 1}, "constructor": "c", "toString": 2}');
    const text = compileTemplate('{{ d.__proto__.x }}{{ d.constructor }}{{ d.toString }}').render({ d: odd });
    assert.equal(text, '1c2');
  });
});
