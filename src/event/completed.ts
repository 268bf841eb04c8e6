/**
 * Events in other shapes as MISP's core format: a view of new objects as far as something is added or different,
 * with everything else shared. What is given stays as it is.
 */
import type { MispAttribute, MispData, MispEffectiveTag, MispEvent } from './core';
import { omit } from './edit';
import { tagsOf } from './tag-rows';
import { isEntries, isRecord, valuesOf } from './values';

type Json = Readonly<Record<string, unknown>>;

/** What MISP's inner form has beside the event. */
const BESIDE = ['Attribute', 'Object', 'EventReport', 'EventTag', 'Galaxy', 'ShadowAttribute', 'Orgc', 'Org'];

/** The event in core format: its lists are lists, tags have names where they are told, attributes all their tags. */
export function completed({ Event: given, ...beside }: MispData): MispData {
  const inner = BESIDE.filter((name) => isEntries(beside[name]));
  const moved = Object.fromEntries(inner.map((name) => [name, given[name] ?? beside[name]]));
  const { EventTag: links, ...event }: MispEvent = { ...given, ...moved };
  if (event.Tag !== undefined || isEntries(links)) event.Tag = tagsOf(event.Tag ?? links);
  const inherited = (event.Tag ?? []).map((tag): MispEffectiveTag => ({ ...tag, inherited: true }));
  const copies = new Map<unknown, MispAttribute>();
  const copyOf = (attribute: Json) => {
    const known = copies.get(attribute);
    if (known) return known;
    const copy = completeAttribute(attribute, inherited);
    copies.set(attribute, copy);
    return copy;
  };
  const attributesIn = (list: unknown) => recordsIn(list).map(copyOf);
  if (event.Attribute !== undefined) event.Attribute = attributesIn(event.Attribute);
  if (event.Object !== undefined) {
    event.Object = recordsIn(event.Object).map((object) =>
      object.Attribute === undefined ? object : { ...object, Attribute: attributesIn(object.Attribute) },
    );
  }
  // A list that is there may be narrower than the event: MISP's own filters leave it so.
  event._AttributeFlattened = isEntries(event._AttributeFlattened)
    ? attributesIn(event._AttributeFlattened)
    : (event.Attribute ?? []).concat((event.Object ?? []).flatMap(({ Attribute = [] }) => Attribute));
  if (event.EventReport !== undefined) {
    event.EventReport = recordsIn(event.EventReport).map((report) =>
      report.Tag === undefined ? report : { ...report, Tag: tagsOf(report.Tag) },
    );
  }
  return { ...omit(beside, ...inner), Event: event };
}

function completeAttribute(given: Json, inherited: readonly MispEffectiveTag[]): MispAttribute {
  const { AttributeTag: links, ...attribute }: MispAttribute = { ...given };
  if (attribute.Tag !== undefined || isEntries(links)) attribute.Tag = tagsOf(attribute.Tag ?? links);
  attribute._allTags = isEntries(given._allTags)
    ? (tagsOf(given._allTags) as MispEffectiveTag[])
    : inherited.concat((attribute.Tag ?? []).map((tag) => ({ ...tag, inherited: false })));
  return attribute;
}

/** The objects of a list; one that stands without a list is a list of it. */
function recordsIn(list: unknown): Readonly<Record<string, unknown>>[] {
  if (!isEntries(list)) return [];
  if (isRecord(list) && (list.uuid !== undefined || list.value !== undefined)) return [list];
  return valuesOf(list).filter(isRecord);
}
