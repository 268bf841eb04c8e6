/** Country, AS number and organisation that enrichment found, as tags: MISP's `tag_country_asn_from_enrichment`. */
import type { MispAttribute } from '../event/core';
import type { SavedFilters } from '../event/saved-filters';
import { isList, isRecord, textOf } from '../event/values';
import type { AttachTags, Plan, Ref } from './plan';
import { carriedTags } from './tag-state';
import { attributesOf, byEvent } from './targets';

export interface CountryDetailsParams {
  /** `local` or `global`. */
  locality?: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Tags on the attributes that were enriched; those with the same tags share an operation. */
export function planCountryDetails(
  { locality = 'local' }: CountryDetailsParams,
  filters: Partial<SavedFilters>,
  data: unknown,
): Plan<AttachTags> {
  return byEvent(attributesOf(filters, data)).flatMap(({ event, targets }) => {
    const groups = new Map<string, { tags: string[]; items: Ref[] }>();
    for (const { item, ref } of targets) {
      const known = carriedTags(item);
      const tags = detailTags(item).filter((tag) => !known?.has(tag));
      if (tags.length === 0) continue;
      const key = JSON.stringify(tags);
      const group = groups.get(key) ?? { tags, items: [] };
      groups.set(key, group);
      group.items.push(ref);
    }
    return [...groups.values()].map(({ tags, items }): AttachTags => ({
      ...{ do: 'attach-tags', scope: 'attribute', event, items, tags },
      // They are made of what was found: MISP cannot know them before.
      ...{ local: locality !== 'global', create: true },
    }));
  });
}

/** The tags of one attribute, in MISP's order. */
export function detailTags({ enrichment }: MispAttribute): string[] {
  const rows = isList(enrichment) ? enrichment.filter(isRecord).flatMap(rowsOf) : [];
  const first = (...relations: string[]) =>
    rows
      .filter(({ object_relation: name }) => relations.includes(textOf(name)))
      .map(({ value }) => textOf(value).trim());
  const [country] = first('country').filter(Boolean);
  const [number] = first('asn', 'ASN')
    .map((asn) => asn.replace(/\D/g, ''))
    .filter(Boolean);
  const [organisation] = [...first('ASNOrganization'), ...first('description').map(organisationIn)].filter(
    Boolean,
  );
  const [code] = first('countrycode').filter(Boolean);
  return [
    ...tag('country', country?.toUpperCase()),
    ...tag('asn_number', number),
    ...tag('asn_org', organisation),
    ...tag('country_code', code),
  ];
}

function tag(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name}:"${value.replaceAll('"', "'")}"`];
}

/** The attributes of an answer: those of its objects first. */
function rowsOf(answer: Json): Json[] {
  const listed = (list: unknown) => (isList(list) ? list.filter(isRecord) : []);
  return [
    ...listed(answer.Object).flatMap((object) => listed(object.Attribute)),
    ...listed(answer.Attribute),
  ];
}

/** `ASNOrganization: Example Networks. db_source: GeoOpen`, as mmdb_lookup writes it. */
function organisationIn(description: string): string {
  const [, name = ''] =
    /ASN ?Organi[sz]ation:\s*(.*?)(?:\.\s+\w+:|\.?\s*$)/im.exec(description.slice(0, 2000)) ?? [];
  return name;
}
