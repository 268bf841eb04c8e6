import type { RestRequest } from './router';

interface Limits {
  limit?: string | number;
  page?: string | number;
  minimal?: unknown;
  [name: string]: unknown;
}

/** What a list call asks for: in the path (`limit:2`), in the query string, or in the body. */
export function limits({ named, body }: RestRequest): Limits {
  return { ...named, ...(typeof body === 'object' ? body : {}) };
}

/** The asked page of a list; all of it when there is no limit. */
export function page<T>(list: readonly T[], { limit = 0, page: number = 1 }: Limits): T[] {
  const size = Number(limit) || list.length;
  const start = size * (Math.max(1, Number(number) || 1) - 1);
  return list.slice(start, start + size);
}
