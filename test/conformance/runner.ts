/** Running areas of a folder of vectors, and counting what came out. */
import { adapters, batches, readings } from './areas/index';
import { asPhp, sameToPhp } from './compare';
import { rules } from './differences/index';
import type { Rule } from './differences/rule';
import { omit } from '../../src/event/edit';
import type { Vector } from './vectors';
import type { Folder } from './vectors';

/** What a vector came to: MISP's answer, ours on purpose, or neither. */
export type Outcome = 'passed' | 'different' | 'failed' | 'skipped';

export interface Failure {
  id: string;
  expected: unknown;
  actual: unknown;
}

export interface AreaResult {
  area: string;
  total: number;
  counts: Record<Outcome, number>;
  failures: Failure[];
  /** Rules of differences that were used, with the vectors they explain. */
  used: Map<string, string[]>;
  /** Rules that also match vectors on which we answer as MISP does. */
  tooWide: Map<string, string[]>;
}

/** An answer that is an error; its wording does not count. */
interface Thrown {
  throws: true;
  message?: string;
  class?: string;
}

/** Runs an area; one that the folder does not have is a single failure. */
export async function runArea(folder: Folder, area: string): Promise<AreaResult> {
  const vectors = folder.vectors(area);
  const result = emptyResult(area, vectors?.length ?? 0);
  if (!vectors) {
    result.counts.failed = 1;
    result.failures.push({ id: area, expected: 'vectors of this area', actual: 'none in this folder' });
    return result;
  }
  const batch = batches[area];
  if (!adapters[area] && !batch) {
    result.counts.skipped = vectors.length;
    return result;
  }
  const resolved = vectors.map((vector) => resolve(folder, vector));
  const answers = await batch?.(resolved);
  for (const vector of resolved) compareVector(vector, answers?.get(vector.id) ?? answer(vector), result);
  return result;
}

function emptyResult(area: string, total: number): AreaResult {
  const counts = { passed: 0, different: 0, failed: 0, skipped: 0 };
  return { area, total, counts, failures: [], used: new Map(), tooWide: new Map() };
}

function resolve(folder: Folder, vector: Vector): Vector {
  const input = folder.resolve(vector.input) as Vector['input'];
  return { ...vector, input, fixtures: folder.fixtures };
}

function compareVector(resolved: Vector, actual: unknown, result: AreaResult): void {
  const vector = resolved;
  const matching = rules.filter((rule) => rule.areas.includes(vector.area) && applies(rule, resolved));
  const expected = readings[vector.area]?.(vector.expected, resolved) ?? vector.expected;
  if (sameAnswer(actual, expected)) {
    result.counts.passed++;
    for (const rule of matching) note(result.tooWide, rule.name, vector.id);
    return;
  }
  const rule = matching.find((candidate) => sameAnswer(actual, expectedOf(candidate, resolved)));
  result.counts[rule ? 'different' : 'failed']++;
  if (rule) note(result.used, rule.name, vector.id);
  else result.failures.push({ id: vector.id, expected, actual: asPhp(actual) });
}

/** A rule that cannot read a vector does not explain it. */
function applies(rule: Rule, vector: Vector): boolean {
  try {
    return rule.applies(vector);
  } catch {
    return false;
  }
}

function expectedOf(rule: Rule, vector: Vector): unknown {
  try {
    return rule.expected(vector);
  } catch (error) {
    return { unexplained: String(error) };
  }
}

function answer(vector: Vector): unknown {
  try {
    return adapters[vector.area]?.(vector.input, vector);
  } catch (error) {
    return { throws: true, message: error instanceof Error ? error.message : String(error) } satisfies Thrown;
  }
}

function sameAnswer(actual: unknown, expected: unknown): boolean {
  return sameToPhp(withoutWording(actual), withoutWording(expected));
}

/** Answers without the class and the text of errors. */
function withoutWording(value: unknown): unknown {
  if (Array.isArray(value)) return value.some(hasThrown) ? value.map(withoutWording) : value;
  if (!hasThrown(value)) return value;
  return omit(value, 'class', 'message');
}

function hasThrown(value: unknown): value is Thrown {
  return typeof value === 'object' && value !== null && (value as Thrown).throws === true;
}

function note(map: Map<string, string[]>, name: string, id: string): void {
  map.set(name, [...(map.get(name) ?? []), id]);
}
