import { isEntries, isForbidden, isList, isRecord } from '../event/values';
import { WorkflowError } from '../text';

/** Settings of a block may be nested this deep; MISP's are at most two levels. */
const DEEPEST = 20;

/**
 * A copy of what was read that holds nothing but plain data: names that JavaScript gives a meaning of their own are
 * left out.
 * @throws {WorkflowError} if it is nested too deep
 */
export function plain(value: unknown, depth = 0): unknown {
  if (!isEntries(value)) return value;
  if (depth > DEEPEST) throw new WorkflowError('workflow.tooDeep', { depth: DEEPEST });
  if (isList(value)) return value.map((item) => plain(item, depth + 1));
  const entries = Object.entries(value).filter(([name]) => !isForbidden(name));
  return Object.fromEntries(entries.map(([name, item]) => [name, plain(item, depth + 1)]));
}

/** An object of plain data; of PHP's empty list, or what is none, an empty one. */
export function plainRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? (plain(value) as Record<string, unknown>) : {};
}

/** A text, or a number as one; else an empty text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A finite number, also one that is written as a text. */
export function numberOf(value: unknown): number {
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : 0;
  return Number.isFinite(number) ? number : 0;
}
