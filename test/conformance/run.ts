/**
 * `npm run --silent conformance -- FOLDER [area...] [--json FILE]`: checks the code against a folder of MISP's
 * answers. Exit status 0 if none failed, or not more than `least-passed.json` allows; 1 if so; 2 for a call that
 * cannot be carried out.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import required from './areas.json';
import { bounds, enoughPassed } from './bounds';
import { adapters, batches } from './areas/index';
import { runArea } from './runner';
import type { AreaResult, Outcome } from './runner';
import { Folder } from './vectors';

const SHOWN_FAILURES = 5;
const SHOWN_CHARACTERS = 1500;

/** Runs and prints; the exit status. */
export async function main(args: string[]): Promise<number> {
  const call = readCall(args);
  if (typeof call === 'string') {
    process.stderr.write(`${call}\nusage: npm run --silent conformance -- FOLDER [area...] [--json FILE]\n`);
    return 2;
  }
  const results: AreaResult[] = [];
  for (const area of call.areas) {
    const result = await runArea(call.folder, area);
    report(result);
    results.push(result);
  }
  for (const warning of bounds(results)) process.stderr.write(`${warning}\n`);
  const totals = countAll(results);
  process.stdout.write(
    `${totals.passed} passed, ${totals.different} different, ${totals.failed} failed, ${totals.skipped} skipped\n`,
  );
  if (call.json) writeFileSync(call.json, JSON.stringify(asJson(results, totals), undefined, 2));
  return results.every(enoughPassed) ? 0 : 1;
}

interface Call {
  folder: Folder;
  areas: string[];
  json?: string;
}

/** What was asked for, or what is wrong with it. */
function readCall(args: string[]): Call | string {
  let parsed;
  try {
    parsed = parseArgs({ args, options: { json: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const [path, ...names] = parsed.positionals;
  if (path === undefined || !existsSync(path)) return `No such folder: ${path ?? '(none given)'}`;
  const folder = new Folder(path);
  const known = new Set([...folder.areas(), ...Object.keys({ ...adapters, ...batches }), ...required]);
  const asked = names.flatMap((name) => (name === 'jinja' ? ['jinja.core', 'jinja.full'] : [name]));
  const unknown = asked.filter((name) => !known.has(name));
  if (unknown.length > 0) return `Unknown area: ${unknown.join(', ')}`;
  const areas = asked.length > 0 ? asked : [...new Set([...folder.areas(), ...required])].sort();
  return { folder, areas, ...(parsed.values.json === undefined ? {} : { json: parsed.values.json }) };
}

function report({ area, total, counts, failures, tooWide }: AreaResult): void {
  process.stdout.write(`${area} ${counts.passed}/${total} (${counts.different} different)\n`);
  for (const { id, expected, actual } of failures.slice(0, SHOWN_FAILURES)) {
    process.stderr.write(`  ${id}\n    expected ${shorten(expected)}\n    actual   ${shorten(actual)}\n`);
  }
  for (const [rule, ids] of tooWide) {
    process.stderr.write(
      `  rule too wide: "${rule}" also matches ${ids.length} exact answers, such as ${ids[0]}\n`,
    );
  }
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
}

function countAll(results: AreaResult[]): Record<Outcome, number> {
  const sum = (outcome: Outcome) => results.reduce((total, { counts }) => total + counts[outcome], 0);
  return {
    passed: sum('passed'),
    different: sum('different'),
    failed: sum('failed'),
    skipped: sum('skipped'),
  };
}

function asJson(results: AreaResult[], totals: Record<Outcome, number>): unknown {
  const areas = results.map(({ area, total, counts, failures, used, tooWide }) => ({
    area,
    total,
    ...counts,
    failures,
    differences: Object.fromEntries(used),
    tooWide: Object.fromEntries(tooWide),
  }));
  return { ...totals, areas };
}

if (require.main === module) {
  main(process.argv.slice(2)).then(
    // Node-RED leaves timers behind.
    (status) => process.exit(status),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
}
