import { getMatchingItemsForAttributes } from '../../../../src/event/saved-filters';
import { isRecord, textOf, valuesOf } from '../../../../src/event/values';
import type { Block } from '../../../../src/workflow';
import { enrich, takes } from '../../enrichment';
import type { MispAttribute } from '../../model';
import type { ServiceModule } from '../../service/module-service';
import { eventIn } from './event-in';
import { failed, MispCrash, type Roaming, type Verdict } from './module';

/**
 * Asks modules of the Enrichment service about attributes, and puts what they find into the data: the only answer
 * that a later block can read. The modules need not be enabled.
 * @throws MispCrash if the service is away, or its answer is none
 */
export async function attachEnrichment({ params, filters = {} }: Block, roaming: Roaming): Promise<Verdict> {
  const names = [params.modules].flat().map(textOf).filter(Boolean);
  if (names.length === 0) return failed('No enrichmnent module selected');
  const list = await roaming.misp.enrichmentModules();
  if (!list) throw new MispCrash('the Enrichment service is away');
  const chosen = list.filter(({ name }) => names.includes(name));
  for (const attribute of valuesOf(getMatchingItemsForAttributes(filters, roaming.data))) {
    for (const module of chosen) await attach(module, attribute as MispAttribute & Enriched, roaming);
  }
  return { ok: true };
}

interface Enriched {
  enrichment?: unknown[];
}

async function attach(
  module: ServiceModule,
  attribute: MispAttribute & Enriched,
  roaming: Roaming,
): Promise<void> {
  const event = eventIn(roaming) ?? (roaming.data as { Event: never }).Event;
  if (!takes(module, attribute)) return;
  const answer = await enrich(roaming.misp, 'attach-enrichment', module, { event, attribute });
  if ('blocked' in answer) return;
  if ('failure' in answer) throw new MispCrash(answer.failure);
  const { found } = answer;
  if (!isRecord(found)) throw new MispCrash('an answer of the Enrichment service that is none');
  if (found.results === undefined && !('error' in found)) {
    throw new MispCrash('an answer of the Enrichment service without results');
  }
  if (found.results !== undefined) attribute.enrichment = [...(attribute.enrichment ?? []), found.results];
}
