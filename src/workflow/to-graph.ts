import { readParams, writeParams } from '../mapping/convert';
import { isRecord } from '../event/values';
import { triggerById } from '../triggers/triggers';
import { WorkflowError, type TextKey } from '../text';
import {
  defaultsOf,
  mappingOf,
  RUN_MODULE,
  standsFor,
  typeOf,
  type Catalogue,
  type Standing,
} from './catalogue';
import { checkGraph } from './check';
import { unquiet } from './drawing';
import { framesOf } from './frames';
import type { Block, BlockKind, FlowNode, Graph, Note } from './graph';
import { memoryIn, secretParams, type Memory } from './memory';
import { factsOf } from './modules';
import { Positions } from './positions';
import { plain, plainRecord, textOf } from './plain';
import { inShort, LIMITS } from './read';
import { paramsFromNode } from './run-module-params';
import { Wiring } from './wiring';

export interface ToGraphOptions {
  name?: string;
  description?: string;
  uuid?: string;
  /** Whether passwords and tokens that the flow brings along are written, too. */
  secrets?: boolean;
}

/** A graph for MISP, and what to tell of it. */
export interface Exported {
  graph: Graph;
  notes: Note[];
}

/** A node that becomes a block. */
interface Source {
  node: FlowNode;
  id: string;
  module: string;
  kind: BlockKind;
  memory?: Memory;
  standing?: Standing;
}

/** Types that are no part of what a workflow does. */
const SILENT = new Set(['tab', 'group', 'comment', 'debug', 'subflow', 'global-config']);

/**
 * MISP's graph for nodes of a flow. Nodes that MISP has no module for are left out, and named.
 * @throws {WorkflowError} if no node is left
 */
export function toGraph(
  flow: readonly FlowNode[],
  catalogue: Catalogue,
  options: ToGraphOptions = {},
): Exported {
  if (flow.length > 10 * LIMITS.blocks)
    throw new WorkflowError('workflow.tooMany', { count: flow.length, limit: LIMITS.blocks });
  return new Export(flow.filter(isNode), catalogue, options).run();
}

class Export {
  private readonly notes: Note[] = [];
  private readonly blockOf = new Map<string, string>();
  private readonly wiring: Wiring;

  constructor(
    private readonly flow: readonly FlowNode[],
    private readonly catalogue: Catalogue,
    private readonly options: ToGraphOptions,
  ) {
    this.wiring = new Wiring(flow);
  }

  run(): Exported {
    const sources = this.numbered(this.flow.flatMap((node) => this.sourceOf(node)));
    if (sources.length === 0) throw new WorkflowError('workflow.nothingToExport');
    if (sources.length > LIMITS.blocks)
      throw new WorkflowError('workflow.tooMany', { count: sources.length, limit: LIMITS.blocks });
    const positions = new Positions(sources);
    const blocks = sources.map((source) => this.blockFor(source, positions.of(source)));
    const sheet = this.flow.find(({ type }) => type === 'tab');
    const graph: Graph = {
      form: 'blueprint',
      name: this.options.name ?? textOf(sheet?.label),
      description: this.options.description ?? unquiet(textOf(sheet?.info)),
      ...(this.options.uuid ? { uuid: this.options.uuid } : {}),
      blocks,
      frames: framesOf(this.flow, this.blockOf, sources),
    };
    // A part of a workflow needs no trigger.
    const checks = checkGraph(graph).filter(({ key }) => key !== 'workflow.noTrigger');
    return { graph, notes: [...this.notes, ...checks] };
  }

  private note(
    level: Note['level'],
    key: string,
    nodes: readonly FlowNode[],
    params: Note['params'] = {},
  ): void {
    if (nodes.length === 0) return;
    const names = inShort(nodes.map(labelOf));
    const about = nodes.map(({ id }) => id);
    this.notes.push({ level, key: `workflow.${key}` as TextKey, params: { nodes: names, ...params }, about });
  }

  private sourceOf(node: FlowNode): Source[] {
    const type = typeOf(this.catalogue, node.type);
    if (
      SILENT.has(node.type) ||
      node.type.startsWith('subflow:') ||
      type?.family === 'config' ||
      Wiring.passesOn(node)
    ) {
      if (node.type.startsWith('subflow:')) this.note('warning', 'noModule', [node], { type: node.type });
      return [];
    }
    if (node.d === true) {
      this.note('warning', 'disabledNode', [node]);
      return [];
    }
    const memory = memoryIn(node.misp);
    if (type?.type === RUN_MODULE) {
      const module = textOf(node.module).trim();
      const kind = factsOf(module)?.kind ?? (memory?.module === module ? memory.kind : undefined);
      if (module)
        return [{ node, id: '', module, kind: kind ?? runKind(this.wiring.outputsOf(node)), memory }];
    }
    const mapping = type && mappingOf(type, node);
    if (mapping) {
      const module = sameModule(this.catalogue, memory, mapping.module) ?? mapping.module;
      const kind = factsOf(module)?.kind ?? (type.family === 'triggers' ? 'trigger' : 'action');
      return [{ node, id: '', module, kind, memory, standing: { node: type, mapping } }];
    }
    if (type?.type === 'misp-response') this.note('info', 'allowNode', [node]);
    else if (type) this.note('warning', 'noSuchModule', [node]);
    else if (node.wires !== undefined) this.note('warning', 'noModule', [node], { type: node.type });
    return [];
  }

  /** The ids of MISP as far as they are known and unique; in their order. */
  private numbered(sources: Source[]): Source[] {
    const taken = new Set<string>();
    const known = sources.map((source) => {
      const id = source.memory?.id ?? '';
      if (!/^\d{1,9}$/.test(id) || taken.has(id)) return source;
      taken.add(id);
      return { ...source, id };
    });
    let next = [...taken].reduce((most, id) => Math.max(most, Number(id)), 0);
    const all = known.map((source) => (source.id ? source : { ...source, id: String(++next) }));
    for (const { id, node } of all) this.blockOf.set(node.id, id);
    return all.sort((a, b) => Number(a.id) - Number(b.id));
  }

