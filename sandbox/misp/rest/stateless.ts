import { toCoreFormat } from '../../../src/event/to-core';
import { ActionService } from '../service/action-service';
import type { StandIn } from '../stand-in';
import { attributesOf } from '../store/items';
import { LOGIC } from '../workflows/modules';
import { texts } from './attribute-search';
import { addTag, hasTag } from './tag-objects';
import { textOf } from './values';

type Row = Record<string, unknown>;

export interface Executed {
  success: boolean;
  errors: string[];
}

/**
 * `workflows/moduleStatelessExecution`: one module, once. What it changes is changed. Of MISP's own modules a few
 * are here; the others say that all went well.
 */
export async function runOnce(misp: StandIn, id: string, body: Row): Promise<Executed> {
  const { input_data, module_indexed_param, convert_data } = body;
  const given = JSON.parse(textOf(input_data)) as unknown;
  const data = convert_data ? toCoreFormat(given) : given;
  const params = (module_indexed_param ?? {}) as Row;
  const logic = Object.hasOwn(LOGIC, id) ? LOGIC[id] : undefined;
  if (logic) return { success: logic(params, { misp, data, isCoreFormat: true }), errors: [] };
  if (id === 'stop-execution') return failed(textOf(params.message) || 'Execution stopped');
  // Recorded: MISP does not find the models that it is given.
  if (id === 'attach-decay-score') return failed('No decaying model selected');
  const event = misp.event((data as { Event?: { id?: string } } | null)?.Event?.id ?? '');
  if (id === 'tag_operation' && event) {
    for (const name of texts(params.tags)) {
      const tag = misp.tags.make(name);
      if (!hasTag(event, tag)) addTag(event, tag, params.tag_locality !== 'global');
    }
  }
  if (id === 'attribute_ids_flag_operation' && event) {
    for (const { attribute } of attributesOf(event)) attribute.to_ids = params.action === 'add';
  }
  return (await ofService(misp, id, data, params)) ?? { success: true, errors: [] };
}

const failed = (error: string): Executed => ({ success: false, errors: [error] });

/** A module of the Action service. MISP takes no answer for a good one. */
async function ofService(
  misp: StandIn,
  id: string,
  data: unknown,
  params: Row,
): Promise<Executed | undefined> {
  const service = new ActionService(misp.actionService);
  const module = (await service.modules()).list.find((entry) => entry.id === id);
  if (!module) return undefined;
  const { error } = await service.query(module, data, params);
  return error === undefined ? undefined : failed(error);
}
