import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { MispAttribute } from '../../src/event/core';
import { attachAll } from '../../src/modules/asker';
import { findingsOf } from '../../src/modules/findings';
import { readModules, type ModuleInfo } from '../../src/modules/list';
import { replyOf, readReply, type Outcome } from '../../src/modules/reply';
import { WorkflowError } from '../../src/text';

type Json = Record<string, unknown>;
const folder = path.join(__dirname, '../fixtures/misp-modules');
const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as unknown;

const module: ModuleInfo = {
  ...{ name: 'tested', title: '', description: '', kinds: ['expansion'], input: ['ip-dst'] },
  ...{ format: 'plain', settings: [] },
};
const asked: MispAttribute = {
  ...{ id: '1', uuid: '5f0f0000-0000-4000-8000-000000000101', event_id: '7' },
  ...{ type: 'ip-dst', value: '203.0.113.45', distribution: '5' },
};
const found = (answer: unknown) =>
  findingsOf([{ question: { module, attribute: asked, body: {}, key: '' }, reply: replyOf(answer) }]);
const ownComment = (comment: string | undefined) =>
  (comment ?? '').replace(/\n?Attribute #1 enriched by tested\.$/, '');

describe("MISP's attach-enrichment", () => {
  const { byAnswer } = read('misp/attach-enrichment-results.json') as { byAnswer: Record<string, Json> };
  const ANSWERS: Record<string, unknown> = {
    'results list': { results: [{ types: ['text'], values: ['x'] }] },
    'results object': { results: { Object: [] } },
    error: { error: 'rate limited' },
    'error null and results': { error: null, results: [1] },
    'error and results': { error: 'e', results: [1] },
    'empty object': {},
    'results text': { results: 'text' },
    'false (service unreachable or time-out)': false,
    null: null,
    true: true,
    number: 7,
    list: [1],
  };
  for (const [what, answer] of Object.entries(ANSWERS)) {
    it(`attaches the same of: ${what}`, () => {
      const attribute = { ...asked } as MispAttribute & { enrichment?: unknown };
      const reply = replyOf(answer);
      attachAll([{ question: { module, attribute, body: {}, key: '' }, reply }]);
      // Where MISP's run dies, nothing is attached, and the answer is counted as a failure.
      const dies = 'Error(not caught by MISP)' in byAnswer[what];
      assert.deepEqual(attribute.enrichment, dies ? undefined : byAnswer[what].enrichment);
      if (dies) assert.equal(reply.outcome, 'failed');
    });
  }
});

describe("MISP's reader of plain results", () => {
  const { plain, plainWhole } = read('misp/handle-results.json') as {
    plain: Record<string, { results: unknown; makes: Json[] }>;
    plainWhole: Record<string, { answer: unknown; makes: Json[] }>;
  };
  /** What MISP's own import has to find out, and what is no attribute. */
  const isSavable = (row: Json) =>
    !('original_value' in row) && row.default_type !== null && typeof row.value !== 'object';
  const wanted = (row: Json) => ({
    type: row.default_type,
    value: String(row.value),
    comment: row.comment || '',
    to_ids: row.to_ids,
    tags: row.tags || [],
    category: row.default_category,
    ...(row.data === undefined ? {} : { data: row.data }),
    ...(row.distribution === undefined ? {} : { distribution: `${row.distribution as number}` }),
  });
  const cases = [
    ...Object.entries(plain).map(([what, { results, makes }]) => [what, { results }, makes] as const),
    ...Object.entries(plainWhole).map(([what, { answer, makes }]) => [what, answer, makes] as const),
  ];
  for (const [what, answer, makes] of cases) {
    it(`makes the same of: ${what}`, () => {
      const { attributes, problems } = found(answer);
      const rows = makes.filter(isSavable).map(wanted);
      const ours = attributes.map((own, index) => ({
        ...{ type: own.type, value: own.value, comment: ownComment(own.comment), to_ids: own.to_ids },
        ...{ tags: (own.Tag ?? []).map(({ name }) => name), category: own.category },
        ...(own.data === undefined ? {} : { data: own.data }),
        ...('distribution' in (rows[index] ?? {}) ? { distribution: own.distribution } : {}),
      }));
      assert.deepEqual(ours, rows);
      if (makes.some((row) => !isSavable(row)) && rows.length === 0)
        assert.ok(problems.length > 0, 'reported');
    });
  }
});

describe("MISP's reader of results in its own format", () => {
  const { misp_standard: standard } = read('misp/handle-results.json') as {
    misp_standard: Record<string, { results: Json; makes?: Record<string, Json[]>; throws?: string }>;
  };
  for (const [what, { results, makes, throws }] of Object.entries(standard)) {
    it(`makes the same of: ${what}`, () => {
      const { attributes, objects, reports, tags, problems } = found({ results });
      if (throws) {
        assert.equal(attributes.length + objects.length, 0);
        assert.equal(problems.length, 1, 'reported, where MISP dies');
        return;
      }
      const [wanted] = makes?.Attribute ?? [];
      if (wanted?.value === null)
        assert.equal(problems.length, 1, 'an attribute without a value is reported');
      else if (wanted) {
        const [own] = attributes;
        const first = (value: unknown) => (Array.isArray(value) ? (value as unknown[])[0] : value);
        assert.equal(own.type, first(wanted.type));
        assert.equal(own.value, wanted.value);
        // What the module does not say, MISP fills in when it saves.
        if (results.Attribute && 'category' in (results.Attribute as Json[])[0])
          assert.equal(own.category, first(wanted.category));
        assert.equal(String(own.distribution), String(wanted.distribution));
        assert.equal(ownComment(own.comment), wanted.comment ?? '');
        assert.deepEqual(own.Tag ?? [], wanted.Tag ?? []);
      }
      for (const [index, object] of (makes?.Object ?? []).entries()) {
        const own = objects[index];
        assert.equal(own.uuid, object.uuid);
        assert.equal(own.template_uuid, object.template_uuid);
        assert.equal(own.Attribute[0].object_relation, (object.Attribute as Json[])[0].object_relation);
        const [reference] = object.ObjectReference as Json[];
        assert.equal(own.ObjectReference?.[0].referenced_uuid, reference.referenced_uuid);
      }
      assert.equal(reports.length, makes?.EventReport?.length ?? 0);
      assert.deepEqual(
        tags,
        (makes?.Tag ?? []).map(({ name }) => name),
      );
    });
  }
});

describe('answers of a real misp-modules', () => {
  const recorded = (file: string) =>
    (read(file) as { cases: (Json & { what: string; status: number })[] }).cases;
  const textIn = (one: Json) =>
    'answer' in one ? JSON.stringify(one.answer) : ((one.answerText ?? one.answerCut ?? '') as string);
  const outcomes = (file: string) =>
    recorded(file).map((one): [string, Outcome] => [
      one.what,
      readReply({ status: one.status, text: textIn(one) }).outcome,
    ]);

  it('that ask for settings are failures, never "nothing found"', () => {
    const all = new Map(outcomes('query/settings-missing.json'));
    assert.ok(all.size > 40);
    assert.deepEqual(
      [...all].filter(([, outcome]) => outcome !== 'failed'),
      [],
    );
  });

  it('that find nothing say so by an error', () => {
    const all = new Map([...outcomes('query/hashlookup.json'), ...outcomes('query/mmdb_lookup.json')]);
    assert.equal(all.get('found'), 'result');
    assert.equal(all.get('not found: error, not empty results'), 'nothing');
    assert.equal(all.get('no such db_source'), 'nothing');
    assert.equal(all.get('web API answers 500'), 'failed');
    assert.equal(all.get('web API unreachable: the module raises'), 'failed');
  });

  it('whatever they are, are read without an error', () => {
    for (const file of ['service/modules-behaviour.json', 'service/query-errors.json']) {
      for (const [what, outcome] of outcomes(file)) assert.ok(outcome, what);
    }
    const all = new Map(outcomes('service/modules-behaviour.json'));
    for (const what of ['false', 'none', 'text', 'list', 'number', 'empty', 'nan', 'datetime'])
      assert.equal(all.get(`module returns ${what}`), 'failed', what);
    assert.equal(all.get('module returns error_and_results'), 'result');
  });

  it('hashlookup and mmdb_lookup echo what was asked, which is not added', () => {
    for (const file of ['query/hashlookup.json', 'query/mmdb_lookup.json']) {
      const [one] = recorded(file);
      const { attribute } = (one.request as { body: { attribute: MispAttribute } }).body;
      const reply = replyOf(one.answer);
      const { attributes, objects } = findingsOf([
        { question: { module, attribute, body: {}, key: '' }, reply },
      ]);
      assert.ok(!attributes.some(({ value }) => value === attribute.value), file);
      assert.ok(objects.length > 0, file);
      for (const object of objects) {
        assert.ok(!('id' in object) && !('timestamp' in object) && !('event_id' in object));
        for (const row of object.Attribute) assert.ok(!('id' in row) && !('timestamp' in row));
      }
    }
  });

  it('lists its modules; what is no list is an error', () => {
    const modules = readModules(read('service/modules-all.facts.json'));
    assert.ok(modules.length >= 160);
    const hashlookup = modules.find(({ name }) => name === 'hashlookup');
    assert.deepEqual(hashlookup?.settings, ['custom_API']);
    assert.deepEqual([hashlookup?.format, hashlookup?.kinds], ['misp_standard', ['expansion', 'hover']]);
    for (const odd of [null, {}, 'x', 7, false]) assert.throws(() => readModules(odd), WorkflowError);
    const odd = [null, 1, {}, { name: 7 }, { name: '' }, { name: 'x'.repeat(200) }, { name: 'ok', meta: 3 }];
    assert.deepEqual(
      readModules(odd).map(({ name }) => name),
      ['7', 'ok'],
    );
  });
});
