import { readParams } from '../mapping/convert';
import { isRecord } from '../event/values';
import { text, words, type TextKey } from '../text';
import {
  defaultsOf,
  neededConfigs,
  RUN_MODULE,
  standsFor,
  typeOf,
  type Catalogue,
  type Standing,
} from './catalogue';
import { checkGraph, type MispModules } from './check';
import { byId, type Block, type FlowNode, type Frame, type Graph, type Note } from './graph';
import { factsOf, isAdHoc } from './modules';
import { memoryOf, secretParams } from './memory';
import { commentNode, frameNode, layout, quiet, type Places } from './drawing';
import { inShort } from './read';
import { nodeParamsOf } from './run-module-params';
import { goesOnAfterFailure } from './path-types';
import { stepsFrom } from './walk';
import { thinTags } from './known-faults';

export interface ToFlowOptions {
  /** The config nodes that are there, by type, such as `misp-listener`; one that is needed and not named is made. */
  configs?: Readonly<Record<string, string>>;
  /** Ids for new nodes; random ones unless told otherwise. */
  newId?: () => string;
  /** Whether the nodes come in a tab of their own, named like the workflow. */
  tab?: boolean;
  /** Names of modules that triggers in this Node-RED announce already. */
  announced?: readonly string[];
  /** The modules of the connected MISP. */
  modules?: MispModules;
  /** Whether MISP waits where the graph begins; by its trigger, or yes, unless told otherwise. */
  waits?: boolean;
}

/** A flow to import, and what to tell of it. */
export interface Imported {
  nodes: FlowNode[];
  notes: Note[];
  /** The node of each block that became one. */
  nodeOf: Map<string, string>;
}

interface Made {
  settings: Record<string, unknown>;
  credentials: Record<string, unknown>;
}

/**
 * The Node-RED flow for a workflow or blueprint of MISP: a node for each block, laid out as it was, frames as groups,
 * and a comment with what could not be carried over.
 */
export function toFlow(graph: Graph, catalogue: Catalogue, options: ToFlowOptions = {}): Imported {
  return new Conversion(graph, catalogue, options).run();
}

class Conversion {
  private readonly notes: Note[];
  private readonly newId: () => string;
  private readonly configs: Map<string, string>;
  private readonly made: FlowNode[] = [];
  private readonly nodeOf = new Map<string, string>();
  private readonly blocks: Map<string, Block>;
  private readonly places: Places;
  private readonly announced: Set<string>;
  private readonly goesOn: ReturnType<typeof goesOnAfterFailure>;

  constructor(
    private readonly graph: Graph,
    private readonly catalogue: Catalogue,
    private readonly options: ToFlowOptions,
  ) {
    this.notes = [...checkGraph(graph, options), ...thinTags(graph)];
    this.newId = options.newId ?? randomId;
    this.configs = new Map(Object.entries(options.configs ?? {}));
    this.blocks = byId(graph.blocks);
    this.places = layout(graph.blocks);
    this.announced = new Set(options.announced);
    this.goesOn = goesOnAfterFailure(graph, options);
    this.note('warning', 'bothPathTypes', this.goesOn.both);
  }

  run(): Imported {
    const tab = this.options.tab ? this.newId() : undefined;
    const carried = this.graph.blocks.filter((block) => this.isCarried(block));
    for (const { id } of carried) this.nodeOf.set(id, this.newId());
    const frames = this.framesOf(carried);
    const nodes = carried.map((block) => this.nodeFor(block, frames.get(block.id)));
    const groups = [...new Set(frames.values())].map((frame) => this.groupFor(frame, nodes, frames));
    const comment = commentNode(this.graph, this.notes, this.newId);
    const drawn = [...groups, ...comment, ...nodes].map((node) => (tab ? { ...node, z: tab } : node));
    const { name, description } = this.graph;
    const sheet = tab
      ? [{ id: tab, type: 'tab', label: name || words(text('workflow.tab')), info: quiet(description) }]
      : [];
    return { nodes: [...sheet, ...this.made, ...drawn], notes: this.notes, nodeOf: this.nodeOf };
  }

  private note(
    level: Note['level'],
    key: string,
    about: readonly string[],
    params: Note['params'] = {},
  ): void {
    if (about.length === 0) return;
    this.notes.push({
      level,
      key: `workflow.${key}` as TextKey,
      params: { blocks: inShort(about), ...params },
      about,
    });
  }

  /** A trigger that is not known here cannot start a flow; all else can be run in MISP. */
  private isCarried(block: Block): boolean {
    if (block.kind !== 'trigger' || this.standing(block)) return true;
    this.note('error', 'unknownTrigger', [block.id], { trigger: block.module });
    return false;
  }

  private standing({ module }: Block): Standing | undefined {
    return standsFor(this.catalogue, isAdHoc(module) ? 'ad-hoc' : module);
  }

