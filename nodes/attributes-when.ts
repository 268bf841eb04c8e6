import { applies } from '../src/checks/fields';
import { readsOfPath } from '../src/event/attribute-paths';
import { isRecord } from '../src/event/values';
import type { Description, Field } from './definition';

/** Whether a node with these settings looks at the event's attributes. */
export function looksAtAttributes(
  { attributesWhen, fields }: Pick<Description, 'attributesWhen' | 'fields'>,
  settings: Readonly<Record<string, unknown>>,
): boolean {
  if (attributesWhen === undefined || attributesWhen === true) return attributesWhen === true;
  return Object.entries(attributesWhen).some(([name, wanted]) => {
    if (!isShown(fields[name], settings)) return false;
    const value = settings[name];
    return wanted === 'path' ? pathLeadsThere(pathOf(value)) : wanted.includes(String(value));
  });
}

/** A path, or that of a filter: without one a filter has no say in this. */
function pathOf(value: unknown): string {
  return String(isRecord(value) ? (value.selector ?? '') : value);
}

/** A path that cannot be read leads nowhere; that it cannot be read is said elsewhere. */
function pathLeadsThere(path: string): boolean {
  try {
    return readsOfPath(path)?.attributes === true;
  } catch {
    return false;
  }
}

/** A field that is not shown has no say. */
function isShown(field: Field | undefined, settings: Readonly<Record<string, unknown>>): boolean {
  return applies({ when: field?.when }, (other) => settings[other]);
}
