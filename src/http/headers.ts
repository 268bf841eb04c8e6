import { WorkflowError } from '../text';

/**
 * Names and values as RFC 9110 allows them: a line break would begin another header.
 * @throws {WorkflowError} `http.badHeader`
 */
export function checkHeader(name: string, value: string): void {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new WorkflowError('http.badHeader', { name: JSON.stringify(name.slice(0, 60)) });
  }
}
