/** Which tags MISP's replacement modules replace, and by what. */
import { compileRegex } from '../event/regex';
import { insertGroups } from './insert-groups';

/** A tag, and what takes its place. */
export interface Substitution {
  remove: string;
  add: string;
}

/** What a tag is to be replaced by; undefined if it is to stay. */
export type Substitute = (tag: string) => string | undefined;

/** What MISP's `getReplacementOptions` answers for the tags of one thing. */
export function substitutions(tags: readonly string[], substitute: Substitute): Substitution[] {
  return tags.flatMap((remove) => {
    const add = substitute(remove);
    return add === undefined ? [] : [{ remove, add }];
  });
}

const LEVELS = 'white|clear|green|amber|red';
/** A word, one or two separators, perhaps a quote, and a level, anywhere in the tag. */
const patternOf = (word: string) => new RegExp(`\\b${word}[\\t\\n\\v\\f\\r :=-]{1,2}"?(${LEVELS})`, 'i');
const TLP = patternOf('tlp');
const PAP = patternOf('pap');
/** What makes `tlp:amber` a level of its own: nobody but the recipient's organisation may see it. */
const STRICT = /^[ +_-]*strict/i;

/**
 * Tags of the traffic light protocol, however written, in the notation of MISP's taxonomy.
 * @param loosen as MISP does, `tlp:amber+strict` becomes `tlp:amber`; else it stays strict
 */
export function substituteTlp(loosen = false): Substitute {
  return (tag) => {
    const found = TLP.exec(tag);
    if (!found) return undefined;
    const level = (found[1] ?? '').toLowerCase();
    const rest = tag.slice(found.index + found[0].length);
    return level === 'amber' && !loosen && STRICT.test(rest) ? 'tlp:amber+strict' : `tlp:${level}`;
  };
}

/** Tags of the permissible actions protocol, in the notation of MISP's taxonomy. */
export const substitutePap: Substitute = (tag) => {
  const level = PAP.exec(tag)?.[1];
  return level === undefined ? undefined : `PAP:${level.toUpperCase()}`;
};

/**
 * Tags that match a regular expression.
 * @param regex PCRE in slashes, with flags
 * @param template the new tag, with `{{1}}` and `{{name}}` for groups and `{{0}}` for all that matched
 * @throws HashPathError for what takes more than linear time
 */
export function substituteCustom(regex: string, template: string): Substitute {
  const compiled = compileRegex(regex);
  return (tag) => {
    const groups = compiled.exec(tag);
    return groups && insertGroups(template, groups);
  };
}