  private blockFor(source: Source, [x, y]: [number, number]): Block {
    const { node, id, module, kind, standing } = source;
    const memory = source.memory?.module === module ? source.memory : undefined;
    const facts = factsOf(module);
    const outputs = this.connectionsOf(source);
    const { params, emptyAs } = this.paramsOf(source, memory);
    const filters = filtersOf(standing, node, memory);
    // A copy of an imported node is another block.
    const uid = memory?.id === id ? memory.uid : undefined;
    const optional = { uid, version: memory?.version, previous: memory?.previous, class: memory?.class };
    const used = outputs.map(({ output }) => output + 1);
    return {
      ...{ id, module, kind, params, emptyAs, filters, x, y },
      name: textOf(node.name) || (memory?.name ?? facts?.name ?? module),
      connections: outputs,
      outputs: Math.max(memory?.outputs ?? facts?.outputs ?? (kind === 'logic' ? 2 : 1), ...used),
      several: memory?.several ?? module === 'concurrent-task',
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    };
  }

  private connectionsOf({ node, kind, standing }: Source): Block['connections'] {
    const outputs = this.wiring.outputsOf(node);
    // What MISP runs has two outputs here; an action of MISP goes on behind both in the same way.
    const shown = !standing && kind === 'action' ? outputs.slice(0, 1) : outputs;
    if (!standing && kind === 'action' && outputs[1]?.some((id) => !outputs[0]?.includes(id)))
      this.note('warning', 'elseOfAction', [node]);
    const cut = new Set(shown.flat().filter((id) => !this.blockOf.has(id)));
    const isCut = ({ id, type }: FlowNode) => cut.has(id) && !SILENT.has(type) && type !== 'misp-response';
    const others = cut.size > 0 ? this.flow.filter(isCut) : [];
    this.note('warning', 'cut', others.length > 0 ? [node] : [], { targets: inShort(others.map(labelOf)) });
    return shown.flatMap((ids, output) =>
      ids.flatMap((id) => {
        const to = this.blockOf.get(id);
        return to === undefined ? [] : [{ output, to }];
      }),
    );
  }

  /** What was not changed since the import is written as it was read. */
  private paramsOf(source: Source, memory?: Memory): Pick<Block, 'params' | 'emptyAs'> {
    const { node, standing } = source;
    const kept = memory && !Array.isArray(memory.params) ? memory.params : {};
    const emptyAs = memory && !Array.isArray(memory.params) ? 'object' : 'list';
    if (!standing) return { params: paramsFromNode(node), emptyAs };
    const { mapping, node: type } = standing;
    const settings = { ...defaultsOf(type), ...node };
    const given = isRecord(node.credentials) ? node.credentials : {};
    const secret = secretParams(type, mapping);
    const now = writeParams(mapping, settings, this.options.secrets ? given : {});
    this.note('info', 'secretsLeftOut', secret.some((id) => !(id in now)) ? [node] : [], {
      params: inShort(secret),
    });
    if (!memory) return { params: plain(now) as Record<string, unknown>, emptyAs };
    const read = readParams(type, mapping, kept);
    const before = writeParams(mapping, { ...defaultsOf(type), ...read.settings });
    const changed = Object.keys(now).filter((id) => !secret.includes(id) && !isSame(now[id], before[id]));
    const written = [...changed, ...secret.filter((id) => id in now && now[id] !== '')];
    return { params: { ...kept, ...Object.fromEntries(written.map((id) => [id, plain(now[id])])) }, emptyAs };
  }
}

const EMPTY_FILTER = { selector: '', value: '', operator: '', path: '' };

function filtersOf(standing: Standing | undefined, node: FlowNode, memory?: Memory): Record<string, unknown> {
  const kept = memory?.filters;
  const field = standing?.mapping.filter;
  const now = field === undefined ? undefined : node[field];
  if (!isRecord(now)) return kept ?? EMPTY_FILTER;
  const before = { ...EMPTY_FILTER, ...kept };
  return kept && isSame({ ...EMPTY_FILTER, ...now }, before)
    ? kept
    : { ...EMPTY_FILTER, ...plainRecord(now) };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A module with other names, such as one ad hoc workflow's own trigger, keeps the name that it was read with. */
function sameModule(catalogue: Catalogue, memory: Memory | undefined, module: string): string | undefined {
  if (!memory) return undefined;
  if (module === 'ad-hoc' && /^adhoc_\d+$/.test(memory.module)) return memory.module;
  return standsFor(catalogue, memory.module)?.mapping.module === module ? memory.module : undefined;
}

/** A module that nobody knows is an action if both outputs lead to the same, or the second leads nowhere. */
function runKind([then = [], otherwise = []]: string[][]): BlockKind {
  return otherwise.some((id) => !then.includes(id)) ? 'logic' : 'action';
}

function isNode(node: unknown): node is FlowNode {
  return isRecord(node) && typeof node.id === 'string' && typeof node.type === 'string';
}

/** How a person would find the node. */
function labelOf({ type, name, id }: FlowNode): string {
  return textOf(name).slice(0, 60) || `${type} (${id})`;
}

/** What a trigger's block says besides, or MISP does not convert its data. */
export function triggerFlags(module: string): Record<string, boolean> {
  const trigger = triggerById(/^adhoc_\d+$/.test(module) ? 'ad-hoc' : module);
  return trigger ? { blocking: trigger.blocking, misp_core_format: trigger.coreFormat } : {};
}
