import { uptime } from '../clock';
import { text, type Text } from '../text';

/** What may become of a list without somebody looking at it. */
export interface ListGuard {
  /** It may lose so many per cent of its entries within a day. */
  shrinkPercent: number;
  mayBeEmpty: boolean;
  /** It may have so many entries. */
  most: number;
}

/** So few entries may go from a list of any size, as long as one is left. */
const FEW = 5;

/**
 * Why a new state is held back; nothing if it may stand.
 * @param largest how many entries there were at most of late: many small changes are worth as much as a large one
 */
export function heldBack(
  before: number,
  after: number,
  guard: ListGuard,
  largest = before,
): Text | undefined {
  if (after > before)
    return after > guard.most ? text('blockList.large', { after, most: guard.most }) : undefined;
  if (before === 0 || after === before) return undefined;
  if (after === 0) return guard.mayBeEmpty ? undefined : text('blockList.empty');
  const removed = largest - after;
  const isMuch = removed > FEW && removed * 100 > largest * guard.shrinkPercent;
  return isMuch ? text('blockList.shrunk', { removed, before: largest }) : undefined;
}

/** A list is compared with what it was within so long, in milliseconds. */
const WINDOW_MS = 24 * 60 * 60_000;
/** Changes that follow each other so fast are remembered as one. */
const STEP_MS = 60_000;

/** How many entries a list had at most within a day, by a clock that nobody sets. */
export class LargestSize {
  /** Each smaller than those before it: when the list had so many last. */
  private sizes: { at: number; size: number }[] = [];

  constructor(private readonly now: () => number = uptime) {}

  /** @param size how many there are now */
  of(size: number): number {
    const since = this.now() - WINDOW_MS;
    return Math.max(size, this.sizes.find(({ at }) => at > since)?.size ?? 0);
  }

  /** Before it shrinks. */
  note(size: number): void {
    const at = this.now();
    const last = this.sizes.at(-1);
    if (last && last.size > size && at - last.at < STEP_MS) return;
    const counts = (one: { at: number; size: number }) => one.size > size && one.at > at - WINDOW_MS;
    this.sizes = [...this.sizes.filter(counts), { at, size }];
  }

  /** Somebody has looked: it counts from now on. */
  forget(): void {
    this.sizes = [];
  }
}
