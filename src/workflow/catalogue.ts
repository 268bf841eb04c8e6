import { moduleFor, type MappedField, type MappedNode, type ModuleMapping } from '../mapping/mapping';

/** The parts of a node's definition that importing and exporting look at; `dist/catalogue.json` has all of them. */
export interface NodeType extends MappedNode {
  readonly family: string;
  readonly version: number;
  readonly outputs: readonly string[];
  readonly fields: Readonly<Record<string, Field>>;
}

type Field = MappedField & {
  readonly type?: string;
  readonly types?: readonly string[];
  readonly required?: boolean;
  readonly when?: Readonly<Record<string, unknown>>;
};

/** The definitions of this package's nodes. */
export type Catalogue = readonly NodeType[];

/** A node type that stands for a module, and how. */
export interface Standing {
  node: NodeType;
  mapping: ModuleMapping;
}

/** Runs any module in MISP. */
export const RUN_MODULE = 'misp-run-module';

/** What a module becomes; undefined if no node stands for it by its settings. Names with and without `Module_` are one. */
export function standsFor(catalogue: Catalogue, module: string): Standing | undefined {
  const names = [module, `Module_${module}`, module.replace(/^Module_/, '')];
  for (const name of names) {
    for (const node of catalogue) {
      const mapping = node.modules.find((one) => one.module === name);
      if (mapping) return { node, mapping };
    }
  }
  return undefined;
}

export function typeOf(catalogue: Catalogue, type: string): NodeType | undefined {
  return catalogue.find((node) => node.type === type);
}

/** The settings of a new node. */
export function defaultsOf({ fields }: Pick<NodeType, 'fields'>): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const [name, { kind, default: value, types }] of Object.entries(fields)) {
    if (kind === 'secret') continue;
    if (kind === 'typed') settings[`${name}Type`] = types?.[0];
    settings[name] = kind === 'config' ? '' : structuredClone(value);
  }
  return settings;
}

/** The module that a node of a flow stands for; undefined if MISP has none. */
export function mappingOf(
  node: NodeType,
  settings: Readonly<Record<string, unknown>>,
): ModuleMapping | undefined {
  return moduleFor(node, { ...defaultsOf(node), ...settings });
}

/** References to config nodes that the settings make necessary: the field, and the type it wants. */
export function neededConfigs(
  node: NodeType,
  settings: Readonly<Record<string, unknown>>,
): [string, string][] {
  return Object.entries(node.fields).flatMap(([name, { kind, type = '', required, when = {} }]) => {
    const shown = Object.entries(when).every(([other, wanted]) => [wanted].flat().includes(settings[other]));
    return kind === 'config' && required && shown ? [[name, type] as [string, string]] : [];
  });
}
