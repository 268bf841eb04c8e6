import { isSet } from '../event/flags';
import type { RunModule } from '../actions/plan';
import { entryOf, isEntries, isRecord, keysOf, positionsOf } from '../event/values';
import type { MispClient } from './client';
import { fields, plainRows, type Json } from './expected';
import type { ModuleParam, WorkflowModule } from './workflow-module';

/** Choices that a form can show; some pickers of MISP have thousands. */
const MOST_OPTIONS = 2000;

/** The logic and action modules of a MISP (`workflows/moduleIndex`), custom ones too, by name. */
export async function workflowModules(client: MispClient): Promise<WorkflowModule[]> {
  const isModule = ({ id }: Json) => textOf(id) !== '';
  const expect = plainRows('WorkflowModule', isModule);
  return (await client.get('/workflows/moduleIndex/type:all', undefined, expect))
    .map(moduleOf)
    .sort((a, b) => a.name.localeCompare(b.name));
}

function moduleOf(row: Json): WorkflowModule {
  return {
    id: textOf(row.id),
    name: textOf(row.name) || textOf(row.id),
    description: textOf(row.description),
    kind: row.module_type === 'logic' ? 'logic' : 'action',
    disabled: isSet(row.disabled),
    params: Array.isArray(row.params) ? row.params.filter(isRecord).map(paramOf) : [],
  };
}

function paramOf(row: Json): ModuleParam {
  const multiple = isSet(row.multiple);
  const given = Array.isArray(row.default) ? row.default.map(textOf) : textOf(row.default);
  return {
    id: textOf(row.id),
    label: textOf(row.label) || textOf(row.id),
    type: isSet(row._isHashPath) ? 'hashpath' : textOf(row.type) || 'input',
    multiple,
    default: given,
    placeholder: textOf(row.placeholder),
    options: optionsOf(row.options).slice(0, MOST_OPTIONS),
    when: isRecord(row.display_on) ? whenOf(row.display_on) : undefined,
  };
}

/** MISP gives a list of texts, of `{name, value}`, or an object of labels by value. */
function optionsOf(options: unknown): ModuleParam['options'] {
  if (Array.isArray(options) && positionsOf(options) === undefined) {
    return options.map((option) => {
      if (!isRecord(option)) return { value: textOf(option), label: textOf(option) };
      return { value: textOf(option.value), label: textOf(option.name).trim() };
    });
  }
  if (!isEntries(options)) return [];
  // Labels by numbers are a list that remembers the numbers.
  return keysOf(options).map((value) => ({ value, label: textOf(entryOf(options, value)) }));
}

function whenOf(displayOn: Json): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(displayOn).map(([other, wanted]) => [other, [wanted].flat().map(textOf)]),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** What a module answered. */
export interface ModuleAnswer {
  success: boolean;
  errors: string[];
}

/**
 * Runs a module once, outside of any workflow (`workflows/moduleStatelessExecution`). It runs whether or not
 * MISP's own workflows may use it, and what it changes is changed.
 */
export async function runModule(
  client: MispClient,
  { module, params, data }: RunModule,
  signal?: AbortSignal,
): Promise<ModuleAnswer> {
  const path = `/workflows/moduleStatelessExecution/${encodeURIComponent(module)}`;
  const body = {
    input_data: JSON.stringify(data),
    module_indexed_param: params,
    // MISP makes core format of what is none yet; filters of the flow would be lost by that.
    convert_data: isRecord(data) && isRecord(data.Event) && !('_AttributeFlattened' in data.Event),
  };
  const expect = fields<Json>('moduleAnswer', ({ success: done }) => typeof done === 'boolean');
  const { success, errors, error } = await client.post(path, body, { signal, expect });
  return { success: success === true, errors: [errors ?? error ?? []].flat().map(textOf).filter(Boolean) };
}