  private nodeFor(block: Block, frame?: Frame & { group: string }): FlowNode {
    const standing = this.standing(block);
    const node = standing?.node ?? typeOf(this.catalogue, RUN_MODULE);
    if (!node) throw new Error(RUN_MODULE);
    const { settings, credentials } = standing ? this.mapped(block, standing) : this.unmapped(block);
    if ('onFailure' in node.fields) settings.onFailure = this.goesOn(block) ? 'continue' : 'stop';
    const all = { ...defaultsOf(node), ...settings };
    for (const [field, type] of neededConfigs(node, all)) all[field] ||= this.config(type);
    const place = this.places.get(block.id) ?? [0, 0];
    const secret = standing ? secretParams(standing.node, standing.mapping) : [];
    const isStandard = block.name === factsOf(block.module)?.name || block.name === block.module;
    return {
      id: this.nodeOf.get(block.id) as string,
      type: node.type,
      name: isStandard ? '' : block.name.slice(0, 200),
      version: node.version,
      ...all,
      misp: memoryOf(block, place, secret, frame),
      ...(frame ? { g: frame.group } : {}),
      ...(Object.keys(credentials).length > 0 ? { credentials } : {}),
      x: place[0],
      y: place[1],
      wires: this.wiresOf(block, node.outputs.length, node.type === RUN_MODULE),
    };
  }

  private mapped(block: Block, { node, mapping }: Standing): Made {
    const { settings, secrets, unfit, unknown } = readParams(node, mapping, block.params, block.filters);
    this.note('warning', 'unfit', unfit.length > 0 ? [block.id] : [], {
      params: inShort(unfit),
      module: block.module,
    });
    this.note('warning', 'unknownParams', unknown.length > 0 ? [block.id] : [], {
      params: inShort(unknown),
      module: block.module,
    });
    const filtered = Object.values(block.filters ?? {}).some((value) => value !== '' && value !== null);
    this.note('warning', 'noFilter', filtered && !mapping.filter ? [block.id] : [], { module: block.module });
    if (block.kind === 'trigger')
      Object.assign(settings, { goOn: 'ended', module: this.freeName(mapping.module) });
    return { settings, credentials: secrets };
  }

  /** As the editor names it: unique, since MISP calls the flow by it. */
  private freeName(trigger: string): string {
    const base = `nodered_${trigger.replace(/-/g, '_')}`;
    let name = base;
    for (let number = 2; this.announced.has(name); number++) name = `${base}_${number}`;
    this.announced.add(name);
    return name;
  }

  private unmapped(block: Block): Made {
    const isOwn = this.options.announced?.includes(block.module) === true;
    this.note('warning', isOwn ? 'ownModule' : 'runInMisp', [block.id], { module: block.module });
    const filtered = Object.values(block.filters ?? {}).some((value) => value !== '' && value !== null);
    this.note('warning', 'noFilter', filtered ? [block.id] : [], { module: block.module });
    // To MISP an action that says no has failed.
    const noFails = block.kind === 'action';
    return { settings: { module: block.module, noFails, ...nodeParamsOf(block.params) }, credentials: {} };
  }

  /** What goes on after a failure does so behind both outputs of a module that MISP runs. */
  private wiresOf(block: Block, outputs: number, isRun: boolean): string[][] {
    const wires: string[][] = Array.from({ length: outputs }, () => []);
    const lost = stepsFrom(block).filter(({ output, to }) => {
      const target = this.nodeOf.get(to);
      const hasPlace = wires[output] && target && this.blocks.get(to)?.kind !== 'trigger';
      if (hasPlace && !wires[output].includes(target)) wires[output].push(target);
      return !hasPlace;
    });
    this.note('warning', 'lostConnections', lost.length > 0 ? [block.id] : [], { module: block.module });
    if (isRun && block.kind === 'action' && this.goesOn(block)) wires[1] = [...wires[0]];
    return wires;
  }

  private config(type: string): string {
    const known = this.configs.get(type);
    if (known !== undefined) return known;
    const id = this.newId();
    const node = typeOf(this.catalogue, type);
    this.configs.set(type, id);
    this.made.push({ id, type, name: '', version: node?.version, ...(node ? defaultsOf(node) : {}) });
    return id;
  }

  /** A node can be in one group only. */
  private framesOf(carried: readonly Block[]): Map<string, Frame & { group: string }> {
    const ids = new Set(carried.map(({ id }) => id));
    const frames = new Map<string, Frame & { group: string }>();
    for (const frame of this.graph.frames) {
      const grouped = { ...frame, group: this.newId() };
      for (const id of frame.blocks) if (ids.has(id) && !frames.has(id)) frames.set(id, grouped);
    }
    return frames;
  }

  private groupFor(
    frame: Frame & { group: string },
    nodes: readonly FlowNode[],
    frames: Map<string, Frame & { group: string }>,
  ): FlowNode {
    const members = nodes.filter(({ misp }) => isRecord(misp) && frames.get(String(misp.id)) === frame);
    return frameNode(frame, frame.group, members);
  }
}

/** As Node-RED makes them. */
export function randomId(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
