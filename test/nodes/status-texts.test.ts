import { strict as assert } from 'node:assert';
import type { StatusArguments } from '../../nodes/node-status';
import { TriggerReport } from '../../nodes/triggers/trigger-report';
import { definitions } from '../support/definitions';

/** What fits under a node up to the next one, where nodes stand as far apart as in the examples. */
const LONGEST = 36;
/** What stands before words from elsewhere, such as the reason of a block. */
const LONGEST_FRAME = 21;
/** The same with what is left of such words at a trigger, behind which other nodes stand. */
const LONGEST_AT_TRIGGER = 46;

interface Texts {
  [key: string]: string | Texts;
}

/** Words from elsewhere: nobody knows how long they are. */
const FREE = ['problem', 'reason', 'what', 'labels', 'status', 'name'];
const NUMBERS = ['count', 'done', 'total', 'scored', 'refused', 'result', 'nothing', 'bad', 'lost'];

const longest = (texts: unknown) =>
  Object.values((texts ?? {}) as Record<string, string>).reduce((a, b) => (b.length > a.length ? b : a), '');

function typical(texts: Texts): Record<string, string> {
  return {
    ...Object.fromEntries([...NUMBERS, 'notAsked', 'notSaved'].map((name) => [name, '12'])),
    ...Object.fromEntries(FREE.map((name) => [name, ''])),
    ...{ added: '123', removed: '123', entries: '200000' },
    ...{ time: '11:05', port: '6667', by: longest(texts.by), cause: longest(texts.causes) },
  };
}

const filled = (text: string, values: Record<string, string>) =>
  text.replace(/__(\w+?)__/g, (whole, name: string) => values[name] ?? whole);

const flat = (texts: Texts): string[] =>
  Object.values(texts).flatMap((value) => (typeof value === 'string' ? [value] : flat(value)));

describe('the texts of statuses', () => {
  for (const { type, texts } of definitions) {
    const known = texts as unknown as Texts;
    it(`are short: ${type}`, () => {
      for (const text of flat(known.status as Texts)) {
        const line = filled(text, typical(known));
        assert.doesNotMatch(line, /__/, 'a value that this test does not know');
        const isFrame = FREE.some((name) => text.includes(`__${name}__`));
        assert.ok(line.length <= (isFrame ? LONGEST_FRAME : LONGEST), `${line.length}: ${line}`);
      }
    });
  }

  it('have at a trigger what fits of a reason, also of one without an end', () => {
    const texts = definitions.find(({ type }) => type === 'misp-trigger')!.texts as unknown as Texts;
    const lines: string[] = [];
    const text = (key: string, values: Record<string, string> = {}) => {
      const found = key.split('.').reduce((at, step) => (at as Texts)[step], texts as Texts | string);
      return filled(found as string, values);
    };
    const status = (...[key, , , params]: StatusArguments) => lines.push(text(`status.${key}`, params));
    const node = { warn: () => undefined };
    const report = new TriggerReport({ node, text, status, connection: () => undefined } as never);
    for (const reason of ['tlp:red', 'tlp:red must not be published at all', 'x'.repeat(10_000)]) {
      for (const cause of ['response', 'error', 'unanswered'] as const)
        report.verdict({ outcome: 'block', cause, reason });
      report.incomplete(new Error(reason), 'incomplete');
    }
    report.withoutFlow('breaker', true);
    report.close();
    assert.equal(lines.length, 13);
    for (const line of lines) assert.ok(line.length <= LONGEST_AT_TRIGGER, `${line.length}: ${line}`);
    assert.match(lines[0], /^\d\d:\d\d blocked: tlp:red$/);
    assert.match(lines[4], /^\d\d:\d\d blocked: tlp:red must not be publ…$/);
    assert.match(lines[12], /^\d\d:\d\d blocked: too late too often$/);
  });
});
