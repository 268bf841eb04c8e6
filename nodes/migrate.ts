import type { Description, Migration } from './definition';

/** Settings as they are saved in a flow. */
export type Saved = Record<string, unknown> & { version?: number };

/**
 * Brings saved settings to the present version, step by step, and fills in what is missing.
 * The settings given are left as they are. The same rules run in the editor (editor/migrate.js).
 */
export function migrate(description: Description, saved: Saved): Saved {
  let settings: Saved = { ...saved };
  const steps = [...(description.migrations ?? [])].sort((a, b) => a.from - b.from);
  for (const step of steps) {
    if ((settings.version ?? 1) === step.from) settings = apply(step, settings);
  }
  for (const [name, field] of Object.entries(description.fields)) {
    if (settings[name] === undefined && 'default' in field) settings[name] = field.default;
    if (field.kind === 'typed') settings[`${name}Type`] ??= field.types[0];
  }
  return settings;
}

/** A value as a key of `map`; an object as JSON, its names in order. */
function keyOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(value, Object.keys(value).sort());
}

function apply(step: Migration, settings: Saved): Saved {
  const next: Saved = { ...settings };
  for (const [from, to] of Object.entries(step.rename ?? {})) {
    if (from in next) next[to] = next[from];
    delete next[from];
  }
  for (const [field, values] of Object.entries(step.map ?? {})) {
    const value = keyOf(next[field]);
    if (Object.hasOwn(values, value)) next[field] = values[value];
  }
  return { ...next, ...step.set, version: step.from + 1 };
}
