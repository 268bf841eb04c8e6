import type { StandIn } from '../stand-in';
import type { StoredTag } from '../store/tags';
import { deny, problem } from './answers';
import { NO_PERMISSION } from './permissions';
import { attachToObject, removeFromObject } from './tag-objects';
import { limits } from './paging';
import type { Resource } from './router';
import { TAXONOMY_ENTRIES } from './taxonomies';
import { textOf } from './values';

/** `tags/...` (recordings: test/fixtures/rest/tags-*.json). */
export const tags: Resource = {
  /** All of them, unless `searchall` (a part of the name) or `name` say less. MISP gives pages to browsers only. */
  index: {
    run: (request, misp) => {
      const wanted = limits(request);
      const part = textOf(wanted.searchall).toLowerCase();
      const exact = [wanted.name, wanted.filter, wanted.search].map(textOf).find(Boolean);
      const uses = wanted.exclude_statistics ? undefined : countUses(misp);
      const list = misp.tags.list().filter(({ name }) => {
        const text = name.toLowerCase();
        return (!part || text.includes(part)) && (!exact || text === exact.toLowerCase());
      });
      return { status: 200, body: { Tag: list.map((tag) => indexRow(tag, uses)) } };
    },
  },
  search: {
    run: ({ args: [name], body }, misp) => {
      const asked = (body as { tag?: unknown } | undefined)?.tag ?? body ?? name;
      const patterns = [asked].flat().map(textOf).filter(Boolean);
      return { status: 200, body: misp.tags.like(patterns).map(searchRow) };
    },
  },
  view: {
    run: ({ args: [id], url }, misp) => {
      const tag = misp.tags.find(id);
      return tag ? { status: 200, body: indexRow(tag, countUses(misp)) } : problem(405, 'Invalid Tag', url);
    },
  },
  add: {
    post: true,
    run: ({ body, user, url }, misp) => {
      if (!user.Role.perm_tag_editor) return deny(NO_PERMISSION, url);
      const given = body as { Tag?: Partial<StoredTag> } & Partial<StoredTag>;
      const { name = '', colour } = given.Tag ?? given;
      if (!name) return problem(405, 'Could not add the Tag. [name]: valueNotEmpty', url);
      return { status: 200, body: { Tag: misp.tags.make(name, { colour }) } };
    },
  },
  attachTagToObject: {
    post: true,
    run: ({ body, user, url }, misp) => {
      if (!user.Role.perm_tagger) return deny(NO_PERMISSION, url);
      return attachToObject(misp, user, body as Record<string, unknown>);
    },
  },
  removeTagFromObject: {
    post: true,
    run: ({ body, user, url }, misp) => {
      if (!user.Role.perm_tagger) return deny(NO_PERMISSION, url);
      return removeFromObject(misp, user, body as Record<string, unknown>);
    },
  },
};

interface Uses {
  events: Map<string, number>;
  attributes: Map<string, number>;
}

function countUses(misp: StandIn): Uses {
  const uses: Uses = { events: new Map(), attributes: new Map() };
  const add = (counts: Map<string, number>, list: readonly { id: string }[] = []) => {
    for (const { id } of list) counts.set(id, (counts.get(id) ?? 0) + 1);
  };
  for (const event of misp.events.values()) {
    add(uses.events, event.Tag);
    for (const { Tag } of event.Attribute) add(uses.attributes, Tag);
    for (const { Attribute } of event.Object) for (const { Tag } of Attribute) add(uses.attributes, Tag);
  }
  return uses;
}

function indexRow(tag: StoredTag, uses: Uses | undefined): object {
  const entry = TAXONOMY_ENTRIES.get(tag.name.toLowerCase());
  return {
    ...tag,
    favourite: false,
    ...(entry ? { Taxonomy: { ...entry.taxonomy, expanded: entry.expanded } } : {}),
    ...(uses
      ? { count: uses.events.get(tag.id) ?? 0, attribute_count: uses.attributes.get(tag.id) ?? 0 }
      : {}),
  };
}

function searchRow(tag: StoredTag): object {
  const entry = TAXONOMY_ENTRIES.get(tag.name.toLowerCase());
  if (!entry) return { Tag: tag };
  const { taxonomy, expanded, colour, description } = entry;
  const value = tag.name.slice(taxonomy.namespace.length + 1);
  const more = { expanded, colour, description, exclusive: false, numerical_value: null };
  return {
    Tag: tag,
    Taxonomy: taxonomy,
    TaxonomyPredicate: { id: tag.id, taxonomy_id: taxonomy.id, value, ...more },
  };
}
