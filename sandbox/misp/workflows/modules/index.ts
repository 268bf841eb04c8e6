import type { Block } from '../../../../src/workflow';
import own from '../../data/workflow-modules.json';
import { attachEnrichment } from './attach-enrichment';
import type { Roaming, Verdict } from './module';
import { reloadFullEvent } from './reload-full-event';
import { runWorkflows } from './run-workflow';
import { stopExecution } from './stop-execution';
import { tagOperation } from './tag-operation';
import { webhook } from './webhook';

export { LOGIC } from './logic';

type Action = (block: Block, roaming: Roaming) => Verdict | Promise<Verdict>;

/** MISP's action modules, as far as they are here. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  'attach-enrichment': attachEnrichment,
  'reload-full-event': reloadFullEvent,
  'run-workflow': runWorkflows,
  'stop-execution': stopExecution,
  tag_operation: tagOperation,
  webhook,
};

const byId = new Map(own.map((row) => [row.id, row]));

/** Whether it is a module of MISP itself. */
export const isOwn = (module: string): boolean => byId.has(module);

/** Whether a module of MISP itself stops the workflow when it fails. */
export const blocks = (module: string): boolean => byId.get(module)?.blocking === true;
