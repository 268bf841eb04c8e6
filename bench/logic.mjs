// What decisions cost on a large event, as ratios to JSON.parse of the same event in the same run. Run on the
// built code: under a TypeScript loader every call between files goes through a getter.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { toCoreFormat } = require('../dist/src/event/to-core.js');
const { extract } = require('../dist/src/event/hash.js');
const { tagIf } = require('../dist/src/logic/tag-if.js');
const { genericFilter } = require('../dist/src/logic/generic-filter.js');

const ROUNDS = 7;
/** Rounds before the measured ones: the garbage of the case before makes V8 compile the code anew. */
const WARM_UP = 15;
const SIZES = [50_000, 100_000];

/** An event as MISP's REST API gives it, with two tags on every attribute. */
function rawEvent(attributes) {
  const tags = ['tlp:amber', 'phishing:techniques="email-spoofing"'].map((name, index) => ({
    id: String(index + 1),
    name,
    colour: '#FFC000',
    exportable: true,
    user_id: '0',
    hide_tag: false,
    local: false,
    relationship_type: null,
  }));
  const attribute = (_, index) => ({
    id: String(index),
    uuid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    type: index % 3 === 0 ? 'domain' : 'ip-dst',
    category: 'Network activity',
    value: `192.0.2.${index % 255}`,
    comment: 'a comment of usual length',
    to_ids: true,
    Tag: tags,
  });
  const list = Array.from({ length: attributes }, attribute);
  return JSON.stringify({ Event: { id: '1', info: 'A large event', Tag: [tags[0]], Attribute: list } });
}

const CASES = {
  'conversion to core format': { limit: 0.5, needsFresh: true, run: (fresh) => toCoreFormat(fresh()) },
  'tag-if, inherited attribute': {
    limit: 0.15,
    run: (_, core) =>
      tagIf({ scope: 'event_attribute', condition: 'in_or', tags: ['tlp:red'], clusters: [] }, core),
  },
  'filter on type': {
    limit: 0.15,
    run: (_, core) =>
      genericFilter(
        { selector: 'Event._AttributeFlattened.{n}', hash_path: 'type', operator: 'equals', value: 'domain' },
        core,
      ),
  },
  'path to the names of all tags': {
    limit: 0.15,
    run: (_, core) => extract(core, 'Event._AttributeFlattened.{n}._allTags.{n}.name'),
  },
};

/** @returns per size and case the ratios of all rounds */
export function measureLogic() {
  const results = [];
  for (const size of SIZES) {
    const json = rawEvent(size);
    const core = toCoreFormat(JSON.parse(json));
    for (const [name, { limit, run, needsFresh }] of Object.entries(CASES)) {
      const times = { parse: [], work: [] };
      // What earlier cases left behind; within a case garbage is collected as it comes.
      globalThis.gc?.();
      for (let round = 0; round < WARM_UP + ROUNDS; round++) timed(() => JSON.parse(json), times.parse);
      globalThis.gc?.();
      // By itself: the garbage of parsing is collected beside the work, and slows it by as much as it takes.
      for (let round = 0; round < WARM_UP + ROUNDS; round++) {
        const data = needsFresh ? JSON.parse(json) : undefined;
        timed(() => run(() => data, core), times.work);
      }
      const [parse, work] = [times.parse, times.work].map((list) => list.slice(WARM_UP));
      const ratios = work.map((time, index) => time / parse[index]).sort((a, b) => a - b);
      results.push({
        name,
        attributes: size,
        bytes: json.length,
        limit,
        /** Of the quickest round: what the work itself takes, for the cost of doubling the event. */
        ms: Math.min(...work),
        median: rounded(median(ratios)),
        min: rounded(ratios[0]),
        max: rounded(ratios.at(-1)),
      });
    }
  }
  return results;
}

function timed(work, times) {
  const started = performance.now();
  const result = work();
  times.push(performance.now() - started);
  return result;
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const rounded = (value) => Math.round(value * 1000) / 1000;

if (process.argv[1]?.endsWith('logic.mjs')) {
  const results = measureLogic();
  for (const { name, attributes, median: middle, min, max, limit } of results) {
    console.log(
      `${name}, ${attributes} attributes: ${middle} of JSON.parse (${min} to ${max}; limit ${limit})`,
    );
  }
  for (const name of Object.keys(CASES)) {
    const [half, whole] = results.filter((result) => result.name === name);
    console.log(`${name}: doubling the event costs ${(whole.ms / half.ms).toFixed(2)} times`);
  }
  process.send?.(results);
}
