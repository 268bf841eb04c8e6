import { HashPathError } from './errors';
import { extract } from './hash';
import { isEntries, isList, keysOf, valuesOf } from './values';

const MOST = 30;
/** How many items of a list are looked at for their fields. */
const LOOKED_AT = 20;

/**
 * How a path that is being written could go on in some data: the names that follow its last dot, `{n}` for a list.
 * What is written behind the last dot narrows them.
 * @returns whole paths; empty where nothing fits
 */
export function suggestPaths(data: unknown, path: string): string[] {
  const cut = path.lastIndexOf('.') + 1;
  const [before, begun] = [path.slice(0, cut), path.slice(cut)];
  const names = new Set<string>();
  for (const found of entriesAt(data, before.slice(0, -1))) {
    if (isList(found)) names.add('{n}');
    else if (isEntries(found)) for (const name of keysOf(found)) names.add(name);
  }
  return [...names]
    .filter((name) => name !== begun && name.toLowerCase().startsWith(begun.toLowerCase()))
    .slice(0, MOST)
    .map((name) => before + name);
}

/** What the finished part of a path leads to. A list that it names is one thing, not its items. */
function entriesAt(data: unknown, path: string): readonly unknown[] {
  if (!isEntries(data)) return [];
  if (path === '') return [data];
  try {
    const found = extract(data, path);
    // Without a wildcard the path gives the thing itself.
    return /[{[]/.test(path) ? valuesOf(found).slice(0, LOOKED_AT) : [found];
  } catch (error) {
    if (error instanceof HashPathError) return [];
    throw error;
  }
}
