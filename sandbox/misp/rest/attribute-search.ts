import type { StandIn } from '../stand-in';
import { matched } from '../store/collections';
import { attributesOf, type FoundAttribute } from '../store/items';
import type { RestAnswer } from './answers';
import { eventOfRow, isTrue, plainRow, tagRows } from './attribute-rows';
import { page } from './paging';
import { maySee } from './permissions';
import type { RestRequest } from './router';

type Row = Record<string, unknown>;

/** `attributes/restSearch` (recordings: test/fixtures/rest/attributes-restSearch*.json). */
export function searchAttributes(request: RestRequest, misp: StandIn): RestAnswer {
  const wanted = (request.body ?? {}) as Row;
  const all = findAttributes(misp, request, wanted);
  const hits = (found: FoundAttribute) => warningsOf(misp, found);
  const rows = page(all, wanted);
  const kept = isTrue(wanted.enforceWarninglist) ? rows.filter((found) => hits(found).length === 0) : rows;
  const Attribute = kept.map((found) => ({
    ...plainRow(found.attribute),
    ...(isTrue(wanted.includeSightings) ? { Sighting: [] } : {}),
    ...(isTrue(wanted.includeCorrelations) ? { RelatedAttribute: [] } : {}),
    ...(isTrue(wanted.includeWarninglistHits) && hits(found).length > 0 ? { warnings: hits(found) } : {}),
    ...(isTrue(wanted.includeDecayScore) ? decayScores(misp, found, wanted.decayingModel) : {}),
    Event: isTrue(wanted.includeContext) ? contextOf(found) : eventOfRow(found),
    ...tagRows([...(found.attribute.Tag ?? []), ...(isTrue(wanted.includeEventTags) ? found.event.Tag : [])]),
  }));
  return searchAnswer({ Attribute }, all.length, rows.length - kept.length);
}

/** What restSearch wraps its results in. */
export function searchAnswer(response: unknown, count: number, skipped = 0): RestAnswer {
  const headers = {
    'X-Result-Count': String(count),
    'X-Export-Module-Used': 'json',
    'X-Response-Format': 'json',
    'X-Skipped-Elements-Count': String(skipped),
  };
  return { status: 200, body: { response }, headers };
}

function findAttributes(misp: StandIn, { user }: RestRequest, wanted: Row): FoundAttribute[] {
  const byUuid = texts(wanted.uuid);
  const found =
    byUuid.length > 0
      ? byUuid.map((uuid) => misp.items.attribute(uuid)).filter((entry) => entry !== undefined)
      : eventsFor(misp, wanted).flatMap(attributesOf);
  const events = new Set(texts(wanted.eventid));
  return found.filter(
    ({ event, attribute }) =>
      maySee(user, event) &&
      (events.size === 0 || events.has(event.id) || events.has(event.uuid)) &&
      fitsDeleted(attribute.deleted === true, wanted.deleted) &&
      fits(wanted.value, [attribute.value]) &&
      fits(wanted.type, [attribute.type]) &&
      fits(wanted.category, [attribute.category]) &&
      fits(
        wanted.tags,
        [...(attribute.Tag ?? []), ...event.Tag].map(({ name }) => name),
      ) &&
      (wanted.to_ids === undefined || isTrue(wanted.to_ids) === attribute.to_ids) &&
      (wanted.published === undefined || isTrue(wanted.published) === event.published),
  );
}

function eventsFor(misp: StandIn, wanted: Row) {
  const keys = texts(wanted.eventid);
  if (keys.length === 0) return [...misp.events.values()];
  return keys.map((key) => misp.event(key)).filter((event) => event !== undefined);
}

export const texts = (value: unknown): string[] =>
  value === undefined || value === null ? [] : [value].flat(1).map(String);

/** A condition is one text or several; `!` in front excludes, `%` is any text. */
export function fits(condition: unknown, values: readonly string[]): boolean {
  const wanted = texts(condition);
  if (wanted.length === 0) return true;
  const like = (pattern: string) => {
    const parts = pattern.toLowerCase().split('%');
    if (parts.length === 1) return values.some((value) => value.toLowerCase() === parts[0]);
    return values.some((value) => parts.every((part) => value.toLowerCase().includes(part)));
  };
  const refused = wanted.filter((text) => text.startsWith('!')).map((text) => text.slice(1));
  const asked = wanted.filter((text) => !text.startsWith('!'));
  return !refused.some(like) && (asked.length === 0 || asked.some(like));
}

/** `deleted`: 0 or nothing for what is there, 1 for what is gone, both for all. */
function fitsDeleted(deleted: boolean, wanted: unknown): boolean {
  const asked = wanted === undefined ? ['0'] : texts(wanted);
  return asked.some((text) => (text === '1' || text === 'true' || text === 'only') === deleted);
}

function contextOf({ event }: FoundAttribute): Row {
  const { id, orgc_id, org_id, date, threat_level_id, info, published, uuid, analysis, timestamp } = event;
  return {
    ...{ id, orgc_id, org_id, date, threat_level_id, info, published, uuid, analysis, timestamp },
    distribution: event.distribution,
    publish_timestamp: event.publish_timestamp,
    sharing_group_id: event.sharing_group_id,
    extends_uuid: event.extends_uuid,
    Tag: event.Tag.map(({ local, id: tagId, name, colour, numerical_value = null }) => ({
      ...{ local, id: tagId, name, colour, numerical_value },
    })),
    Orgc: event.Orgc,
  };
}

/** The same score for all: no clock is needed to compare it. */
function decayScores(misp: StandIn, { attribute }: FoundAttribute, models: unknown): Row {
  const ids = texts(models);
  const scores = misp.collections.decayingModels
    .map(({ DecayingModel }) => DecayingModel)
    .filter(({ id, attribute_types }) => {
      const types = attribute_types as string[];
      return types.includes(attribute.type) && (ids.length === 0 || ids.includes(String(id)));
    })
    .map((model) => ({
      score: 79.9503096005,
      base_score: 80,
      decayed: false,
      DecayingModel: { id: model.id, name: model.name },
    }));
  return scores.length > 0 ? { decay_score: scores } : {};
}

function warningsOf(misp: StandIn, { attribute }: FoundAttribute): Row[] {
  return misp.collections.warninglists.flatMap((list) => {
    const applies = list.enabled && (list.types.length === 0 || list.types.includes(attribute.type));
    const hit = applies ? matched(list, attribute.value) : undefined;
    if (hit === undefined) return [];
    const { id, name, category } = list;
    return [
      {
        match: hit,
        value: attribute.value,
        warninglist_id: id,
        warninglist_name: name,
        warninglist_category: category,
      },
    ];
  });
}
