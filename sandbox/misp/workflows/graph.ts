import type { SavedFilters } from '../../../src/event/saved-filters';
import { isRecord } from '../../../src/event/values';
import { readWorkflow, type Graph } from '../../../src/workflow';

/** A graph as MISP stores it: blocks by id. */
export type GraphData = Record<string, unknown>;

export interface StoredBlock {
  id: number;
  data: {
    id: string;
    name: string;
    module_type: string;
    indexed_params: unknown;
    saved_filters: Partial<SavedFilters>;
    misp_core_format?: unknown;
  };
  [field: string]: unknown;
}

/** What PHP makes of JSON that it reads and writes: an empty object becomes a list, and so does one keyed 0, 1, 2. */
export function asPhp(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asPhp);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  if (entries.every(([key], index) => key === String(index))) return entries.map(([, entry]) => asPhp(entry));
  return Object.fromEntries(entries.map(([key, entry]) => [key, asPhp(entry)]));
}

/** The graph as it is walked. @throws {WorkflowError} if it is none */
export function graphOf(data: unknown): Graph {
  return readWorkflow(data).graph;
}

export function blocksOf(data: GraphData): StoredBlock[] {
  return Object.entries(data).flatMap(([key, block]) =>
    key !== '_frames' && isRecord(block) && isRecord(block.data) ? [block as unknown as StoredBlock] : [],
  );
}

/** The block of the trigger. */
export function triggerBlock(data: GraphData): StoredBlock | undefined {
  return blocksOf(data).find((block) => block.data.module_type === 'trigger');
}

const NO_FILTER = { selector: '', value: '', operator: '', path: '' };
const connected = (way: 'input' | 'output', node: string) => ({
  connections: [{ node, [way]: way === 'input' ? 'output_1' : 'input_1' }],
});

/** A trigger with one action block behind it, as the shortest workflow that MISP's editor draws. */
export function plainGraph(trigger: string, module: string, id: string): GraphData {
  const block = (number: number, kind: string, name: string, moduleId: string, more: object) => ({
    ...{ id: number, name, class: kind === 'trigger' ? 'block-type-trigger' : 'block-type-default' },
    data: {
      ...{ id: moduleId, name, module_type: kind, module_version: '0.1' },
      ...{ indexed_params: [], saved_filters: { ...NO_FILTER } },
      ...(kind === 'trigger' ? { misp_core_format: true } : {}),
    },
    ...more,
    ...{ pos_x: (number - 1) * 300, pos_y: 0, typenode: false },
  });
  return {
    1: block(1, 'trigger', trigger, trigger, {
      inputs: [],
      outputs: { output_1: connected('output', '2') },
    }),
    2: block(2, 'action', module, id, { inputs: { input_1: connected('input', '1') }, outputs: [] }),
  };
}
