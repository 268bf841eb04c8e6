import { WorkflowError } from '../text';

/** @throws {WorkflowError} if the data refers to itself */
export function toJson(data: unknown): string {
  try {
    return JSON.stringify(data) ?? 'null';
  } catch (error) {
    throw new WorkflowError('http.notJson', {}, { cause: error });
  }
}
