import { text, type Said } from '../text';

/** Permissions of MISP's roles that operations need. */
export type Permission =
  | 'perm_add'
  | 'perm_ai_tools'
  | 'perm_analyst_data'
  | 'perm_publish'
  | 'perm_sighting'
  | 'perm_site_admin'
  | 'perm_tagger'
  | 'perm_warninglist';

/** The permission of a role that a call needs, by the start of its path, as MISP's roles name them. */
const NEEDED: readonly (readonly [RegExp, Said])[] = [
  [/^\/(?:workflows|servers|jobs)\b/i, 'perm_site_admin'],
  [/^\/event_?blocklists\b/i, text('permission.onHostOrg', { permission: 'perm_add' })],
  [/^\/admin\//, 'perm_admin'],
  [/^\/(?:events|event_?reports)\/ai[A-Z]/i, 'perm_ai_tools'],
  [/^\/(?:events\/(?:publish|alert|unpublish))\b/, 'perm_publish'],
  [/^\/tags\/add\b/, 'perm_tag_editor'],
  [/^\/tags\/(?:attach|remove)/, 'perm_tagger'],
  [/^\/(?:events|attributes)\/(?:addTag|removeTag)\b/, 'perm_tagger'],
  [/^\/galaxies\/attachCluster\b/, 'perm_tagger'],
  [/^\/sightings\/(?:add|delete)\b/, 'perm_sighting'],
  [/^\/analyst_?data\/(?:add|edit|delete)\b/i, 'perm_analyst_data'],
  [/^\/warninglists\/toggleEnable\b/, 'perm_site_admin'],
  [/^\/warninglists\/(?:add|edit|import)\b/, 'perm_warninglist'],
  [/^\/decaying_?models?\/(?!index|view)/i, 'perm_decaying'],
  [/^\/(?:attributes|objects|event_?reports)\/(?:add|edit|delete|restore)/i, 'perm_add'],
];

/** What MISP says when the role lacks something, and not when the data is another organisation's. */
const ROLE = /^You do(?:n't| not) have (?:the )?permission to use this/;

/**
 * The permission that the key's user lacks; nothing if MISP's refusal is not about the role.
 * @param known what it is if the path does not tell
 */
export function permissionFor(path: string, message: string, known?: Permission): Said | undefined {
  return ROLE.test(message) ? (permissionOf(path) ?? known) : undefined;
}

/** The permission that a call needs. */
export function permissionOf(path: string): Said | undefined {
  return NEEDED.find(([pattern]) => pattern.test(path))?.[1];
}
