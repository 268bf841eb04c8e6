import { strict as assert } from 'node:assert';
import { Exchange, type Told } from '../../src/news/exchange';

const kindOf = (name: string, heard: unknown[]) => ({
  name,
  read: (told: Told) => (typeof told.word === 'string' ? { word: told.word } : undefined),
  hear: (news: object, ageMs: number) => heard.push({ ...news, ageMs }),
});

describe('what several Node-REDs tell each other', () => {
  it('is heard by whom it is for, and by nobody else', () => {
    const [here, there] = [new Exchange(), new Exchange()];
    const [one, other]: unknown[][] = [[], []];
    there.join(kindOf('one', one));
    there.join(kindOf('other', other));
    const tell = here.join(kindOf('one', []));
    tell({ word: 'to nobody' });
    const end = here.sendBy((text) => there.hear(text, 5));
    tell({ word: 'x","news":{}}' });
    end();
    tell({ word: 'to nobody any more' });
    assert.deepEqual([one, other], [[{ word: 'x","news":{}}', ageMs: 5 }], []]);
  });

  it('goes to the latest of those who carry it', () => {
    const exchange = new Exchange();
    const sent: string[] = [];
    const tell = exchange.join(kindOf('one', []));
    const end = exchange.sendBy(() => sent.push('old'));
    exchange.sendBy(() => sent.push('new'));
    end();
    tell({ word: 'x' });
    assert.deepEqual(sent, ['new']);
  });

  it('is nothing that cannot be read: anybody may write to the store', () => {
    const exchange = new Exchange();
    const heard: unknown[] = [];
    exchange.join(kindOf('one', heard));
    const by = '"from":"x","number":1';
    for (const text of [
      ...[
        '',
        '{',
        'null',
        '[]',
        '7',
        '"one"',
        '{}',
        `{${by},"kind":"one"}`,
        `{${by},"kind":"one","news":[]}`,
      ],
      ...[
        `{${by},"kind":["one"],"news":{"word":"x"}}`,
        `{"__proto__":{${by},"kind":"one","news":{"word":"x"}}}`,
      ],
      ...['{"kind":"one","news":{"word":"x"}}', '{"from":1,"number":1,"kind":"one","news":{"word":"x"}}'],
      ...['{"from":"x","number":"1","kind":"one","news":{"word":"x"}}', '['.repeat(100_000)],
      `{"from":"${'x'.repeat(1_000_000)}","number":1,"kind":"one","news":{"word":"x"}}`,
      `{"from":"a","number":1,"kind":"${'x'.repeat(1_000_000)}","news":{"word":"x"}}`,
      '{"from":"b","number":1,"kind":"one","news":{"word":1}}',
      '{"from":"d","number":1e999,"kind":"one","news":{"word":"x"}}',
      ...['__proto__', 'constructor'].map(
        (name, index) => `{"from":"c","number":${index + 1},"kind":"${name}","news":{"word":"x"}}`,
      ),
    ])
      exchange.hear(text, 0);
    assert.deepEqual(heard, []);
    exchange.hear(`{${by},"kind":"one","news":{"word":"<b>"}}`, 1);
    assert.deepEqual(heard, [{ word: '<b>', ageMs: 1 }]);
  });

  it('is heard once, however often one begins to listen anew; what it has told itself is no news', () => {
    const [here, there] = [new Exchange(), new Exchange()];
    const heard: unknown[] = [];
    const tells = [here, there].map((exchange) => exchange.join(kindOf('one', heard)));
    const all: string[] = [];
    for (const exchange of [here, there]) exchange.sendBy((text) => all.push(text));
    for (const word of ['a', 'b']) for (const tell of tells) tell({ word });
    for (let time = 0; time < 3; time++) for (const text of all) there.hear(text, 0);
    assert.deepEqual(heard, [
      { word: 'a', ageMs: 0 },
      { word: 'b', ageMs: 0 },
    ]);
    const last = all[2];
    for (let other = 0; other < 5000; other++)
      there.hear(last.replace(/"from":"[^"]*"/, `"from":"${other}"`), 0);
    const { heard: kept } = there as unknown as { heard: Map<string, number> };
    assert.ok(kept.size <= 1000);
  });
});
