import { KNOWN, TESTS, triggerSetting, type KnownSetting } from './known';

const TRIGGER = /^Plugin\.Workflow_triggers_(.+)$/;

/** MISP's settings: what stands in its config, or the default. */
export class ServerSettings {
  private readonly values = new Map<string, unknown>();

  constructor(values: Record<string, unknown> = {}) {
    for (const [name, value] of Object.entries(values)) this.set(name, value);
  }

  get(name: string): unknown {
    return this.values.get(name) ?? this.known(name)?.value;
  }

  /** Whether it was ever set. */
  has(name: string): boolean {
    return this.values.has(name);
  }

  isOn(name: string): boolean {
    return this.get(name) === true;
  }

  text(name: string): string {
    const value = this.get(name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  }

  number(name: string): number {
    return Number(this.get(name));
  }

  /** As MISP's command line does: whatever it is. Nothing for the default. */
  set(name: string, value: unknown): void {
    if (value === undefined || value === null) this.values.delete(name);
    else this.values.set(name, value);
  }

  /** As its REST API does. @returns why not */
  edit(name: string, given: unknown, about = this.known(name)): string | undefined {
    if (typeof given === 'object' || given === undefined)
      return 'Invalid input. Expected: {"value": "new_setting"}';
    const value = about?.type === 'boolean' ? asBoolean(given) : given;
    const verdict = about?.test ? TESTS[about.test](value) : true;
    // MISP saves it, and complains of it in its list of settings.
    if (verdict !== true && about?.test !== 'testBoolTrue') return String(verdict);
    this.set(name, about?.type === 'numeric' ? Number(value) : value);
    return undefined;
  }

  known(name: string): KnownSetting | undefined {
    if (Object.hasOwn(KNOWN, name)) return KNOWN[name];
    const [, trigger] = TRIGGER.exec(name) ?? [];
    return trigger === undefined ? undefined : triggerSetting(trigger);
  }

  /** Names of those that MISP has, and of those that were set. */
  names(): string[] {
    return [...new Set([...Object.keys(KNOWN), ...this.values.keys()])];
  }
}

function asBoolean(value: unknown): unknown {
  if ([1, '1', 'true'].includes(value as never)) return true;
  return [0, '0', 'false', ''].includes(value as never) ? false : value;
}
