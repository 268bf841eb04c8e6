import { FIELD_NAME } from '../drawn/names';
import { isRecord } from '../event/values';
import { WorkflowError } from '../text';

/** A parameter as the author of a flow has saved it. */
export interface ParameterRow {
  name: string;
  type: string;
  /** What it is without an answer. */
  value: string;
  /** What people read; its name if it has none. */
  label?: string;
  /** Separated by commas. */
  choices?: string;
  required?: boolean;
}

export const PARAMETER_TYPES = ['text', 'number', 'checkbox', 'choice'] as const;

/** What is asked of whoever starts a run. */
export interface Parameter {
  name: string;
  label: string;
  type: (typeof PARAMETER_TYPES)[number];
  choices: string[];
  initial: string;
  required: boolean;
}

export type ParameterValues = Record<string, string | number | boolean>;

/** Of one value. */
const MOST_CHARACTERS = 10_000;
const TRUE = /^(?:true|yes|1)$/i;
const FALSE = /^(?:false|no|0|)$/i;

/** @throws {WorkflowError} if nobody could fill them in: the form has said so, but a flow may come from a file */
export function parametersOf(rows: readonly ParameterRow[]): Parameter[] {
  const parameters = rows.map(parameterOf);
  const names = new Set<string>();
  for (const { name } of parameters) {
    if (names.has(name)) throw new WorkflowError('adHocRun.twice', { name });
    names.add(name);
  }
  return parameters;
}

function parameterOf({
  name,
  type,
  value,
  label = '',
  choices = '',
  required = false,
}: ParameterRow): Parameter {
  const known = PARAMETER_TYPES.find((one) => one === type);
  if (!known || !new RegExp(FIELD_NAME).test(name))
    throw new WorkflowError('adHocRun.badParameter', { name });
  const parameter: Parameter = {
    name,
    label: label.trim() || name,
    type: known,
    choices: choices
      .split(',')
      .map((choice) => choice.trim())
      .filter((choice) => choice !== ''),
    initial: value,
    required,
  };
  if (known === 'choice' && parameter.choices.length === 0)
    throw new WorkflowError('adHocRun.noChoices', { name });
  if (value !== '') readValue(parameter, value);
  return parameter;
}

/**
 * The values that a run gets: those that were given, else the usual ones. One that has neither is left out.
 * @throws {WorkflowError} what is missing, not asked for, or not of its type
 */
export function valuesFor(parameters: readonly Parameter[], given: unknown): ParameterValues {
  if (given !== undefined && given !== null && !isRecord(given)) throw new WorkflowError('adHocRun.noValues');
  const values = given ?? {};
  const unknown = Object.keys(values).find((key) => !parameters.some(({ name }) => name === key));
  if (unknown !== undefined) throw new WorkflowError('adHocRun.notAsked', { name: shortened(unknown) });
  const read = parameters.flatMap((parameter) => {
    const { name, initial } = parameter;
    const value = Object.hasOwn(values, name) ? values[name] : initial;
    const found = readValue(parameter, value);
    return found === undefined ? [] : [[name, found] as const];
  });
  return Object.fromEntries(read);
}

/** @returns undefined if there is nothing */
function readValue(parameter: Parameter, value: unknown): string | number | boolean | undefined {
  const { label, type, required, choices } = parameter;
  if (value !== null && !['string', 'number', 'boolean', 'undefined'].includes(typeof value))
    throw new WorkflowError('adHocRun.wrongType', { label });
  const text = String((value as string | number | boolean | null | undefined) ?? '');
  if (text.length > MOST_CHARACTERS)
    throw new WorkflowError('adHocRun.tooLong', { label, limit: MOST_CHARACTERS });
  if (type === 'checkbox') return readFlag(text, label);
  if (text.trim() === '') {
    if (required) throw new WorkflowError('adHocRun.missing', { label });
    return type === 'text' ? text : undefined;
  }
  if (type === 'number') {
    const number = Number(text);
    if (!Number.isFinite(number)) throw new WorkflowError('adHocRun.noNumber', { label });
    return number;
  }
  if (type === 'choice' && !choices.includes(text))
    throw new WorkflowError('adHocRun.noChoice', { label, choices: choices.join(', ') });
  return text;
}

function readFlag(text: string, label: string): boolean {
  if (!TRUE.test(text.trim()) && !FALSE.test(text.trim()))
    throw new WorkflowError('adHocRun.noFlag', { label });
  return TRUE.test(text.trim());
}

const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
