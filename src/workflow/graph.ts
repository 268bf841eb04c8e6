import type { TextKey, TextParams } from '../text';

/** A way out of a block: to which block, behind which output (from 0). */
export interface Connection {
  readonly output: number;
  readonly to: string;
}

export type BlockKind = 'trigger' | 'logic' | 'action';

/** A block of MISP's workflow editor. */
export interface Block {
  /** MISP's id in the graph, as text. */
  readonly id: string;
  /** MISP's id of the module. */
  readonly module: string;
  readonly kind: BlockKind;
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** `indexed_params` as MISP wrote them where there are none: `[]` or `{}`. */
  readonly emptyAs: 'list' | 'object';
  /** `saved_filters`; undefined where the block has none. */
  readonly filters?: Readonly<Record<string, unknown>>;
  readonly connections: readonly Connection[];
  /** How many outputs are drawn at the block. */
  readonly outputs: number;
  readonly x: number;
  readonly y: number;
  /** Several connections on one output are allowed. */
  readonly several: boolean;
  /** What MISP's editor notes besides: `node_uid`, versions, the CSS class. */
  readonly uid?: string;
  readonly version?: string;
  readonly previous?: string;
  readonly class?: string;
}

/** A frame around blocks, with a title. */
export interface Frame {
  readonly id: string;
  readonly text: string;
  readonly blocks: readonly string[];
  readonly class: string;
}

/** A workflow or blueprint of MISP. */
export interface Graph {
  readonly blocks: readonly Block[];
  readonly frames: readonly Frame[];
  /** What it was read from; a bare graph has no name. */
  readonly form: 'workflow' | 'blueprint' | 'graph';
  readonly name: string;
  readonly description: string;
  readonly uuid?: string;
}

/** Something that whoever imports or exports should know; `words({ key, params })` has them in words. */
export interface Note {
  readonly level: 'error' | 'warning' | 'info';
  readonly key: TextKey;
  readonly params?: TextParams;
  /** Ids of the blocks, or of the nodes of a flow, that it is about. */
  readonly about?: readonly string[];
}

/** A node as it stands in a flow file. */
export type FlowNode = { id: string; type: string; [property: string]: unknown };

/** Blocks by id. */
export function byId(blocks: readonly Block[]): Map<string, Block> {
  return new Map(blocks.map((block) => [block.id, block]));
}
