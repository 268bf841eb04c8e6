import type { Defaults } from '../../drawn/attribute';
import { objectOf } from '../../drawn/object';
import type { ObjectTemplate } from '../../drawn/template';
import { isList, isRecord, textOf } from '../../event/values';
import { WorkflowError } from '../../text';
import type { NewObject } from '../add-to-event';
import type { AttributeTypes } from './attribute-types';
import { problemWith } from './check-attribute';
import { fieldOf, readAttribute, seenAt, seenBy, type Reading } from './read-attribute';
import { short } from './refused';

type Row = Readonly<Record<string, unknown>>;

/** The templates of MISP that the data names, or what MISP says of them. */
export type Templates = ReadonlyMap<string, ObjectTemplate | WorkflowError>;

const NO_COLUMNS: Reading['columns'] = new Map();

/**
 * An object as the data gives it, with what its template says. Its attributes are read and checked like others; one that
 * cannot be saved is a fault of the whole object.
 * @throws {WorkflowError} if it cannot be saved
 */
export function readObject(
  row: Row,
  reading: Reading,
  templates: Templates,
  types: AttributeTypes,
): NewObject {
  const name = textOf(row.name);
  const template = templates.get(name);
  if (!template || template instanceof WorkflowError)
    throw template ?? new WorkflowError('newEvent.noTemplate', { name: short(name) });
  const defaults: Defaults = { type: '', tags: [], templates: new Map([[name, template]]) };
  const found = objectOf(row, defaults) as unknown as NewObject;
  const Attribute = found.Attribute.map((given) => {
    const attribute = readAttribute(given as unknown as Row, {
      ...reading,
      type: '',
      category: '',
      columns: NO_COLUMNS,
    });
    const own = relationOf(template, attribute.object_relation ?? '');
    if (typeof own?.to_ids === 'boolean') attribute.to_ids ??= own.to_ids;
    if (own?.disable_correlation === true) attribute.disable_correlation = true;
    const problem = problemWith(attribute, types);
    if (problem)
      throw new WorkflowError('newEvent.inObject', { relation: attribute.object_relation ?? '', problem });
    return attribute;
  });
  refuseIncomplete(
    name,
    Attribute.map(({ object_relation: relation = '' }) => relation),
    template,
  );
  const { comment, description } = found;
  const at = (field: string) => fieldOf(row, field, { columns: NO_COLUMNS });
  return {
    uuid: found.uuid,
    name,
    'meta-category': textOf(found['meta-category']),
    template_uuid: textOf(found.template_uuid),
    template_version: textOf(found.template_version),
    ...(textOf(description) ? { description: textOf(description) } : {}),
    ...(textOf(comment) ? { comment: textOf(comment) } : {}),
    ...seenBy(at),
    ...seenAt(at),
    Attribute,
    ...(isList(found.ObjectReference) ? { ObjectReference: found.ObjectReference } : {}),
  };
}

function relationOf({ attributes = {} }: ObjectTemplate, relation: string): Row | undefined {
  return Object.hasOwn(attributes, relation) ? attributes[relation] : undefined;
}

/** The names of the templates that the data needs. */
export function templateNames(rows: readonly unknown[]): string[] {
  return [
    ...new Set(
      rows
        .filter(isRecord)
        .filter(isObject)
        .map(({ name }) => textOf(name)),
    ),
  ];
}

/** Whether a row is an object: it has a name, and attributes of its own. */
export function isObject(row: Row): boolean {
  return Object.hasOwn(row, 'name') && (Object.hasOwn(row, 'attributes') || Object.hasOwn(row, 'Attribute'));
}

/** @throws {WorkflowError} if what the template requires is not there */
function refuseIncomplete(
  name: string,
  there: readonly string[],
  { required, requiredOneOf }: ObjectTemplate,
): void {
  const has = (relation: unknown) => there.includes(textOf(relation));
  const missing = isList(required) ? required.filter((relation) => !has(relation)) : [];
  if (missing.length > 0)
    throw new WorkflowError('newEvent.lacks', { name, relations: missing.map(textOf).join(', ') });
  if (!isList(requiredOneOf) || requiredOneOf.length === 0 || requiredOneOf.some(has)) return;
  throw new WorkflowError('newEvent.lacksOneOf', { name, relations: requiredOneOf.map(textOf).join(', ') });
}
