import { extract } from '../event/hash';
import { remove } from '../event/hash-modify';
import { isRecord } from '../event/values';
import type { About } from '../runs/about';

/** Shorter values stand in too many texts to be looked for there; alone they are hidden all the same. */
const LEAST_CHARACTERS = 4;

/** Of one run; of what has more values at a path nothing is kept in words. */
const MOST_VALUES = 200;

const HIDDEN = '(hidden)';

/** What may be kept of a text. */
export type Hide = (text: string) => string;

/** Keeps nothing of any text. */
export const hideAll: Hide = () => HIDDEN;

/** What may be kept of what a run is about. */
export function hiddenAbout(about: About, hide: Hide | undefined): About {
  if (!hide) return about;
  return Object.fromEntries(Object.entries(about).map(([name, value]) => [name, hide(value as string)]));
}

/** Hash paths whose values are not to be kept. */
export class HiddenPaths {
  constructor(private readonly paths: readonly string[] = []) {}

  get isEmpty(): boolean {
    return this.paths.length === 0;
  }

  /** How texts about this data are kept; undefined if there is nothing to hide. */
  hideOf(data: unknown): Hide | undefined {
    const values = new Set<string>();
    for (const path of this.paths) collect(extractFrom(data, path), values);
    if (values.size === 0) return undefined;
    if (values.size > MOST_VALUES) return hideAll;
    // What holds another one first.
    const long = [...values]
      .filter((value) => value.length >= LEAST_CHARACTERS)
      .sort((a, b) => b.length - a.length);
    return (text) =>
      values.has(text) ? HIDDEN : long.reduce((rest, value) => rest.replaceAll(value, HIDDEN), text);
  }

  /** The data without what lies at the paths; the data given stays as it is. */
  without(data: unknown): unknown {
    return this.paths.reduce<unknown>((rest, path) => {
      try {
        return isRecord(rest) || Array.isArray(rest) ? remove(rest, path) : rest;
      } catch {
        return rest; // the path leads nowhere in this data
      }
    }, data);
  }
}

function extractFrom(data: unknown, path: string): unknown {
  try {
    return extract(data, path);
  } catch {
    return [];
  }
}

function collect(found: unknown, values: Set<string>): void {
  if (values.size > MOST_VALUES) return;
  if (typeof found === 'object' && found !== null) {
    for (const part of Object.values(found)) collect(part, values);
  } else if (typeof found === 'number' || (typeof found === 'string' && found !== '')) {
    values.add(String(found));
  }
}
