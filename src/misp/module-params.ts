/**
 * The parameters of a module from rows of names and values. A name with `[]` at its end has a list, with one
 * entry for each of its rows, as in the forms that PHP reads; a single empty row is an empty list.
 */
export function paramsFrom(rows: readonly { name: string; value: string }[]): Record<string, unknown> {
  const params = new Map<string, string | string[]>();
  for (const { name, value } of rows) {
    if (!name.endsWith('[]')) {
      params.set(name, value);
      continue;
    }
    const id = name.slice(0, -2);
    const known = params.get(id);
    const list = Array.isArray(known) ? known : [];
    if (value !== '') list.push(value);
    params.set(id, list);
  }
  return Object.fromEntries(params);
}
