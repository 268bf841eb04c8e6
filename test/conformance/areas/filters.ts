/** Filters and parameters. */
import { extract, get } from '../../../src/event/hash';
import type { Filtered, FilterState } from '../../../src/event/data-filter';
import { getItemsMatchingCondition } from '../../../src/event/matching';
import { getParamsWithValues } from '../../../src/event/params';
import type { DeclaredParam } from '../../../src/event/params';
import { filtersEnabled, getFilters, getMatchingItemsForAttributes } from '../../../src/event/saved-filters';
import type { SavedFilters } from '../../../src/event/saved-filters';
import { entryOf, isEntries, keysOf, textOf } from '../../../src/event/values';
import type { Entries } from '../../../src/event/values';
import { genericFilter, genericFilterReset } from '../../../src/logic/generic-filter';
import { configured } from '../misp/configured';
import type { Json, JsonObject } from '../vectors';
import type { Adapter } from './index';
import { modules } from './logic';

export const adapters: Record<string, Adapter> = {
  filters: runSteps,
  'module-filters': ({ fn, saved_filters: saved, data }) =>
    moduleFilters(textOf(fn), saved as JsonObject, data),
  params: ({ declared, indexed_params: values, data }) =>
    getParamsWithValues(declared as unknown as DeclaredParam[], values as JsonObject, data, renderDotted),
};

function moduleFilters(fn: string, saved: Partial<SavedFilters>, data: unknown): unknown {
  if (fn === 'filtersEnabled') return filtersEnabled(saved);
  if (fn === 'getFilters') return getFilters(saved);
  const items = getMatchingItemsForAttributes(saved, data);
  return keysOf(items).map((key) => {
    const item = entryOf(items, key);
    return [asKey(key), isEntries(item) ? (entryOf(item, 'id') ?? item) : item];
  });
}

function asKey(key: string): string | number {
  return /^\d+$/.test(key) ? Number(key) : key;
}

/** The stub of the vectors: dotted paths, and one line break at the end is dropped. */
export function renderDotted(template: string, data: unknown): string {
  const text = template.endsWith('\n') ? template.slice(0, -1) : template;
  return text.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, path: string) => textOf(get(data, path)));
}

/** A step's outcome: the data as the next node gets it, and what resetting needs. */
export interface Roaming extends Filtered {
  /** MISP leaves an empty list of filters in the data after "all". */
  leftOver?: boolean;
}

export function runSteps({ data, steps, probes, full }: JsonObject): unknown[] {
  let roaming: Roaming = { data };
  const answers: unknown[] = [];
  for (const step of steps as JsonObject[]) {
    try {
      const [result, next] = runStep(step, roaming);
      roaming = next;
      answers.push({ result, enabled: enabledFilters(roaming.state), ...observe(roaming, probes, full) });
    } catch (error) {
      answers.push({ ...whileFailing(step, roaming), throws: true, message: String(error) });
      break;
    }
  }
  return answers;
}

export function runStep(step: JsonObject, roaming: Roaming): [boolean, Roaming] {
  const { data, state } = roaming;
  if (step.add) {
    return [
      true,
      {
        ...genericFilter(configured('generic-filter-data', step.add), data, state),
        leftOver: roaming.leftOver ?? false,
      },
    ];
  }
  if (step.reset) {
    const params = configured('generic-filter-reset', step.reset);
    const leftOver = (params['filtering-label'] ?? 'all') === 'all';
    return [true, { ...genericFilterReset({ ...params, resetsAll: true }, data, state), leftOver }];
  }
  const { module, params } = step.if as JsonObject;
  return [
    Boolean(modules[textOf(module)]?.(configured(textOf(module), params) as never, data, () => {})),
    roaming,
  ];
}

/** MISP accepts a filter and fails when the data is read. */
function whileFailing(step: JsonObject, { state }: Roaming): object {
  if (!step.add) return {};
  const accepted = genericFilter(
    configured('generic-filter-data', step.add),
    {},
    state && { ...state, whole: {} },
  );
  return { result: true, enabled: enabledFilters(accepted.state) };
}

export function enabledFilters(state: FilterState | undefined): Record<string, object> {
  return Object.fromEntries((state?.enabled ?? []).map(({ label, ...filter }) => [label, filter]));
}

/** What the vector asks to see of the data. */
export function observe(roaming: Roaming, probes: Json | undefined, full: Json | undefined): object {
  const data = asMisp(roaming);
  if (full) return { data };
  const found = (probes as string[]).map((path): [string, unknown] => [path, extract(data, path)]);
  const flattened = get(data, ['Event', '_AttributeFlattened']);
  return {
    keys: keysOf(data),
    probes: Object.fromEntries(found),
    flattened_keys: isEntries(flattened) ? keysOf(flattened).map(asKey) : null,
  };
}

/** MISP keeps the whole and the filters in the data, under two names; both count as entries of the data. */
function asMisp({ data, state, leftOver }: Roaming): Entries {
  if (!state) return { ...(data as Entries), ...(leftOver ? { enabledFilters: [] } : {}) };
  const { '': unnamed, ...own } = data as Record<string, unknown>;
  const list = { enabledFilters: enabledFilters(state) };
  const all = { ...own, ...(leftOver ? list : {}), _unfilteredData: state.whole, ...list };
  const filter = state.enabled.find(({ selector }) => selector === '' || selector === '.{n}');
  return unnamed === undefined || !filter ? all : { ...all, '': getItemsMatchingCondition(all, filter) };
}
