import { strict as assert } from 'node:assert';
import { compileTemplate } from '../../src/template/template';

const COUNT = 100_000;

/** An event with so many attributes, and how often anything below `Attribute` was touched. */
function watchedEvent() {
  const attributes = Array.from({ length: COUNT }, (_, index) => ({
    id: String(index),
    type: index % 2 ? 'ip-dst' : 'domain',
    value: `host-${index}.example`,
    to_ids: index % 2 === 1,
  }));
  const touched = { list: 0, entries: new Set<string>() };
  const Attribute = new Proxy(attributes, {
    get(target, key, receiver): unknown {
      touched.list++;
      if (typeof key === 'string' && /^\d+$/.test(key)) touched.entries.add(key);
      return Reflect.get(target, key, receiver);
    },
    ownKeys(target) {
      touched.list += target.length;
      return Reflect.ownKeys(target);
    },
  });
  return { data: { Event: { id: '7', info: 'A large event', Attribute } }, touched };
}

describe('a template on an event with 100,000 attributes', () => {
  it('does not look at them where it names something else', () => {
    const { data, touched } = watchedEvent();
    const template = compileTemplate(
      '{{ Event.info }}{% if Event.id == "7" %} {{ Event.id|int + 1 }}{% endif %}',
    );
    assert.equal(template.render(data), 'A large event 8');
    assert.equal(touched.list, 0);
  });
  it('reads only what it names', () => {
    const { data, touched } = watchedEvent();
    const template = compileTemplate(
      '{{ Event.Attribute|length }} {{ Event.Attribute.5.value }} {{ Event.Attribute[-1].id }}',
    );
    assert.equal(template.render(data), '100000 host-5.example 99999');
    assert.deepEqual([...touched.entries], ['5', '99999']);
  });
  it('reads no further than it has to', () => {
    const { data, touched } = watchedEvent();
    const template = compileTemplate(
      "{{ Event.Attribute|selectattr('type', 'equalto', 'ip-dst')|map(attribute='value')|first }}{% if Event.Attribute %}!{% endif %}",
    );
    assert.equal(template.render(data), 'host-1.example!');
    assert.deepEqual([...touched.entries], ['0', '1']);
  });
  it('goes through all of them when asked to', () => {
    const { data } = watchedEvent();
    const count = compileTemplate("{{ Event.Attribute|selectattr('to_ids')|list|length }}");
    assert.equal(count.render(data), '50000');
    const loop = compileTemplate(
      "{% for a in Event.Attribute %}{% if a.id == '99999' %}{{ loop.index }} {{ a.value }}{% endif %}{% endfor %}",
    );
    assert.equal(loop.render(data), '100000 host-99999.example');
  });
  it('leaves it as it was', () => {
    const { data } = watchedEvent();
    Object.freeze(data.Event);
    const template = compileTemplate(
      '{% set Event = 5 %}{% set l = [] %}{% set _ = l.append(1) %}{{ Event }}{{ l }}',
    );
    assert.equal(template.render(data), '5[1]');
    assert.equal(data.Event.info, 'A large event');
  });
});
