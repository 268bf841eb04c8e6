import { isSet } from '../event/flags';
import { isEntries, isList, isRecord, textOf, valuesOf, countOf } from '../event/values';
import type { AiUse } from './ask-ai';

/** A tag that MISP's AI suggests. */
export interface SuggestedTag {
  name: string;
  /** MISP has it. */
  exists: boolean;
  /** The key's user may attach it, and the event does not have it. */
  selectable: boolean;
  /** MISP's word for it, such as `ok` or `present`, and why not. */
  status: string;
  reason: string;
}

/** `msg.misp.ai`: what MISP's AI answered. */
export interface AiAnswer {
  use: AiUse;
  /** Suggested, not attached. */
  tags?: SuggestedTag[];
  /** Names of those of the suggested that can be attached. */
  selectable?: string[];
  /** How much was found, and saved in MISP. */
  attributes?: number;
  objects?: number;
  rejected?: number;
}

/** MISP suggests ten at most. */
const MOST_TAGS = 100;
/** What MISP has room for. */
const MOST_CHARACTERS = 255;

/** What is used of an answer of MISP's AI: its texts are cut, and what is no name is left out. */
export function aiAnswerOf(use: AiUse, answer: unknown): AiAnswer {
  const known = isRecord(answer) ? answer : {};
  if (use === 'recommend-tags') {
    const rows = isEntries(known.Tag) ? valuesOf(known.Tag).slice(0, MOST_TAGS) : [];
    const tags = rows.flatMap(suggestedTag);
    return { use, tags, selectable: tags.filter((tag) => tag.selectable).map(({ name }) => name) };
  }
  if (use !== 'extract-indicators') return { use };
  const { attributes, objects, rejected } = known;
  const counted = Object.entries({ attributes, objects, rejected }).flatMap(([name, value]) => {
    const count = countIn(value);
    return count === undefined ? [] : [[name, count] as const];
  });
  return { use, ...Object.fromEntries(counted) };
}

function suggestedTag(row: unknown): SuggestedTag[] {
  if (!isRecord(row) || typeof row.name !== 'string') return [];
  const name = row.name.trim();
  if (name === '' || name.length > MOST_CHARACTERS || hasControls(name)) return [];
  const { exists, selectable, status, reason } = row;
  return [
    {
      ...{ name, exists: isSet(exists), selectable: isSet(selectable) },
      ...{ status: short(status), reason: short(reason) },
    },
  ];
}

const short = (text: unknown): string => textOf(text).slice(0, MOST_CHARACTERS);

/** Line breaks and the like make another text of a list of names. */
const hasControls = (text: string): boolean => /\p{C}/u.test(text);

/** A number, or the length of a list. */
function countIn(value: unknown): number | undefined {
  if (isList(value) || isRecord(value)) return countOf(value);
  const count = Number(textOf(value) || NaN);
  return Number.isInteger(count) && count >= 0 ? count : undefined;
}
