import type { Form } from './forms';

/** A value of a setting that chooses something. */
export type Chosen = string | boolean;
/** Settings by name; a list means any of its values. */
export type Choice = Readonly<Record<string, Chosen | readonly Chosen[]>>;

/** How one parameter of a MISP module is kept in a setting. */
export interface ParamMapping {
  /** The setting. */
  readonly setting: string;
  /** How the value is written in MISP and in the setting; the same in both if left out. */
  readonly form?: Form;
  /** MISP's words and those of the setting, where they differ; of several for one setting MISP's first is written. */
  readonly words?: readonly (readonly [param: string | number, setting: Chosen])[];
  /** What MISP takes where the parameter is not configured, if a new node has something else. */
  readonly default?: unknown;
}

/**
 * How a node stands for a module of MISP, as plain data: read by the node when it runs, by the conformance
 * vectors, and by what imports and exports workflows.
 */
export interface ModuleMapping {
  /** MISP's id of the module. */
  readonly module: string;
  /** The settings that choose the module among those of the node; of several values an import takes the first. */
  readonly when?: Choice;
  /** Settings with which the node does what the module cannot. */
  readonly beyond?: Choice;
  /** Settings that make the node do as the module does, where a new node does otherwise. */
  readonly set?: Readonly<Record<string, Chosen>>;
  /** The module's parameters, each with its setting. */
  readonly params: Readonly<Record<string, string | ParamMapping>>;
  /** The setting that holds the module's filter. */
  readonly filter?: string;
}

/** The parts of a field that the mapping looks at. */
export interface MappedField {
  readonly kind: string;
  readonly default?: unknown;
  readonly options?: readonly string[];
}

/** The parts of a node's definition that are needed to move settings and parameters. */
export interface MappedNode {
  readonly type: string;
  readonly fields: Readonly<Record<string, MappedField>>;
  readonly modules: readonly ModuleMapping[];
}

/** A parameter with all that is known of it. */
export function paramsIn({ params }: Pick<ModuleMapping, 'params'>): [id: string, ParamMapping][] {
  return Object.entries(params).map(([id, param]) => [
    id,
    typeof param === 'string' ? { setting: param } : param,
  ]);
}

/**
 * The module that a node stands for with its settings.
 * @returns undefined if MISP has no module that does the same
 */
export function moduleFor(
  { modules }: Pick<MappedNode, 'modules'>,
  settings: Readonly<Record<string, unknown>>,
): ModuleMapping | undefined {
  return modules.find(
    ({ when = {}, beyond = {} }) =>
      Object.keys(when).every((name) => isChosen(when, name, settings[name])) &&
      !Object.keys(beyond).some((name) => isChosen(beyond, name, settings[name])),
  );
}

function isChosen(choice: Choice, name: string, value: unknown): boolean {
  const wanted = choice[name];
  return (typeof wanted === 'object' ? wanted : [wanted]).some((one) => one === value);
}

/** The settings that choose a module and make the node do as the module does. */
export function settingsOf({ when = {}, set = {} }: ModuleMapping): Record<string, Chosen> {
  const chosen = Object.entries(when).map(([name, values]): [string, Chosen] => [
    name,
    typeof values === 'object' ? values[0] : values,
  ]);
  return { ...Object.fromEntries(chosen), ...set };
}
