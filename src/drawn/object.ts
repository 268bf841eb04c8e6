import { randomUUID } from 'node:crypto';
import { isRecord } from '../event/values';
import { WorkflowError } from '../text';
import { isUuid, uuidKey } from '../event/same';
import { attributeOf, type Defaults } from './attribute';
import type { ObjectTemplate } from './template';

type Given = Record<string, unknown>;

/**
 * An object of a template: `{name, attributes: {relation: value or values}}`, or with MISP's own list of attributes.
 * It refers to the attribute that was asked about, and to what its `references` say.
 * @throws {WorkflowError} if the type of an attribute is not known
 */
export function objectOf(given: Given, defaults: Defaults, asked?: string): Given {
  const name = String(given.name);
  const template = defaults.templates?.get(name);
  const uuid = isUuid(given.uuid) ? uuidKey(given.uuid) : randomUUID();
  const attributes = entriesOf(given.attributes ?? given.Attribute).map((entry) =>
    attributeOf(typed(entry, name, template), { ...defaults, type: '' }),
  );
  if (attributes.length === 0) throw new WorkflowError('drawn.emptyObject', { name });
  const references = referencesOf(
    given,
    uuid,
    defaults.relationship ? asked : undefined,
    defaults.relationship,
  );
  return {
    uuid,
    name,
    'meta-category': given['meta-category'] ?? template?.['meta-category'] ?? 'misc',
    ...known('description', given.description ?? template?.description),
    ...known('template_uuid', given.template_uuid ?? template?.uuid),
    ...known('template_version', textOrNothing(given.template_version ?? template?.version)),
    ...known('comment', given.comment ?? defaults.comment),
    ...known('distribution', given.distribution),
    Attribute: attributes,
    ...(references.length > 0 ? { ObjectReference: references } : {}),
  };
}

const known = (name: string, value: unknown) =>
  value === undefined || value === '' ? {} : { [name]: value };
const textOrNothing = (value: unknown) =>
  typeof value === 'number' || typeof value === 'string' ? String(value) : undefined;

/** Attributes as a list with their relations, whichever way they were given. */
function entriesOf(attributes: unknown): Given[] {
  if (Array.isArray(attributes)) return attributes.filter(isRecord);
  if (!isRecord(attributes)) return [];
  return Object.entries(attributes).flatMap(([relation, values]) =>
    [values]
      .flat()
      .filter((value) => value !== undefined && value !== null && value !== '')
      .map((value) => ({ ...(isRecord(value) ? value : { value }), object_relation: relation })),
  );
}

/** With the type that the template gives, where the flow says none. */
function typed(entry: Given, name: string, template: ObjectTemplate | undefined): Given {
  const relation = String((entry.object_relation as string | undefined) ?? '');
  if (typeof entry.type === 'string' && entry.type !== '') return entry;
  const relations = template?.attributes;
  const type = relations && Object.hasOwn(relations, relation) ? relations[relation]['misp-attribute'] : '';
  if (!type) throw new WorkflowError(template ? 'drawn.noRelation' : 'drawn.noType', { name, relation });
  return { ...entry, type };
}

function referencesOf(
  { references }: Given,
  from: string,
  asked: string | undefined,
  relationship = '',
): Given[] {
  const own = asked ? [{ uuid: asked, relationship_type: relationship }] : [];
  const given = Array.isArray(references) ? references.filter(isRecord) : [];
  return [...own, ...given].map((reference: Given) => {
    const to = reference.referenced_uuid ?? reference.uuid;
    if (!isUuid(to)) throw new WorkflowError('drawn.noReference');
    const type = reference.relationship_type ?? relationship;
    return {
      uuid: randomUUID(),
      object_uuid: from,
      referenced_uuid: uuidKey(to),
      relationship_type: type || 'related-to',
    };
  });
}
