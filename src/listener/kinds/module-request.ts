import { isRecord } from '../../event/values';
import { listsIn } from '../../event/keyed-lists';
import { WorkflowError } from '../../text';
import type { RequestBody } from '../request';
import type { DrawnModule, ModuleRequest } from './drawn';

/** Keys of a query that are no value: the one that is left names the type of a plain query. */
const RESERVED = new Set([
  ...['module', 'event_id', 'attribute_uuid', 'config', 'user', 'persistent', 'data', 'filename'],
  ...['attribute', 'object', 'timeout', '_'],
]);

/**
 * What all queries may tell besides what they are about. Of `config` there is what the module has declared, and what
 * is no field for its user stands apart; the user who asks stays behind.
 */
export function commonOf(
  { fields }: RequestBody,
  { userFields, settings }: Pick<DrawnModule, 'userFields' | 'settings'>,
): ModuleRequest {
  const config = isRecord(fields.config) ? fields.config : {};
  const set = settings.flatMap((name): [string, string][] => {
    const value = Object.hasOwn(config, name) ? textOf(config[name]) : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  const wanted = userFields.filter(({ name }) => Object.hasOwn(config, name));
  return {
    module: fields.module,
    eventId: textOf(fields.event_id),
    attributeUuid: textOf(fields.attribute_uuid),
    persistent: Boolean(fields.persistent),
    ...(settings.length > 0 ? { settings: new Map(set) } : {}),
    params: Object.fromEntries(wanted.map((field) => [field.name, valueOf(field, config[field.name])])),
  };
}

/** The key of what a query is about; nothing in one that has a file or events only. */
export function subjectKey(
  fields: Readonly<Record<string, unknown>>,
  input: readonly string[],
): string | undefined {
  if (isRecord(fields.attribute)) return 'attribute';
  if (isRecord(fields.object)) return 'object';
  const names = Object.keys(fields).filter((name) => !RESERVED.has(name));
  return names.find((name) => input.includes(name)) ?? names.find((name) => name !== '');
}

/** Keys under which a module may find something besides what the query is about. */
export function otherSubjects(fields: Readonly<Record<string, unknown>>): string[] {
  const subject = Array.isArray(fields.data) ? undefined : subjectKey(fields, []);
  const isSubject = (name: string) => !RESERVED.has(name) || name === 'attribute' || name === 'object';
  return Object.keys(fields).filter((name) => isSubject(name) && name !== subject);
}

/** What an enrichment is asked about: an attribute, an object, or a value under the name of its type. */
export function subjectOf(body: RequestBody, { input }: Pick<DrawnModule, 'input'>): Partial<ModuleRequest> {
  const { attribute, object } = body.fields;
  if (isRecord(attribute)) {
    const { data, ...known } = listsOf(body, attribute);
    const value = textOf(known.value) ?? textOf(known.value1);
    if (value === undefined) throw new WorkflowError('service.noValue');
    return { attribute: known, value, type: textOf(known.type), ...fileOf(data, value) };
  }
  if (isRecord(object)) {
    const known = listsOf(body, object);
    return { object: known, type: textOf(known.name) };
  }
  const type = subjectKey(body.fields, input);
  const value = type === undefined ? undefined : textOf(body.fields[type]);
  if (value === undefined) throw new WorkflowError('service.noValue');
  return { value, type, ...fileOf(body.fields.data, value) };
}

/** The file of an attachment or an import, decoded. */
export function fileOf(data: unknown, name: unknown): Partial<ModuleRequest> {
  if (typeof data !== 'string') return {};
  return { file: Buffer.from(data, 'base64'), filename: textOf(name) };
}

const listsOf = ({ keyed }: RequestBody, data: Record<string, unknown>) =>
  (keyed ? listsIn(data) : data) as Record<string, unknown>;

/** MISP sends numbers as texts, its REST users do not. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

/** MISP sends the place of a choice in its list, its REST users perhaps the choice itself. */
function valueOf({ type, options }: DrawnModule['userFields'][number], value: unknown): unknown {
  if (type === 'checkbox') return value === true || value === '1' || value === 1 || value === 'true';
  if (type === 'number') return value === '' || value === null ? undefined : Number(value);
  if (type !== 'choice') return textOf(value) ?? '';
  const text = textOf(value) ?? '';
  return /^\d+$/.test(text) && Number(text) < options.length ? options[Number(text)] : text;
}
