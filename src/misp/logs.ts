import { isList, isRecord, textOf } from '../event/values';
import type { MispClient } from './client';

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
  const rows = await client.post<unknown>('/logs/index', conditions, { signal });
  const list = isList(rows) ? rows.filter(isRecord) : [];
  return list.map(({ Log }) => {
    const { id, title, change, email } = isRecord(Log) ? Log : {};
    return { id: textOf(id), title: textOf(title), change: textOf(change), email: textOf(email) };
  });
}
