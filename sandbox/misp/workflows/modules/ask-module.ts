import type { Block } from '../../../../src/workflow';
import type { ActionService, ServiceAnswer } from '../../service/action-service';
import type { ActionModule } from '../../service/modules';
import type { Verdict } from './module';

/** Asks a module of the Action service; without a usable answer there is a `failure`, and MISP takes it for a good one. */
export async function askModule(
  service: ActionService,
  module: ActionModule,
  { params, filters }: Block,
  data: unknown,
): Promise<Verdict & ServiceAnswer> {
  const answer = await service.query(module, data, params, filters);
  return { ...answer, ok: answer.error === undefined };
}
