import stored from '../data/taxonomies.json';
import { notFound } from './answers';
import type { Resource } from './router';

/** What a taxonomy says of one of its tags. */
export const TAXONOMY_ENTRIES = new Map(
  stored.flatMap(({ Taxonomy, entries }) =>
    entries.map((entry) => [entry.tag.toLowerCase(), { description: '', ...entry, taxonomy: Taxonomy }]),
  ),
);

/**
 * Whether MISP refuses a tag since another one of an exclusive taxonomy is there. Local tags do not mind global ones
 * (recorded in test/fixtures/bulk-calls.json).
 */
export function isExcluded(
  tags: readonly { name: string; local: boolean }[],
  name: string,
  local: boolean,
): boolean {
  const taxonomy = exclusiveTaxonomy(name);
  return (
    taxonomy !== undefined &&
    tags.some((tag) => tag.local === local && exclusiveTaxonomy(tag.name) === taxonomy)
  );
}

function exclusiveTaxonomy(name: string): string | undefined {
  const taxonomy = TAXONOMY_ENTRIES.get(name.toLowerCase())?.taxonomy;
  return taxonomy?.exclusive ? taxonomy.namespace.toLowerCase() : undefined;
}

/** `taxonomies/...` (recordings: test/fixtures/rest/taxonomies-*.json). */
export const taxonomies: Resource = {
  index: {
    run: () => ({
      status: 200,
      body: stored.map(({ Taxonomy, entries }) => {
        return { Taxonomy, total_count: entries.length, current_count: entries.length };
      }),
    }),
  },
  view: {
    run: ({ args: [id], url }, misp) => {
      const found = stored.find(({ Taxonomy }) => Taxonomy.id === id);
      if (!found) return notFound('Taxonomy not found.', url);
      const entries = found.entries.map(({ id: tagId, ...entry }) => {
        const tag = misp.tags.find(tagId);
        return { ...entry, existing_tag: tag ? { Tag: tag } : false };
      });
      return { status: 200, body: { Taxonomy: found.Taxonomy, entries } };
    },
  },
};
