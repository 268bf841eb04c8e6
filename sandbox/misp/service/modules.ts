import { extract } from '../../../src/event/hash';
import {
  filtersEnabled,
  getMatchingItemsForAttributes,
  type SavedFilters,
} from '../../../src/event/saved-filters';
import { countOf } from '../../../src/event/values';
import { compileTemplate } from '../../../src/template/template';
import { humanize, slug, underscore } from './php';

/** A module of the Action service, as MISP takes it in. */
export interface ActionModule {
  /** The underscored name: MISP's graphs, log and list of enabled modules use it. */
  id: string;
  name: string;
  description: string;
  icon: string;
  iconClass: string;
  inputs: number;
  blocking: boolean;
  expectsCoreFormat: boolean;
  supportsFilters: boolean;
  params: ModuleParam[];
}

export interface ModuleParam {
  id: string;
  label: string;
  placeholder: unknown;
  type: 'input' | 'textarea';
  _isHashPath?: true;
  jinja_supported?: boolean;
}

type Json = Record<string, unknown>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const recordOf = (value: unknown): Json => (isRecord(value) ? value : {});
const textOf = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

/** The modules in a reply of `GET /modules`. MISP leaves out what is no action module, and what is no list. */
export function readModules(reply: unknown): ActionModule[] {
  const entries = isRecord(reply) || Array.isArray(reply) ? Object.values(reply) : [];
  return entries.filter(isActionModule).map(readModule);
}

function isActionModule(entry: unknown): entry is Json {
  const types = recordOf(recordOf(entry).meta)['module-type'];
  return Array.isArray(types) && types.includes('action');
}

function readModule(entry: Json): ActionModule {
  const meta = recordOf(entry.meta);
  const config = recordOf(meta.config);
  const name = textOf(entry.name);
  return {
    id: underscore(name),
    name,
    description: textOf(meta.description),
    icon: textOf(meta.icon) || 'python',
    iconClass: textOf(meta.icon_class) || 'fab',
    // MISP 2.5.1 writes the outputs over the inputs (docs/architecture.md, "Parameters of a module").
    inputs: Number(meta.outputs || meta.inputs || 1),
    blocking: !!config.blocking,
    expectsCoreFormat: !!config.expect_misp_core_format,
    supportsFilters: !!config.support_filters,
    params: Object.entries(recordOf(config.params)).map(([label, param]) =>
      readParam(label, recordOf(param)),
    ),
  };
}

function readParam(name: string, { type, value = '', jinja_supported }: Json): ModuleParam {
  return {
    id: slug(underscore(name)),
    label: humanize(name),
    placeholder: value,
    type: type === 'large_string' ? 'textarea' : 'input',
    ...(type === 'hash_path' ? { _isHashPath: true } : {}),
    ...(jinja_supported === undefined ? {} : { jinja_supported: !!jinja_supported }),
  };
}

/**
 * The body of `POST /query`, keys in MISP's order. Parameters that the workflow leaves out are sent as "", those
 * that the module does not declare are not sent, templates are rendered. `filteredItems` is all the data when no filter
 * is set, or nothing fits.
 */
export function queryBody(
  module: ActionModule,
  data: unknown,
  values: Json,
  filters: Partial<SavedFilters> = {},
): Json {
  const params = module.params.map((param): [string, unknown] => [param.id, valueOf(param, values, data)]);
  const paths = module.params.filter((param) => param._isHashPath);
  const matching = paths.map(({ id, label }): [string, unknown] => [label, extract(data, values[id] ?? '')]);
  return {
    module: module.name,
    data,
    ...(module.supportsFilters ? { filteredItems: filteredItems(filters, data) } : {}),
    // PHP writes an empty list and an empty object alike.
    params: params.length > 0 ? Object.fromEntries(params) : [],
    ...(matching.length > 0 ? { matchingData: Object.fromEntries(matching) } : {}),
  };
}

function valueOf({ id, jinja_supported }: ModuleParam, values: Json, data: unknown): unknown {
  const value = values[id] ?? '';
  if (!jinja_supported || typeof value !== 'string' || value === '') return value;
  return compileTemplate(value, { missingIsEmpty: true }).render(data);
}

function filteredItems(filters: Partial<SavedFilters>, data: unknown): unknown {
  if (!filtersEnabled(filters)) return data;
  const found = getMatchingItemsForAttributes(filters, data);
  return countOf(found) > 0 ? found : data;
}

/** The module in MISP's own list, `workflows/moduleIndex`. */
export function describeModule(module: ActionModule, disabled: boolean): Json {
  return {
    blocking: module.blocking,
    is_misp_module: true,
    id: module.id,
    name: module.name,
    description: module.description,
    icon: module.icon,
    icon_class: module.iconClass,
    inputs: module.inputs,
    outputs: 1,
    support_filters: module.supportsFilters,
    params: module.params,
    is_custom: false,
    expect_misp_core_format: module.expectsCoreFormat,
    version: '0.1',
    multiple_output_connection: false,
    saved_filters: ['selector', 'value', 'operator', 'path'].map((text) => ({ text, value: '' })),
    module_type: 'action',
    disabled,
  };
}
