import type { MispClient } from './client';
import type { PickerItem, PickerSource } from './picker-item';
import { MOST, SEARCHES } from './picker-sources';

export interface PickerAnswer {
  items: PickerItem[];
  /** There are more than are shown. */
  more: boolean;
}

/** MISP gives all tags that fit, however many: shorter texts are not searched. */
const SHORTEST: Partial<Record<PickerSource, number>> = { tags: 2, clusters: 2 };
const KEPT_MS = 60_000;
const MOST_KEPT = 200;

export const PICKER_SOURCES = Object.keys(SEARCHES) as PickerSource[];

const kept = new WeakMap<MispClient, Map<string, { at: number; answer: Promise<PickerAnswer> }>>();

/**
 * What a MISP has whose name contains a text. The same question is answered from memory for a minute.
 * @throws {WorkflowError} if MISP does not answer, or the key may not see it
 */
export function searchPicker(client: MispClient, source: PickerSource, text: string): Promise<PickerAnswer> {
  return remembered(client, `${source} ${text}`, () => search(client, source, text));
}

/** What was asked in the last minute is not asked again. */
export function remembered(
  client: MispClient,
  key: string,
  ask: () => Promise<PickerAnswer>,
): Promise<PickerAnswer> {
  const known = kept.get(client) ?? new Map<string, { at: number; answer: Promise<PickerAnswer> }>();
  kept.set(client, known);
  const before = known.get(key);
  if (before && Date.now() - before.at < KEPT_MS) return before.answer;
  const answer = ask();
  answer.catch(() => known.delete(key));
  known.delete(key);
  known.set(key, { at: Date.now(), answer });
  if (known.size > MOST_KEPT) known.delete(known.keys().next().value as string);
  return answer;
}

async function search(client: MispClient, source: PickerSource, text: string): Promise<PickerAnswer> {
  const wanted = text.trim().toLowerCase();
  if (wanted.length < (SHORTEST[source] ?? 0)) return { items: [], more: true };
  const items = (await SEARCHES[source](client, text.trim())).filter(({ value, label }) =>
    `${label}\n${value}`.toLowerCase().includes(wanted),
  );
  return { items: items.slice(0, MOST), more: items.length > MOST };
}
