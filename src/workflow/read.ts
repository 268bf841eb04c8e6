import { isEntries, isList, isRecord, valuesOf } from '../event/values';
import { WorkflowError } from '../text';
import type { Block, BlockKind, Connection, Frame, Graph, Note } from './graph';
import { factsOf, isAdHoc } from './modules';
import { numberOf, plain, plainRecord, textOf } from './plain';

/** What is read at most. MISP's workflows have some dozens of blocks. */
export const LIMITS = { bytes: 16_000_000, blocks: 2_000, connections: 20_000, outputs: 20, text: 10_000 };

/** A graph, and what of the file could not be taken as it is. */
export interface Read {
  graph: Graph;
  notes: Note[];
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Reads a workflow, a blueprint or a bare graph of MISP, in all the ways that its editor and its API write them.
 * @param source the text of a file, or what was parsed from it
 * @throws {WorkflowError} if it is none, or too large
 */
export function readWorkflow(source: unknown): Read {
  const { document, values } = unwrap(typeof source === 'string' ? parse(source) : source);
  const blocks = blocksIn(values);
  if (blocks.length === 0) throw new WorkflowError('workflow.noBlocks');
  const notes: Note[] = [];
  const graph: Graph = {
    ...document,
    blocks: withoutDangling(unique(blocks, notes), notes),
    frames: framesIn(values),
  };
  return { graph, notes };
}

function parse(source: string): unknown {
  if (source.length > LIMITS.bytes)
    throw new WorkflowError('workflow.tooLarge', { limit: LIMITS.bytes / 1e6 });
  try {
    return JSON.parse(source.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new WorkflowError('workflow.notJson', { problem: error instanceof Error ? error.message : '' });
  }
}

/** The graph inside of what MISP's API and its downloads put around it. */
function unwrap(value: unknown): {
  document: Pick<Graph, 'form' | 'name' | 'description' | 'uuid'>;
  values: Values | readonly unknown[];
} {
  if (!isEntries(value)) throw new WorkflowError('workflow.notWorkflow');
  const documents = isList(value) ? value.filter(isDocument) : [];
  if (documents.length > 1) throw new WorkflowError('workflow.several', { count: documents.length });
  if (documents.length === 1) return unwrap(documents[0]);
  const own = isRecord(value) ? value : {};
  const form = isRecord(own.WorkflowBlueprint) ? 'blueprint' : isRecord(own.Workflow) ? 'workflow' : 'graph';
  const part = form === 'graph' ? value : ((own.WorkflowBlueprint ?? own.Workflow) as Values);
  const held = isRecord(part) && 'data' in part && !('pos_x' in part) ? part.data : part;
  // Over REST a workflow's graph is a text, and a blueprint to import is one as a whole.
  if (isRecord(part) && typeof part.json === 'string') return unwrap(parse(part.json));
  const values = typeof held === 'string' ? parse(held) : held;
  if (!isEntries(values)) throw new WorkflowError('workflow.notWorkflow');
  const { name, description, uuid } = isRecord(part) && part !== values ? part : ({} as Values);
  const document = { form, name: textOf(name), description: textOf(description) } as const;
  return { document: typeof uuid === 'string' ? { ...document, uuid } : document, values };
}

const isDocument = (value: unknown) =>
  isRecord(value) && (isRecord(value.WorkflowBlueprint) || isRecord(value.Workflow));

function blocksIn(values: Values | readonly unknown[]): Block[] {
  const entries = isRecord(values)
    ? Object.entries(values).filter(([key]) => key !== '_frames')
    : valuesOf(values).map((item, index): [string, unknown] => [String(index), item]);
  if (entries.length > LIMITS.blocks)
    throw new WorkflowError('workflow.tooMany', { count: entries.length, limit: LIMITS.blocks });
  let connections = 0;
  return entries.map(([key, item]) => {
    if (!isRecord(item) || !isRecord(item.data) || textOf(item.data.id) === '')
      throw new WorkflowError('workflow.noBlock', { key: key.slice(0, 60) });
    const block = blockOf(key, item, item.data);
    connections += block.connections.length;
    if (connections > LIMITS.connections)
      throw new WorkflowError('workflow.tooManyConnections', { limit: LIMITS.connections });
    return block;
  });
}

function blockOf(key: string, item: Values, data: Values): Block {
  const module = textOf(data.id);
  const outputs = isEntries(item.outputs) ? Object.entries(item.outputs) : [];
  const params = paramsOf(data);
  const optional = {
    uid: data.node_uid,
    version: data.module_version,
    previous: data.previous_module_version,
  };
  const texts = Object.entries({ ...optional, class: item.class }).filter(
    ([, text]) => typeof text === 'string',
  );
  return {
    id: idOf(item.id ?? key),
    module,
    kind: kindOf(module, data.module_type),
    name: textOf(item.name) || textOf(data.name),
    params,
    emptyAs: Array.isArray(data.indexed_params ?? []) ? 'list' : 'object',
    ...(isEntries(data.saved_filters) ? { filters: filtersOf(data.saved_filters) } : {}),
    connections: outputs.slice(0, LIMITS.outputs).flatMap(connectionsOf),
    outputs: Math.max(0, ...outputs.map(([name]) => outputOf(name) + 1)),
    x: numberOf(item.pos_x),
    y: numberOf(item.pos_y),
    several: data.multiple_output_connection === true,
    ...Object.fromEntries(texts),
  };
}

/** An id may be a number or a text; `"07"` is no other block than 7. */
function idOf(value: unknown): string {
  const text = textOf(value).trim();
  return /^\d+$/.test(text) ? text.replace(/^0+(?=\d)/, '') : text;
}

function kindOf(module: string, type: unknown): BlockKind {
  const known = factsOf(module)?.kind ?? (isAdHoc(module) ? 'trigger' : undefined);
  return known ?? (type === 'trigger' || type === 'logic' ? type : 'action');
}

/** Older MISPs keep the parameters as rows with their label, an id from later on, and the value. */
function paramsOf({ indexed_params: indexed, params }: Values): Record<string, unknown> {
  if (isEntries(indexed)) return plainRecord(indexed);
  if (!isEntries(params)) return {};
  const rows = valuesOf(params).filter(isRecord);
  const named = rows.map(({ id, label, value }): [string, unknown] => [
    textOf(id) || slug(textOf(label)),
    value,
  ]);
  return plainRecord(Object.fromEntries(named.filter(([name, value]) => name !== '' && value !== undefined)));
}

const slug = (label: string) => label.trim().toLowerCase().replace(/\W+/g, '_');

/** MISP's lists of modules have filters as rows of name and value. */
function filtersOf(filters: object): Record<string, unknown> {
  if (!Array.isArray(filters)) return plainRecord(filters);
  const rows = filters.filter(isRecord).map(({ text, value }): [string, unknown] => [textOf(text), value]);
  return plainRecord(Object.fromEntries(rows.filter(([name]) => name !== '')));
}

function connectionsOf([name, output]: [string, unknown]): Connection[] {
  const list: unknown = isRecord(output) ? output.connections : undefined;
  if (!isEntries(list)) return [];
  return valuesOf(list)
    .filter(isRecord)
    .map(({ node }) => ({ output: outputOf(name), to: idOf(node) }))
    .filter(({ to }) => to !== '');
}

/** `output_1` is the first. */
function outputOf(name: string): number {
  const number = Number(/(\d+)$/.exec(name)?.[1] ?? 1);
  return number >= 1 && number <= LIMITS.outputs ? number - 1 : 0;
}

/** Of several blocks with one id MISP's own reading keeps the last. */
function unique(blocks: Block[], notes: Note[]): Block[] {
  const last = new Map(blocks.map((block) => [block.id, block]));
  const twice = [...new Set(blocks.filter((block) => last.get(block.id) !== block).map(({ id }) => id))];
  if (twice.length > 0)
    notes.push({ level: 'warning', key: 'workflow.twice', params: { blocks: inShort(twice) }, about: twice });
  return [...last.values()];
}

/** Saved blueprints keep connections to blocks that were not part of the selection. */
function withoutDangling(blocks: Block[], notes: Note[]): Block[] {
  const ids = new Set(blocks.map(({ id }) => id));
  const dangling = blocks.filter(({ connections }) => connections.some(({ to }) => !ids.has(to)));
  if (dangling.length === 0) return blocks;
  const about = dangling.map(({ id }) => id);
  notes.push({ level: 'warning', key: 'workflow.dangling', params: { blocks: inShort(about) }, about });
  return blocks.map((block) => ({
    ...block,
    connections: block.connections.filter(({ to }) => ids.has(to)),
  }));
}

function framesIn(values: Values | readonly unknown[]): Frame[] {
  const frames = isRecord(values) ? values._frames : undefined;
  if (!isEntries(frames)) return [];
  return Object.entries(frames)
    .slice(0, LIMITS.blocks)
    .filter((entry): entry is [string, Values] => isRecord(entry[1]))
    .map(([key, frame]) => ({
      id: textOf(frame.id) || key,
      text: textOf(frame.text),
      class: textOf(frame.class),
      blocks: isEntries(frame.nodes) ? valuesOf(plain(frame.nodes) as object[]).map(idOf) : [],
    }));
}

/** Some names, for a sentence. */
export function inShort(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown}, ...` : shown;
}
