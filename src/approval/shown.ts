import { isList, isRecord, textOf } from '../event/values';
import type { ShownEvent } from './approval';

const MOST_CHARACTERS = 500;
const MOST_TAGS = 100;
const MOST_TYPES = 30;

/** What is shown of an event: short, whatever the event holds. */
export function shownOf(event: Readonly<Record<string, unknown>>): ShownEvent {
  const attributes = [
    ...rowsOf(event.Attribute),
    ...rowsOf(event.Object).flatMap((one) => rowsOf(one.Attribute)),
  ];
  const types = new Map<string, number>();
  for (const { type } of attributes) types.set(short(type), (types.get(short(type)) ?? 0) + 1);
  return {
    id: short(event.id),
    uuid: short(event.uuid),
    info: short(event.info),
    date: short(event.date),
    organisation: nameOf(event.Orgc),
    threatLevel: short(event.threat_level_id),
    analysis: short(event.analysis),
    distribution: short(event.distribution),
    sharingGroup: nameOf(event.SharingGroup),
    tags: rowsOf(event.Tag)
      .slice(0, MOST_TAGS)
      .map(({ name, local }) => ({
        name: short(name),
        local: local === true || local === '1' || local === 1,
      })),
    attributes: attributes.length,
    objects: rowsOf(event.Object).length,
    reports: rowsOf(event.EventReport).length,
    types: [...types]
      .map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, MOST_TYPES),
  };
}

/** A text that is shown: cut, with a mark where it was. */
export function short(value: unknown, most = MOST_CHARACTERS): string {
  const text = textOf(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

const rowsOf = (value: unknown): Record<string, unknown>[] => (isList(value) ? value.filter(isRecord) : []);
const nameOf = (value: unknown): string => (isRecord(value) ? short(value.name) : '');
