import { wayOf } from './forms';
import {
  paramsIn,
  settingsOf,
  type MappedField,
  type MappedNode,
  type ModuleMapping,
  type ParamMapping,
} from './mapping';

type Values = Readonly<Record<string, unknown>>;

/** What a module's parameters become. */
export interface ReadParams {
  /** The node's settings; what is not there stays as in a new node. */
  settings: Record<string, unknown>;
  /** Those of them that are kept with the node's credentials. */
  secrets: Record<string, unknown>;
  /** Parameters that were carried over as they are, although a form of the node could not hold them. */
  unfit: string[];
  /** Configured parameters that the node has no setting for. */
  unknown: string[];
}

/**
 * The settings of a node for the parameters of a MISP module (`indexed_params`). A value that the node could not
 * have is carried over as it is: the node then does with it what MISP's module does, or refuses it.
 * @param filters the module's `saved_filters`
 */
export function readParams(
  { fields }: Pick<MappedNode, 'fields'>,
  mapping: ModuleMapping,
  params: Values,
  filters?: Values,
): ReadParams {
  const result: ReadParams = { settings: settingsOf(mapping), secrets: {}, unfit: [], unknown: [] };
  for (const [id, param] of paramsIn(mapping)) {
    const given = Object.hasOwn(params, id) ? (params[id] ?? undefined) : undefined;
    const value = given === undefined ? param.default : given;
    if (value === undefined) continue;
    const field = fields[param.setting] as MappedField | undefined;
    const { setting, fits } = readValue(param, field, value);
    if (!fits && given !== undefined) result.unfit.push(id);
    const place = field?.kind === 'secret' ? result.secrets : result.settings;
    place[param.setting] = setting;
  }
  const known = new Set(Object.keys(mapping.params));
  result.unknown = Object.keys(params).filter((id) => !known.has(id) && (params[id] ?? '') !== '');
  if (mapping.filter && filters) result.settings[mapping.filter] = readFilter(filters);
  return result;
}

function readValue(
  { words, form }: ParamMapping,
  field: MappedField | undefined,
  value: unknown,
): { setting: unknown; fits: boolean } {
  const word = words?.find(([param]) => param === value);
  if (word) return { setting: word[1], fits: true };
  const read = form ? wayOf(form).read(value) : value;
  const setting = read ?? value;
  return { setting, fits: read !== undefined && fitsIn(field, setting) };
}

/** Whether a field could have the value. */
function fitsIn(field: MappedField | undefined, value: unknown): boolean {
  switch (field?.kind) {
    case undefined:
      return false;
    case 'select':
      return field.options?.some((option) => option === value) ?? false;
    case 'checkbox':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number';
    case 'list':
    case 'picker':
    case 'keyvalue':
      return Array.isArray(value);
    default:
      return typeof value === 'string';
  }
}

function readFilter({ selector, value, operator, path }: Values): Record<string, unknown> {
  return { selector: selector ?? '', value: value ?? '', operator: operator ?? '', path: path ?? '' };
}

/** The parameters of MISP's module for the settings of a node, by the names and in the words of MISP. */
export function writeParams<P extends object = Record<string, unknown>>(
  mapping: ModuleMapping,
  settings: Values,
  secrets: Values = {},
): P {
  const params: Record<string, unknown> = {};
  for (const [id, param] of paramsIn(mapping)) {
    const value = settings[param.setting] ?? secrets[param.setting];
    if (value !== undefined) params[id] = writeValue(param, value);
  }
  return params as P;
}

function writeValue({ words, form }: ParamMapping, value: unknown): unknown {
  const word = words?.find(([, setting]) => setting === value);
  if (word) return word[0];
  return (form && wayOf(form).write(value)) ?? value;
}
