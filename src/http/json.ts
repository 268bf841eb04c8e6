import { isEntries } from '../event/values';
import { WorkflowError } from '../text';

/** @throws {WorkflowError} if the data refers to itself */
export function toJson(data: unknown): string {
  try {
    return JSON.stringify(data) ?? 'null';
  } catch (error) {
    throw new WorkflowError('http.notJson', {}, { cause: error });
  }
}

/** Whether there are more levels than allowed; nothing beyond them is looked at. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (!isEntries(value)) return false;
  if (levels === 0) return true;
  for (const entry of Object.values(value)) if (isDeeper(entry, levels - 1)) return true;
  return false;
}
