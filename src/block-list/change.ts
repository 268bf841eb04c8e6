import { text, type Text } from '../text';

/** What may become of a list without somebody looking at it. */
export interface ListGuard {
  /** It may lose so many per cent of its entries at once. */
  shrinkPercent: number;
  mayBeEmpty: boolean;
  /** It may have so many entries. */
  most: number;
}

/** So few entries may go from a list of any size, as long as one is left. */
const FEW = 5;

/** Why a new state is held back; nothing if it may stand. */
export function heldBack(before: number, after: number, guard: ListGuard): Text | undefined {
  if (after > before)
    return after > guard.most ? text('blockList.large', { after, most: guard.most }) : undefined;
  if (before === 0 || after === before) return undefined;
  if (after === 0) return guard.mayBeEmpty ? undefined : text('blockList.empty');
  const removed = before - after;
  const isMuch = removed > FEW && removed * 100 > before * guard.shrinkPercent;
  return isMuch ? text('blockList.shrunk', { removed, before }) : undefined;
}
