import type { Description, Migration, Saved } from './definition';

/**
 * Brings saved settings to the present version, step by step, and fills in what is missing.
 * The settings given are left as they are. The same rules run in the editor (editor/migrate.ts).
 */
export function migrate(
  description: Pick<Description, 'migrations' | 'fields'>,
  saved: Readonly<Saved>,
): Saved {
  let settings: Saved = { ...saved };
  const steps = [...(description.migrations ?? [])].sort((a, b) => a.from - b.from);
  for (const step of steps) {
    if ((settings.version ?? 1) === step.from) settings = next(step, settings);
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

/** Settings that a version of a node has, and later ones have not: the editor has to keep them until then. */
export function formerNames({ migrations = [] }: Pick<Description, 'migrations'>): string[] {
  return migrations.flatMap(({ rename = {}, uses = [] }) => [...Object.keys(rename), ...uses]);
}

function next(step: Migration, settings: Saved): Saved {
  const changed: Saved = { ...settings };
  for (const [from, to] of Object.entries(step.rename ?? {})) {
    if (from in changed) changed[to] = changed[from];
    delete changed[from];
  }
  for (const [field, values] of Object.entries(step.map ?? {})) {
    const value = keyOf(changed[field]);
    if (Object.hasOwn(values, value)) changed[field] = values[value];
  }
  return { ...changed, ...step.set, ...step.apply?.(changed), version: step.from + 1 };
}
