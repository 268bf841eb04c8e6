/** Settings of modules: all of them are secrets, since no module says which are. */
import { isRecord } from '../event/values';
import { hiddenTexts, partsOfAddress } from '../http/scrub';
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

/** Shorter settings are numbers and choices, which occur in answers by themselves. */
const SHORTEST_SECRET = 8;

/**
 * What the answer of a module must not repeat of the settings that it was told: modules put them into errors, such as the
 * address that they could not reach. Of an address the parts that may be secret.
 */
export function hiddenIn(config: unknown): string[] {
  const values = isRecord(config) ? Object.values(config) : [];
  const secrets = values.flatMap((value) => {
    if (typeof value !== 'string') return [];
    return /^https?:\/\//i.test(value) ? partsOfAddress(value) : [value];
  });
  const long = secrets.filter(({ length }) => length >= SHORTEST_SECRET);
  // As it stands in JSON, and in an address.
  return hiddenTexts(long.flatMap((one) => [one, JSON.stringify(one).slice(1, -1), encodeURIComponent(one)]));
}
