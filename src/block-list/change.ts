/** What a new state of a list brings. */
export interface ListChange {
  added: string[];
  removed: string[];
}

/** What may become of a list without somebody looking at it. */
export interface ListGuard {
  /** It may lose so many per cent of its entries at once. */
  shrinkPercent: number;
  mayBeEmpty: boolean;
}

export function changeOf(before: ReadonlySet<string>, after: ReadonlySet<string>): ListChange {
  return {
    added: [...after].filter((value) => !before.has(value)),
    removed: [...before].filter((value) => !after.has(value)),
  };
}

/** Why the new state is held back; nothing if it may stand. */
export function heldBack(before: number, after: number, guard: ListGuard): 'empty' | 'shrunk' | undefined {
  if (before === 0 || after >= before) return undefined;
  if (after === 0) return guard.mayBeEmpty ? undefined : 'empty';
  return (before - after) * 100 > before * guard.shrinkPercent ? 'shrunk' : undefined;
}
