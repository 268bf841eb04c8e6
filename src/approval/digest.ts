import { createHash } from 'node:crypto';
import { isSet } from '../event/flags';
import { isList, isRecord } from '../event/values';

/**
 * What is not the state of an event: what publishing itself changes, what MISP works out from other events and from the
 * tags that stand in `Tag` (correlations, hits of feeds, what is known of galaxies), and second copies.
 */
const NOT_STATE = new Set([
  ...['published', 'publish_timestamp', 'warnings', 'RelatedEvent', 'RelatedAttribute', 'Galaxy'],
  ...['Feed', '_AttributeFlattened', '_allTags'],
]);

/**
 * The state of an event in one line: two events have the same one only if all that would be published is the same, with
 * all tags, local ones too (a local tag changes no timestamp). The order of lists does not matter. Linear in the event's
 * size.
 * @param ignored names of tags that do not count
 */
export function stateOf(event: Readonly<Record<string, unknown>>, ignored: readonly string[] = []): string {
  const hash = createHash('sha256');
  const names = new Set(ignored.map((name) => name.trim()));
  for (const [name, value] of stateIn(event, names)) {
    hash.update(`${quoted(name)}[`);
    // A part at a time: the text of a whole event would be as large as the event.
    for (const one of isList(value) ? inOrder(value) : [value]) hash.update(`${textOf(one, names)},`);
    hash.update(']');
  }
  return hash.digest('hex');
}

/** A value as a text; no two values have the same one. */
function textOf(value: unknown, ignored: ReadonlySet<string>): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || value === undefined) return 'null';
  // A node of the flow may have put a flag where MISP had its number.
  if (typeof value === 'boolean') return quoted(value ? '1' : '0');
  if (isList(value))
    return `[${inOrder(value)
      .map((one) => textOf(one, ignored))
      .join()}]`;
  if (!isRecord(value)) return quoted(JSON.stringify(value) ?? '');
  let text = '{';
  for (const [name, of] of stateIn(value, ignored)) text += `${quoted(name)}:${textOf(of, ignored)},`;
  return `${text}}`;
}

/** With its length before it, nothing in a text needs to be escaped. */
const quoted = (text: string): string => `${text.length}"${text}"`;

/** What counts of a record, by name. */
function* stateIn(
  record: Readonly<Record<string, unknown>>,
  ignored: ReadonlySet<string>,
): Generator<[name: string, value: unknown]> {
  for (const name of Object.keys(record).sort()) {
    if (NOT_STATE.has(name)) continue;
    const value = name === 'Tag' ? tagsIn(record[name], ignored) : record[name];
    // An event without tags may have no list of them, or an empty one.
    if (value !== undefined && !(isList(value) && value.length === 0)) yield [name, value];
  }
}

/** Of a tag counts what it says of the event, not its colour. A tag that a node has put there has no more than that. */
function tagsIn(tags: unknown, ignored: ReadonlySet<string>): unknown {
  if (!isList(tags)) return tags;
  return tags.flatMap((tag): unknown[] => {
    if (!isRecord(tag)) return [tag];
    const { name, local, relationship_type: relationship } = tag;
    if (typeof name === 'string' && ignored.has(name)) return [];
    return [{ name, local: isSet(local), relationship: relationship || null }];
  });
}

/** MISP's things by their uuids, all else by its text: the order in which MISP's database gives them says nothing. */
function inOrder(list: readonly unknown[]): readonly unknown[] {
  if (list.length < 2) return list;
  const keys = list.map((one, index) => ({ key: keyOf(one), index }));
  keys.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index));
  return keys.map(({ index }) => list[index]);
}

function keyOf(one: unknown): string {
  if (isRecord(one) && typeof one.uuid === 'string') return one.uuid;
  return textOf(one, NONE);
}

const NONE: ReadonlySet<string> = new Set();
