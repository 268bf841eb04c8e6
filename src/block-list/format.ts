import type { Entry } from './entry';

/** How a list is written. */
export type ListFormat = 'plain' | 'hosts' | 'regex';

const LINES: Record<ListFormat, (entry: Entry) => string | undefined> = {
  plain: ({ value }) => value,
  hosts: ({ kind, value }) => (kind === 'domain' ? `0.0.0.0 ${value}` : undefined),
  regex: ({ kind, value }) => (kind === 'network' ? undefined : `^${value.replaceAll('.', '\\.')}$`),
};

/** The text of a list, an entry a line; an entry that the format has no words for is left out. */
export function formatted(entries: Iterable<Entry>, format: ListFormat): string {
  let text = '';
  for (const entry of entries) {
    const line = LINES[format](entry);
    if (line !== undefined) text += `${line}\n`;
  }
  return text;
}
