import type { SettingValue } from '../actions/set-up';
import { isSet } from '../event/flags';
import { isRecord } from '../event/values';
import { WorkflowError } from '../text';
import type { MispClient } from './client';
import { fields, saved, type Json } from './expected';
import { invalid } from './validation';

/** A setting of MISP (`servers/getSetting`); undefined if this MISP has none of the name. Site admins only. */
export async function readSetting(
  client: MispClient,
  name: string,
  signal?: AbortSignal,
): Promise<SettingValue | undefined> {
  const expect = fields<Json>('setting', (row) => 'value' in row || 'test' in row || 'type' in row);
  try {
    const { value } = await client.get(`/servers/getSetting/${encodeURIComponent(name)}`, signal, expect);
    return settingValue(value);
  } catch (error) {
    if (error instanceof WorkflowError && error.key === 'misp.notFound') return undefined;
    throw error;
  }
}

/** A setting that was never made is empty. */
function settingValue(value: unknown): SettingValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : '';
}

/** Changes a setting (`servers/serverSettingsEdit`). @throws {WorkflowError} with MISP's reason if it does not take it */
export async function writeSetting(
  client: MispClient,
  name: string,
  value: SettingValue,
  signal?: AbortSignal,
): Promise<void> {
  const path = `/servers/serverSettingsEdit/${encodeURIComponent(name)}`;
  const answer = await client.post(path, { value }, { signal, repeatable: true, expect: saved() });
  if (!answer.saved) throw invalid(answer.message, answer.errors);
}

/** MISP's background workers, as far as it can see them. */
export interface Workers {
  /** MISP can look: without its process control it takes all of them for dead. */
  known: boolean;
  /** Queues nobody works on. */
  dead: string[];
}

/** Queues that workflows need. */
const QUEUES = ['default', 'prio'];

/** MISP's background workers (`servers/getWorkers`). */
export async function readWorkers(client: MispClient, signal?: AbortSignal): Promise<Workers> {
  const expect = fields<Json>('workers', (row) => QUEUES.some((queue) => isRecord(row[queue])));
  const found = await client.get('/servers/getWorkers', signal, expect);
  const queues = QUEUES.map((name) => ({ name, queue: found[name] }));
  const dead = queues.filter(({ queue }) => !isRecord(queue) || !isSet(queue.ok)).map(({ name }) => name);
  return { known: isSet(found.supervisord_status), dead };
}
