import type { FlowNode, Frame } from './graph';
import type { Memory } from './memory';
import { textOf } from './plain';

/** The groups of a flow as frames, by the blocks in them. */
export function framesOf(
  flow: readonly FlowNode[],
  blockOf: ReadonlyMap<string, string>,
  sources: readonly { node: FlowNode; memory?: Memory }[],
): Frame[] {
  const taken = new Set<string>();
  return flow
    .filter(({ type }) => type === 'group')
    .flatMap((group) => {
      const members = sources.filter(({ node }) => node.g === group.id);
      if (members.length === 0) return [];
      const known = members.map(({ memory }) => memory?.frame).find((frame) => frame && !taken.has(frame.id));
      const id = known?.id ?? uuidFrom(group.id);
      taken.add(id);
      const blocks = members.map(({ node }) => blockOf.get(node.id) as string);
      return [{ id, text: textOf(group.name), class: known?.class ?? '', blocks }];
    });
}

/** A frame of MISP has a UUID: the group's own id in that form. */
function uuidFrom(id: string): string {
  const digits = [...id].map((character) => character.charCodeAt(0).toString(16)).join('');
  const hex = (/^[0-9a-f]{16}$/.test(id) ? id : digits).padEnd(32, '0').slice(0, 32);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20),
  ];
  return parts.join('-');
}
