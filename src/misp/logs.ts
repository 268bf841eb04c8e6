import { textOf } from '../event/values';
import type { MispClient } from './client';
import { rows } from './expected';

/** A row of MISP's log. */
export interface LogRow {
  id: string;
  title: string;
  change: string;
  email: string;
}

/** Rows of MISP's log (`logs/index`), which only admins may read. @param conditions such as model, model_id, action */
export async function searchLogs(
  client: MispClient,
  conditions: Readonly<Record<string, string | number>>,
  signal?: AbortSignal,
): Promise<LogRow[]> {
  const list = await client.post('/logs/index', conditions, { signal, expect: rows('Log') });
  return list.map(({ id, title, change, email }) => {
    return { id: textOf(id), title: textOf(title), change: textOf(change), email: textOf(email) };
  });
}
