import { compileTemplate } from '../../../../src/template/template';
import type { Block } from '../../../../src/workflow';
import { failed, MispCrash, type Roaming, type Verdict } from './module';

/** Fails with its message, which a module of the Enrichment service renders if there is one. */
export async function stopExecution({ params }: Block, roaming: Roaming): Promise<Verdict> {
  const { message } = params;
  if (typeof message !== 'string' || message === '') return failed('Execution stopped');
  return failed(await rendered(message, roaming));
}

/** @throws MispCrash if the Enrichment service is away */
export async function rendered(template: string, { misp, data }: Roaming): Promise<string> {
  if (!(await misp.enrichmentModules())) throw new MispCrash('the Enrichment service is away');
  return compileTemplate(template, { missingIsEmpty: true }).render(data);
}
