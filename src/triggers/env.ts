import { isRecord } from '../event/values';
import { removeSecrets } from './secrets';
import { isSecretName } from './secret-texts';

/** Of all entries together, in characters of JSON: the message is cloned, and its debug output read. */
const MOST_CHARACTERS = 64 * 1024;

/**
 * What newer MISPs send as `_env` for their templates: their address, the results of modules, and what a user typed when
 * starting an ad hoc workflow. It stands in the data, or beside it (no newer MISP was measured). Without what its name
 * says is secret, and without what is too large.
 * @returns nothing if there is none
 */
export function envOf(request: object & { data?: unknown }): Record<string, unknown> | undefined {
  const { data } = request;
  const beside = '_env' in request ? request._env : undefined;
  const sent = isRecord(data) && isRecord(data._env) ? data._env : beside;
  if (!isRecord(sent)) return undefined;
  let left = MOST_CHARACTERS;
  const kept = Object.entries(sent).flatMap(([name, value]): [string, unknown][] => {
    const json = isSecretName(name) ? undefined : JSON.stringify(value);
    if (json === undefined || json.length + name.length > left) return [];
    left -= json.length + name.length;
    const copy: unknown = JSON.parse(json);
    removeSecrets(copy);
    return [[name, copy]];
  });
  return Object.fromEntries(kept);
}
