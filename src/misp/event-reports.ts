import type { MispClient } from './client';

type Json = Readonly<Record<string, unknown>>;

/** One event report (`event_reports/view`). @param key id or uuid */
export async function getEventReport(client: MispClient, key: string, signal?: AbortSignal): Promise<Json> {
  const answer = await client.get<{ EventReport?: Json } & Json>(
    `/event_reports/view/${encodeURIComponent(key)}`,
    signal,
  );
  return answer.EventReport ?? answer;
}
