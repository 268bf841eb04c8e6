import { BLOCKED, enrich, saveResults, serviceOf, takes, type Enriched } from '../enrichment';
import { decoded, type ServiceModule } from '../service/module-service';
import type { QueryForm } from '../service/query-forms';
import type { StandIn } from '../stand-in';
import { attributesOf, type FoundAttribute } from '../store/items';
import { triggerData } from '../trigger-data';
import { notFound, problem } from './answers';
import { mayChange, maySee } from './permissions';
import type { Action, Resource } from './router';
import { textOf } from './values';

type Json = Record<string, unknown>;

const BROKEN = 'An Internal Error Has Occurred.';
const HTML = { 'Content-Type': 'text/html; charset=UTF-8' };

/** `modules/queryEnrichment`: the answer of the module goes through as it is. */
export const modules: Resource = {
  queryEnrichment: {
    post: true,
    run: async ({ body, url }, misp) => {
      const asked = (body ?? {}) as Json;
      const module = await moduleOf(misp, asked.module);
      if (!module) return problem(405, 'Module not found or not available.', url);
      if (!module.types.includes('hover')) return problem(500, BROKEN, url);
      const answer = await enrich(misp, 'REST modules/queryEnrichment', module, undefined, asked);
      if ('blocked' in answer) return { status: 200, body: { message: BLOCKED } };
      if ('found' in answer && typeof answer.found === 'string')
        return { status: 200, body: { message: answer.found } };
      const isUsed = 'found' in answer && isFilled(answer.found);
      const nothing = { error: 'Something went wrong, no response from module.' };
      return { status: 200, body: isUsed ? answer.found : nothing };
    },
  },
};

/** `attributes/enrich`: a job. */
export const enrichAttribute: Action = {
  post: true,
  run: (request, misp) => {
    // The call came with 2.4.193.
    if (misp.version.localeCompare('2.4.193', 'en', { numeric: true }) < 0)
      return notFound('Not Found', request.url);
    const found = misp.items.attribute(request.args[0] ?? '');
    if (!found || !mayChange(request.user, found.event)) return notFound('Invalid Attribute', request.url);
    void misp.worker.run(() => enrichAll(misp, 'attributes/enrich', [found], namesIn(request.body)));
    const message = `Job queued (job ID: ${misp.collections.nextId()}).`;
    const body = { saved: true, success: true, name: message, message, url: '/attributes/enrich' };
    return { status: 200, body };
  },
};

/** `events/enrichEvent`: MISP has done it, and has no view to say so. */
export const enrichEvent: Action = {
  post: true,
  run: async ({ args: [id = ''], body, url, user }, misp) => {
    const event = misp.event(id);
    if (!event || !mayChange(user, event)) return notFound('Invalid event', url);
    const away = await enrichAll(
      misp,
      'events/enrichEvent and enrich-event',
      attributesOf(event),
      namesIn(body),
    );
    return away === undefined
      ? problem(500, BROKEN, url)
      : problem(405, `${away} service not reachable.`, url);
  },
};

/** @returns the module that was away, which ends it */
async function enrichAll(
  misp: StandIn,
  form: QueryForm,
  all: readonly FoundAttribute[],
  names: readonly string[],
): Promise<string | undefined> {
  const list = await listOf(misp);
  for (const found of all) {
    for (const module of list) {
      if (!names.includes(module.name) || !takes(module, found.attribute)) continue;
      const answer = await enrich(misp, form, module, found);
      if ('blocked' in answer) break;
      if ('failure' in answer || answer.found === false) return module.name;
      if (answer.found === null) break;
      if ((answer.found as Json).results === undefined) return undefined; // an exception ends the run
      saveResults(found.event, module.name, found.attribute, answer.found);
    }
  }
  return undefined;
}

/** `attributes/hoverEnrichment/ID`, with `/1` at a click: one module after the other. */
export const hoverEnrichment: Action = {
  run: async ({ args: [id = '', persistent], url, user }, misp) => {
    const found = misp.items.attribute(id);
    if (!found || !maySee(user, found.event)) return notFound('Invalid Attribute', url);
    const form = persistent ? 'hover that was clicked' : 'hover';
    const lines: string[] = [];
    for (const module of await listOf(misp)) {
      if (!module.types.includes('hover') || !takes(module, found.attribute)) continue;
      lines.push(`${module.name}: ${shown(await enrich(misp, form, module, found))}`);
    }
    return { status: 200, body: lines.join('\n'), headers: HTML };
  },
};

