import { mispInstanceVersion } from './account';
import type { MispClient } from './client';
import { hasKey, nameOf, type Expected, type Json } from './expected';
import { isRecord } from '../event/values';
import { isAtLeast } from './versions';

/** One event report (`event_reports/view`). @param key id or uuid */
export function getEventReport(client: MispClient, key: string, signal?: AbortSignal): Promise<Json> {
  return client.get(`/event_reports/view/${encodeURIComponent(key)}`, signal, reportOf(key));
}

/** The first version that surely tags reports; MISP does not show the tags of a report that has none. */
const TAGS_SINCE = '2.5.8';

/** Whether a MISP can tag reports, by its version (`servers/getVersion`). */
export async function canTagReports(client: MispClient, signal?: AbortSignal): Promise<boolean> {
  return isAtLeast(await mispInstanceVersion(client, signal), TAGS_SINCE);
}

/** Some versions of MISP give it without its frame. */
function reportOf(key: string): Expected<Json> {
  return {
    what: nameOf('EventReport', key),
    read(data) {
      const report = isRecord(data) && isRecord(data.EventReport) ? data.EventReport : data;
      return isRecord(report) && hasKey(report, key) ? report : undefined;
    },
  };
}
