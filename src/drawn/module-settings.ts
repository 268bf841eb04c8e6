/** What MISP's administrator has set for a module, by name. */
export type SettingValues = ReadonlyMap<string, string>;

/** By run, as long as it lasts. */
const held = new Map<string, SettingValues>();

/**
 * The settings of a module, in the message of its flow. The values are not in it: what shows, copies, keeps or sends
 * the message finds none, and so does everybody when the run has ended.
 */
export class ModuleSettings {
  /** A copy of a message has the same run, and so the same settings. */
  constructor(readonly run: string) {}

  /** The value; nothing if the administrator has set none. */
  get(name: string): string | undefined {
    return held.get(this.run)?.get(name);
  }
}

/** The settings of a run, until they are let go. */
export function holdSettings(run: string, values: SettingValues): ModuleSettings {
  held.set(run, values);
  return new ModuleSettings(run);
}

/** The run has ended. */
export function letSettingsGo(run: string): void {
  held.delete(run);
}
