/** The path language and conditions. */
import { evaluateCondition } from '../../../src/event/condition';
import { getItemsMatchingCondition } from '../../../src/event/matching';
import { insert, remove } from '../../../src/event/hash-modify';
import { keysOf } from '../../../src/event/values';
import type { Entries } from '../../../src/event/values';
import type { JsonObject } from '../vectors';
import { combine, extract, extractData, get } from '../../../src/event/hash';
import type { HashPath } from '../../../src/event/hash';
import type { Adapter } from './index';

export const adapters: Record<string, Adapter> = {
  'hash-extract': ({ data, path }) => extract(data, path),
  'hash-get': (input) => get(input.data, input.path as HashPath, 'default' in input ? input.default : null),
  'hash-combine': ({ data, keyPath, valuePath, groupPath }) => combine(data, keyPath, valuePath, groupPath),
  'extract-data': ({ data, path }) => extractData(data, path),
  'evaluate-condition': ({ data, operator, value }) => evaluateCondition(data, operator, value),
  'hash-modify': modify,
  'items-matching': match,
};

function modify({ fn, data, path, values }: JsonObject): unknown {
  return fn === 'insert' ? insert(data, path as string, values) : remove(data, path as string);
}

/** With `keys_only` the positions of the kept items, else the items. */
function match({ items, selector, value, operator, path, keys_only }: JsonObject): unknown {
  const candidates = selector === undefined ? items : extractData(items, selector);
  const kept = getItemsMatchingCondition(candidates as Entries, { path, operator, value });
  return keys_only ? keysOf(kept).map((key) => (/^\d+$/.test(key) ? Number(key) : key)) : kept;
}
