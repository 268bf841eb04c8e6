import list from './modules.json';
import type { BlockKind } from './graph';

/** What MISP's editor shows of a module, and notes at its blocks. */
export interface ModuleFacts {
  readonly name: string;
  readonly version: string;
  readonly icon: string;
  readonly kind: BlockKind;
  readonly outputs: number;
  readonly core: boolean;
  /** A failure of it ends the whole workflow. */
  readonly blocking: boolean;
  readonly template?: string;
}

type Listed = Partial<ModuleFacts> & Pick<ModuleFacts, 'name' | 'version' | 'icon'>;

const known = new Map(Object.entries(list as unknown as Record<string, Listed>));

/** A module of MISP's own, or undefined. */
export function factsOf(module: string): ModuleFacts | undefined {
  const facts = known.get(module);
  return facts && { kind: 'action', outputs: 1, core: false, blocking: false, ...facts };
}

/** Ad hoc workflows have a trigger of their own each, such as `adhoc_7`. */
export function isAdHoc(module: string): boolean {
  return /^adhoc_\d+$/.test(module);
}

/** The CSS class that MISP's editor gives a block. */
export function classOf(module: string, kind: BlockKind): string {
  const { template, core } = factsOf(module) ?? {};
  if (kind === 'trigger') return 'block-type-trigger';
  const classes = [`block-type-${template ?? 'default'}`];
  if (kind === 'logic') classes.push('block-type-logic');
  if (core) classes.push('expect-misp-core-format');
  return classes.join(' ');
}
