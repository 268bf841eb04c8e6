/** Results in the plain format: rows of types and values. */
import { randomUUID } from 'node:crypto';
import type { NewAttribute } from '../actions/add-to-event';
import { isList, isRecord, textOf } from '../event/values';
import { text, type Said } from '../text';

type Row = { row: NewAttribute; problem?: undefined } | { row?: undefined; problem: Said };
type Json = Readonly<Record<string, unknown>>;

/** One attribute for each value, as MISP reads the rows: the first type and the first category count. */
export function plainRows(results: unknown): Row[] {
  if (!isList(results)) return [];
  return results.filter(isRecord).flatMap((result): Row[] => {
    const values = listOf(result.values).filter((value) => !isEmpty(value));
    if (values.length === 0) return [];
    const types = listOf(result.types).map(textOf).filter(Boolean);
    const type = types.find((name) => name !== 'freetext');
    if (type === undefined) {
      return [{ problem: text(types.length > 0 ? 'enrich.freetext' : 'enrich.noType') }];
    }
    return values.map((value): Row => rowOf(result, type, value));
  });
}

function rowOf(result: Json, type: string, value: unknown): Row {
  if (typeof value === 'object') return { problem: text('enrich.noText', { type: type.slice(0, 50) }) };
  const [category] = listOf(result.categories).map(textOf);
  const tags = listOf(result.tags).map(nameOf).filter(Boolean);
  const { to_ids: toIds, distribution, sharing_group_id: group, data } = result;
  return {
    row: {
      uuid: randomUUID(),
      type,
      value: textOf(value),
      ...(category ? { category } : {}),
      ...(textOf(result.comment) ? { comment: textOf(result.comment) } : {}),
      // MISP takes what does not say so for no indicator.
      to_ids: toIds === true || toIds === 1 || toIds === '1',
      ...(textOf(distribution) ? { distribution: textOf(distribution) } : {}),
      ...(textOf(group) && textOf(group) !== '0' ? { sharing_group_id: textOf(group) } : {}),
      ...(textOf(data) ? { data: textOf(data) } : {}),
      ...(tags.length > 0 ? { Tag: tags.map((name) => ({ name })) } : {}),
    },
  };
}

function nameOf(tag: unknown): string {
  return isRecord(tag) ? textOf(tag.name) : textOf(tag);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : isRecord(value) ? Object.values(value) : [value];
}

/** As PHP's `empty`, which is how MISP drops values. */
function isEmpty(value: unknown): boolean {
  return !value || value === '0' || (isList(value) && value.length === 0);
}
