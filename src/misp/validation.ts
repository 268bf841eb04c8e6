import { WorkflowError, type Said } from '../text';
import type { Saved } from './expected';

/** What MISP does not accept, field by field, in its own words. */
export class MispValidationError extends WorkflowError {
  constructor(
    readonly what: Said,
    readonly fields: Readonly<Record<string, string[]>>,
  ) {
    const list = Object.entries(fields).map(([field, problems]) => `${field}: ${problems.join(', ')}`);
    super('misp.invalid', { message: what, fields: list.join('; ') });
    this.name = 'MispValidationError';
  }
}

/** `errors` of MISP: a text, or problems by field, which may be in a record of their own for each model. */
export function invalid(message: Said, errors: unknown): WorkflowError {
  if (typeof errors === 'string') return new WorkflowError('misp.notSaved', { message, problem: errors });
  return new MispValidationError(message, fieldsOf(errors));
}

/** Problems by field, in words; fields of a model as `Event.info`. */
export function fieldsOf(errors: unknown, prefix = ''): Record<string, string[]> {
  if (typeof errors !== 'object' || errors === null) return { [prefix || 'error']: [String(errors)] };
  const found: [string, string[]][] = [];
  for (const [name, value] of Object.entries(errors)) {
    const field = prefix ? `${prefix}.${name}` : name;
    if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) found.push([field, value]);
    else if (typeof value === 'string') found.push([field, [value]]);
    else found.push(...Object.entries(fieldsOf(value, field)));
  }
  return Object.fromEntries(found);
}

/** @throws {WorkflowError} if MISP says that it has not saved it. @param what the call, should MISP have no words */
export function refuseUnsaved(answer: Saved, what: string): Saved {
  if (!answer.saved) throw invalid(answer.message || what, answer.errors ?? 'saved: false');
  return answer;
}
