/** Settings of modules: all of them are secrets, since no module says which are. */
import { isRecord } from '../event/values';
import { WorkflowError } from '../text';

/** By `<module>.<name>`. */
export type ModuleSettings = Readonly<Record<string, string>>;

/**
 * The settings after a change.
 * @param kept JSON of those that are kept
 * @param changes JSON of the new values; an empty one ends a setting
 * @throws {WorkflowError} if either is none
 */
export function mergeSettings(kept: string | undefined, changes: string | undefined): ModuleSettings {
  const all = { ...settingsIn(kept), ...settingsIn(changes) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

function settingsIn(json: string | undefined): Record<string, string> {
  if (!json?.trim()) return {};
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    throw new WorkflowError('modules.badSettings');
  }
  const entries = isRecord(data) ? Object.entries(data) : undefined;
  if (!entries?.every((entry): entry is [string, string] => typeof entry[1] === 'string'))
    throw new WorkflowError('modules.badSettings');
  return Object.fromEntries(entries);
}

/** What a module is told: all names of its settings, those without a value as null, as MISP does. */
export function configFor(
  module: { name: string; settings: readonly string[] },
  settings: ModuleSettings,
): Record<string, string | null> {
  const own = module.settings.map((name): [string, string | null] => {
    const key = `${module.name}.${name}`;
    return [name, Object.hasOwn(settings, key) ? settings[key] : null];
  });
  // A module without settings must find something in it.
  return own.length > 0 ? Object.fromEntries(own) : { _: '_' };
}
