import type { MispAttribute, MispEvent } from './model';
import { newAttribute } from './rest/attribute-rows';
import { touch } from './rest/touch';
import { ModuleService, type ModuleAnswer, type ServiceModule } from './service/module-service';
import { QUERY_FORMS, type QueryForm } from './service/query-forms';
import type { Family } from './settings/services';
import type { StandIn } from './stand-in';
import type { FoundAttribute } from './store/items';
import { triggerData } from './trigger-data';

type Json = Record<string, unknown>;

/** What came of a query: a workflow may have stopped it. */
export type Enriched = ModuleAnswer | { blocked: true };

export const BLOCKED = 'Trigger `enrichment-before-query` blocked enrichment';

/** Ways on which MISP tells the workflow nothing of what it is going to ask about. */
const TOLD_NOTHING: readonly QueryForm[] = ['REST modules/queryEnrichment', 'attributes/enrich'];
/** On these MISP waits as for a hover. */
const SHORT: readonly QueryForm[] = [
  ...(['hover', 'hover that was clicked', 'REST modules/queryEnrichment', 'attach-enrichment'] as const),
];

/** The service of a family, as MISP has it set up. @throws if it has not */
export function serviceOf(misp: StandIn, family: Family): ModuleService {
  const settings = misp.moduleServices[family];
  if (!settings) throw new Error(`no ${family} service`);
  return new ModuleService(settings);
}

/**
 * Asks a module about an attribute: the workflow of `enrichment-before-query` before that, with as little as MISP tells
 * it (recordings: `live/r5-enrichment-before-query.json` of the recorded misp-modules).
 * @param body of a REST query: the caller's own
 */
export async function enrich(
  misp: StandIn,
  form: QueryForm,
  module: ServiceModule,
  found: FoundAttribute | undefined,
  body?: Json,
): Promise<Enriched> {
  const { blocked } = await misp.fire('enrichment-before-query', toldOf(form, module.name, found));
  if (blocked) return { blocked };
  const service = serviceOf(misp, 'Enrichment');
  const config = service.configOf(module);
  const standard = module.format === 'misp_standard';
  const asked = { module: module.name, attribute: found?.attribute ?? {}, config, standard };
  const query = body ? { ...body, ...(config ? { config } : {}) } : QUERY_FORMS[form](asked);
  return service.query(query, SHORT.includes(form));
}

function toldOf(form: QueryForm, _module: string, found: FoundAttribute | undefined): Json {
  if (!found || TOLD_NOTHING.includes(form)) return { Event: { _AttributeFlattened: [] }, _module };
  const { event, attribute } = found;
  if (form === 'attach-enrichment') return { ...triggerData(event), _module };
  return { ...triggerData({ ...event, Attribute: [attribute], Object: [] }), _module };
}

/** Whether MISP offers a module for an attribute. */
export const takes = ({ input, types }: ServiceModule, { type }: MispAttribute): boolean =>
  input.includes(type) && types.some((one) => one === 'expansion' || one === 'hover');

/**
 * Saves what `events/enrichEvent` and `attributes/enrich` save of an answer: of a plain one the first type, without
 * tags and category; of the standard one its attributes. An echoed attribute is written over.
 */
export function saveResults(event: MispEvent, module: string, asked: MispAttribute, found: unknown): number {
  const { results } = (found ?? {}) as { results?: unknown };
  const rows = Array.isArray(results) ? plainRows(results) : standardRows(results);
  let added = 0;
  for (const row of rows) {
    const echoed = event.Attribute.find(({ uuid }) => uuid === row.uuid);
    if (echoed) {
      Object.assign(echoed, row);
      continue;
    }
    if (event.Attribute.some(({ type, value }) => type === row.type && value === row.value)) continue;
    const comment = row.comment ?? `${asked.value}: enriched via the ${module} module.`;
    event.Attribute.push(newAttribute(event, String(Date.now()) + String(added), { ...row, comment }));
    added += 1;
  }
  if (added > 0 && !Array.isArray(results)) touch(event);
  return added;
}

function plainRows(results: unknown[]): Json[] {
  return results.flatMap((one) => {
    const { types, values, comment } = (one ?? {}) as Record<'types' | 'values' | 'comment', unknown>;
    const type: unknown = Array.isArray(types) ? types[0] : types;
    const list: unknown[] = Array.isArray(values) ? values : [values];
    return list.map((value) => ({ type, value, comment }));
  });
}

function standardRows(results: unknown): Json[] {
  const { Attribute } = (results ?? {}) as { Attribute?: unknown };
  return Array.isArray(Attribute) ? (Attribute as Json[]) : [];
}