/** `events/queryEnrichment/ID/MODULE/Enrichment/Attribute`: the page with the results. */
export const queryEnrichment: Action = {
  run: async ({ args: [id = '', name], url }, misp) => {
    const found = misp.items.attribute(id);
    const module = await moduleOf(misp, name);
    if (!found || !module) return problem(405, 'No valid Enrichment options found for this attribute.', url);
    const answer = await enrich(misp, 'page', module, found);
    if ('blocked' in answer || 'failure' in answer || !isFilled(answer.found))
      return problem(500, BROKEN, url);
    return { status: 200, body: shown(answer), headers: HTML };
  },
};

/** `events/importModule/MODULE/EVENT` over REST. */
export const importModule: Action = {
  post: true,
  run: async ({ args: [name = '', id = ''], body, url }, misp) => {
    const service = serviceOf(misp, 'Import');
    const module = (await service.modules()).find((one) => one.name === name && service.isOn(one));
    const event = misp.event(id);
    if (!module || !event) return problem(405, 'Invalid module.', url);
    const {
      config = {},
      paste,
      data,
    } = ((body as Json)?.Event ?? {}) as Record<'config' | 'paste' | 'data', unknown>;
    const isPasted = paste !== undefined;
    const lacks = Object.entries(module.userConfig).some(
      ([field, { type, validation }]) => type === 'String' && validation !== '0' && !(config as Json)[field],
    );
    // What the form would explain.
    if (lacks || (isPasted && !module.inputSource.includes('paste'))) return problem(500, BROKEN, url);
    const file = isPasted ? Buffer.from(textOf(paste)).toString('base64') : data;
    const all = { ...service.configOf(module), ...(config as Json) };
    const given = Object.keys(all).length > 0 ? { config: all } : {};
    const answer = await service.query({ module: name, event_id: event.id, ...given, data: file });
    if ('failure' in answer || !isFilled(answer.found)) return problem(500, BROKEN, url);
    saveResults(event, name, { value: name } as never, answer.found);
    return { status: 200, body: (answer.found as Json).results ?? [] };
  },
};

/** `events/exportModule/MODULE/EVENT`: a file; an error of the module is an empty one. */
export const exportModule: Action = {
  run: async ({ args: [name = '', id = ''], url, user }, misp) => {
    const service = serviceOf(misp, 'Export');
    const module = (await service.modules()).find((one) => one.name === name && service.isOn(one));
    const event = misp.event(id);
    if (!module || !event || !maySee(user, event)) return notFound('Invalid module.', url);
    const { Event } = triggerData(event);
    const { Attribute, Object: objects, Tag, ...rest } = Event;
    const inner = { Event: rest, Attribute, Object: objects, EventTag: Tag };
    const config = service.configOf(module);
    const data = [module.wantsCoreFormat ? { Event } : inner];
    const answer = await service.query({ module: name, ...(config ? { config } : {}), data });
    const file = 'found' in answer ? decoded((answer.found as Json | null)?.data) : Buffer.alloc(0);
    return { status: 200, body: file.toString(), headers: { 'Content-Type': 'application/octet-stream' } };
  },
};

async function listOf(misp: StandIn): Promise<ServiceModule[]> {
  if (!misp.moduleServices.Enrichment) return [];
  const service = serviceOf(misp, 'Enrichment');
  return (await service.modules()).filter((module) => service.isOn(module));
}

const moduleOf = async (misp: StandIn, name: unknown): Promise<ServiceModule | undefined> =>
  (await listOf(misp)).find((module) => module.name === name);

const namesIn = (body: unknown): string[] =>
  Object.entries((body ?? {}) as Json).flatMap(([name, wanted]) => (wanted ? [name] : []));

/** What PHP does not take for empty. */
const isFilled = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** What a page shows of an answer. */
function shown(answer: Enriched): string {
  if ('blocked' in answer) return `Error: ${BLOCKED}`;
  if ('failure' in answer) return 'Error: Enrichment service not reachable.';
  const { results } = (answer.found ?? {}) as { results?: unknown };
  return isFilled(results) ? JSON.stringify(results) : 'Empty results';
}
