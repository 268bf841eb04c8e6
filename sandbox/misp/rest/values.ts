/** A value as PHP would write it in a text; nothing for lists and objects. */
export function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The row without some of its fields. */
export function without<T extends object, K extends keyof T>(row: T, ...fields: K[]): Omit<T, K> {
  const left = new Set<PropertyKey>(fields);
  return Object.fromEntries(Object.entries(row).filter(([name]) => !left.has(name))) as Omit<T, K>;
}
