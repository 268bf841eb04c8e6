import { isRecord } from '../event/values';
import type { ObjectTemplate } from '../drawn/template';
import { WorkflowError } from '../text';
import type { MispClient } from './client';
import { fields } from './expected';

/** Templates are asked for once in this time: an administrator may update them. */
const KEPT_MS = 10 * 60_000;
/** More names than any flow has; each is a text of the flow's data. */
const MOST = 200;
const TEMPLATE = fields<ObjectTemplate>('template', ({ attributes }) => isRecord(attributes));
const NAME = /^[a-z0-9_.-]{1,100}$/i;

/** Loads templates by name (`objectTemplates/getRaw`), and keeps them for a while. */
function loaderOf(client: MispClient): (name: string) => Promise<ObjectTemplate> {
  const kept = new Map<string, { at: number; template: Promise<ObjectTemplate> }>();
  return (name) => {
    const known = kept.get(name);
    if (known && Date.now() - known.at < KEPT_MS) return known.template;
    if (kept.size >= MOST) kept.clear();
    const template = client.get<ObjectTemplate>(`/objectTemplates/getRaw/${name}`, undefined, TEMPLATE);
    kept.set(name, { at: Date.now(), template });
    template.catch(() => kept.delete(name));
    return template;
  };
}

/**
 * What finds templates by their names. A MISP that lacks one is an error in its place; that it does not answer is one of
 * all.
 */
export function templatesNamed(
  client: MispClient,
): (names: readonly string[]) => Promise<ReadonlyMap<string, ObjectTemplate | WorkflowError>> {
  const load = loaderOf(client);
  return async (names) => {
    const found = new Map<string, ObjectTemplate | WorkflowError>();
    for (const name of names.filter((one) => NAME.test(one)).slice(0, MOST)) {
      try {
        found.set(name, await load(name));
      } catch (error) {
        if (!(error instanceof WorkflowError) || error.key !== 'misp.notFound') throw error;
        found.set(name, new WorkflowError('newEvent.noTemplate', { name }));
      }
    }
    return found;
  };
}

/**
 * What finds the templates of the objects in some data, by name. A MISP that lacks one is an error.
 */
export function templatesFor(
  client: MispClient,
): (found: unknown) => Promise<ReadonlyMap<string, ObjectTemplate>> {
  const load = loaderOf(client);
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
