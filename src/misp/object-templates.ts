import { isRecord } from '../event/values';
import type { ObjectTemplate } from '../drawn/template';
import type { MispClient } from './client';
import { fields } from './expected';

/** Templates are asked for once in this time: an administrator may update them. */
const KEPT_MS = 10 * 60_000;
/** More names than any flow has; each is a text of the flow's data. */
const MOST = 200;
const TEMPLATE = fields<ObjectTemplate>('template', ({ attributes }) => isRecord(attributes));
const NAME = /^[a-z0-9_.-]{1,100}$/i;

/**
 * What finds the templates of the objects in some data (`objectTemplates/getRaw`), by name, and keeps them for a while.
 * A MISP that lacks one is an error.
 */
export function templatesFor(
  client: MispClient,
): (found: unknown) => Promise<ReadonlyMap<string, ObjectTemplate>> {
  const kept = new Map<string, { at: number; template: Promise<ObjectTemplate> }>();
  const load = (name: string) => {
    const known = kept.get(name);
    if (known && Date.now() - known.at < KEPT_MS) return known.template;
    if (kept.size >= MOST) kept.clear();
    const template = client.get<ObjectTemplate>(`/objectTemplates/getRaw/${name}`, undefined, TEMPLATE);
    kept.set(name, { at: Date.now(), template });
    template.catch(() => kept.delete(name));
    return template;
  };
  return async (found) => {
    const names = [...new Set(namesIn(found))].filter((name) => NAME.test(name)).slice(0, MOST);
    const loaded = await Promise.all(names.map(async (name) => [name, await load(name)] as const));
    return new Map(loaded);
  };
}

/** Names of objects that are given without MISP's own list of attributes. */
function namesIn(found: unknown, depth = 0): string[] {
  if (depth > 4) return [];
  if (Array.isArray(found)) return found.flatMap((one: unknown) => namesIn(one, depth + 1));
  if (!isRecord(found)) return [];
  if (typeof found.name === 'string' && 'attributes' in found) return [found.name];
  return namesIn(found.objects ?? found.Object, depth + 1);
}
