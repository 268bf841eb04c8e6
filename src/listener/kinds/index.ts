import { action, type ActionTypes } from './action';
import { ai, type AiTypes } from './ai';
import { expansion, type ExpansionTypes } from './expansion';
import { exporting, type ExportTypes } from './export';
import { front, type FrontTypes } from './front';
import { importing, type ImportTypes } from './import';
import type { Kind } from './kind';

/** The kinds of modules. A new one begins with a line here: the compiler then asks for the rest. */
export interface Kinds {
  action: ActionTypes;
  expansion: ExpansionTypes;
  import: ImportTypes;
  export: ExportTypes;
  ai: AiTypes;
  front: FrontTypes;
}

export type KindName = keyof Kinds;
export type ModuleOf<K extends KindName> = Kinds[K]['module'] & { kind: K };
export type RequestOf<K extends KindName> = Kinds[K]['request'];

/** What the service needs to know of a MISP module that a node announces. */
export type AnnouncedModule = { [K in KindName]: ModuleOf<K> }[KindName];

const KINDS: { readonly [K in KindName]: Kind<Kinds[K]> } = {
  action,
  expansion,
  import: importing,
  export: exporting,
  ai,
  front,
};

/**
 * The kind of a module. As long as the module of a request is not known it counts as an action: what is no answer
 * for an action lets MISP go on.
 */
export function kindOf<K extends KindName>(module: ModuleOf<K> | undefined): Kind<Kinds[K]>;
export function kindOf(module: AnnouncedModule | undefined): Kind<Kinds[KindName]> {
  return KINDS[module?.kind ?? 'action'];
}

/** Whether there is a kind of this name: a file may come from a newer version. */
export function isKind(name: string): name is KindName {
  return Object.hasOwn(KINDS, name);
}
