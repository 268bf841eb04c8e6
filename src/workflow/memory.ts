import { isEntries, isRecord } from '../event/values';
import type { MappedNode, ModuleMapping } from '../mapping/mapping';
import { paramsIn } from '../mapping/mapping';
import type { Block, Frame } from './graph';
import { plainRecord } from './plain';

/**
 * What a node remembers of the block that it was imported from, in its setting `misp`: so that an export gives back
 * what was not changed as it was.
 */
export interface Memory {
  id: string;
  module: string;
  kind: Block['kind'];
  name: string;
  x: number;
  y: number;
  /** Where the node was put. */
  at: [x: number, y: number];
  params: Record<string, unknown> | [];
  filters?: Record<string, unknown>;
  outputs: number;
  several?: boolean;
  uid?: string;
  version?: string;
  previous?: string;
  class?: string;
  frame?: { id: string; class: string };
}

/** @param secret parameters that are kept with the credentials: they are not to be in the flow a second time */
export function memoryOf(
  block: Block,
  at: [number, number],
  secret: readonly string[],
  frame?: Frame,
): Memory {
  const params = Object.entries(block.params).filter(([id]) => !secret.includes(id));
  const { id, module, kind, name, x, y, outputs, filters, uid, version, previous } = block;
  return {
    ...{ id, module, kind, name, x, y, at, outputs },
    params: params.length === 0 && block.emptyAs === 'list' ? [] : Object.fromEntries(params),
    ...Object.fromEntries(
      Object.entries({ filters, uid, version, previous, class: block.class }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
    ...(block.several ? { several: true } : {}),
    ...(frame ? { frame: { id: frame.id, class: frame.class } } : {}),
  };
}

/** What a node of a flow remembers. A flow comes from anywhere: what is no memory is none. */
export function memoryIn(value: unknown): Memory | undefined {
  if (!isRecord(value)) return undefined;
  const { id, module, name, kind, x, y, at } = value;
  const texts = [id, module, name, kind].every((text) => typeof text === 'string');
  const place: unknown[] = Array.isArray(at) ? at : [];
  const numbers = [x, y, place[0], place[1]].every((number) => Number.isFinite(number));
  if (!texts || !numbers || !isEntries(value.params)) return undefined;
  const copy = plainRecord(value);
  return { ...copy, outputs: Number(copy.outputs) || 0 } as unknown as Memory;
}

/** Parameters that the node keeps with its credentials. */
export function secretParams({ fields }: Pick<MappedNode, 'fields'>, mapping: ModuleMapping): string[] {
  return paramsIn(mapping)
    .filter(([, { setting }]) => fields[setting]?.kind === 'secret')
    .map(([id]) => id);
}
