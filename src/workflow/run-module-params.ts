import { isRecord } from '../event/values';
import type { FlowNode } from './graph';
import { plainRecord, textOf } from './plain';

/** The parameters in rows of names and values; those that are no texts stand in `more`. */
export function nodeParamsOf(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const rows: { name: string; value: string }[] = [];
  const more: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string' && !name.endsWith('[]')) rows.push({ name, value });
    else if (isTexts(value)) rows.push(...value.map((item) => ({ name: `${name}[]`, value: item })));
    else more[name] = value;
  }
  return { params: rows, more: JSON.stringify(more), moreType: 'json' };
}

/** An empty text in a list would be no entry of it. */
function isTexts(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string' && item !== '')
  );
}

/** The same back. What comes from the message has no place in a block. */
export function paramsFromNode({ params, more, moreType }: FlowNode): Record<string, unknown> {
  const found = new Map<string, unknown>();
  for (const row of Array.isArray(params) ? params.filter(isRecord) : []) {
    const [name, value] = [textOf(row.name), textOf(row.value)];
    if (!name.endsWith('[]')) {
      found.set(name, value);
      continue;
    }
    const id = name.slice(0, -2);
    const list = found.get(id);
    found.set(id, [...(Array.isArray(list) ? (list as unknown[]) : []), ...(value === '' ? [] : [value])]);
  }
  return plainRecord({ ...Object.fromEntries(found), ...(moreType === 'json' ? parsed(more) : {}) });
}

function parsed(more: unknown): Record<string, unknown> {
  try {
    return plainRecord(JSON.parse(textOf(more) || '{}'));
  } catch {
    return {};
  }
}
