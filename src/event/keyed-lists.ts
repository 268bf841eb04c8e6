/**
 * PHP has one type for lists and maps. A list from which entries were taken, as MISP's own filters do, comes as
 * a JSON object whose names are the numbers of the entries left: `{"3": {...}, "9": {...}}`.
 */
import { isEntries, isIntegerKey, isList, rememberPositions } from './values';

type Container = Record<string, unknown>;

/**
 * Makes lists of the lists that PHP sent as objects, wherever they stand in the data. They remember the places
 * their entries had. What is given is changed; it takes one walk over the data, in linear time.
 * @returns the data, or the list it is itself
 */
export function listsIn(data: unknown): unknown {
  const root: Container = { data };
  const open: unknown[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const container = next as Container;
    for (const name of Object.keys(container)) {
      const value = container[name];
      if (!isEntries(value)) continue;
      const list = listFrom(value);
      if (list) container[name] = list;
      open.push(list ?? value);
    }
  }
  return root.data;
}

/** The list that an object stands for; undefined if it is none. JSON's parser gives the numbers in their order. */
function listFrom(value: object): unknown[] | undefined {
  if (isList(value)) return undefined;
  const names = Object.keys(value);
  if (names.length === 0 || !names.every((name) => isIntegerKey(name) && !name.startsWith('-')))
    return undefined;
  return rememberPositions(Object.values(value) as unknown[], names.map(Number));
}

/** Whether a JSON text may hold such an object. */
export function mayHoldKeyedLists(json: string): boolean {
  return /\{\s*"\d/.test(json);
}
