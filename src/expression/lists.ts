/**
 * JSONata's functions on lists whose own cost is the square of the list's length, or worse: a list of 100,000 that
 * somebody sends would end Node-RED.
 */
import { WorkflowError } from '../text';

type Compare = (a: unknown, b: unknown) => unknown;

/** `$distinct`: equal values once. */
export function distinct(values: unknown): unknown {
  if (!Array.isArray(values) || values.length <= 1) return values;
  const seen = new Set<unknown>();
  const found = (values as unknown[]).filter((value) => {
    const key = typeof value === 'object' && value !== null ? `\0${canonical(value)}` : value;
    return !seen.has(key) && seen.add(key);
  });
  // What the library marks so becomes its only item, if it has one.
  const isSequence = (values as { sequence?: boolean }).sequence === true;
  return isSequence ? Object.defineProperty(found, 'sequence', { value: true }) : found;
}

/** Equal texts for things with equal entries, in whatever order. */
function canonical(value: object): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** `$append`: one list behind the other. */
export function append(first: unknown, second: unknown): unknown {
  if (first === undefined) return second;
  if (second === undefined) return first;
  return [first].flat().concat([second].flat());
}

/** `$sort`: by a function that tells whether its first value comes after its second, else numbers or texts. */
export function sort(values: unknown, comesAfter?: Compare): unknown {
  if (values === undefined) return undefined;
  const list: unknown[] = Array.isArray(values) ? [...(values as unknown[])] : [values];
  if (comesAfter) return mergeSort(list, comesAfter);
  const isOf = (type: string) => list.every((value) => typeof value === type);
  if (!isOf('number') && !isOf('string')) throw new WorkflowError('expression.sort');
  return (list as string[]).sort((a, b) => (a > b ? 1 : a < b ? -1 : 0));
}

/** From runs of one to the whole; the function may be one of the expression, which answers later. */
async function mergeSort(list: unknown[], comesAfter: Compare): Promise<unknown[]> {
  let from = list;
  for (let length = 1; length < from.length; length *= 2) {
    const to: unknown[] = [];
    for (let start = 0; start < from.length; start += 2 * length) {
      const middle = Math.min(start + length, from.length);
      const end = Math.min(start + 2 * length, from.length);
      let [left, right] = [start, middle];
      while (left < middle && right < end) {
        to.push((await comesAfter(from[left], from[right])) ? from[right++] : from[left++]);
      }
      while (left < middle) to.push(from[left++]);
      while (right < end) to.push(from[right++]);
    }
    from = to;
  }
  return from;
}
