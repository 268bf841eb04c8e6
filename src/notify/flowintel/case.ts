import { randomUUID } from 'node:crypto';
import type { NewAttribute, NewObject } from '../../actions/add-to-event';
import type { HttpRequest } from '../../actions/plan';
import { omit } from '../../event/edit';
import { isSet } from '../../event/flags';
import { isEntries, isRecord, textOf, valuesOf } from '../../event/values';
import { WorkflowError } from '../../text';
import { bodyOf, detailOf, isSuccess, refusalOf } from '../webhook/answer';
import { CONTENT_TYPES } from '../webhook/body';
import type { Judge } from '../webhook/carry-out';
import { USER_AGENT } from '../webhook/webhook';

type Json = Readonly<Record<string, unknown>>;

/** MISP's parameters of `flowintel-create-case`. */
export interface FlowintelModule {
  url: string;
  apikey?: string;
  'case-name': string;
}

/** A case of Flowintel. */
export interface Case {
  id: string;
  /** Where people see it. */
  url: string;
}

/** MISP's template of an object that refers to a case. */
const TEMPLATE = {
  name: 'flowintel-case',
  'meta-category': 'misc',
  description: 'A case as defined by flowintel.',
  template_uuid: '19df57c7-b315-4fd2-84e5-d81ab221425e',
  template_version: '5',
} as const;
/** The attribute of it that leads to the case. */
const LINK = 'flowintel-url';

/**
 * What MISP's module `flowintel-create-case` asks Flowintel for: a case that is made from an event.
 * @param url Flowintel, without a slash at its end
 * @param origin the address of the MISP that has the event; empty if it is not known
 */
export function planCase(url: string, title: string, event: Json, origin: string): HttpRequest {
  const uuid = textOf(event.uuid);
  return {
    do: 'http-request',
    method: 'POST',
    url: [`${url}/api/case/create_with_event`],
    headers: {
      Accept: ['application/json'],
      'Content-Type': [CONTENT_TYPES.json],
      'User-Agent': [USER_AGENT],
      'X-API-KEY': [{ secret: 'apiKey' }],
    },
    body: {
      as: 'json',
      data: {
        title,
        description: `Case created for MISP Event ${uuid}`,
        ticket_id: uuid,
        // The flattened list says the same attributes again.
        event: { Event: omit(event, '_AttributeFlattened') },
        origin_url: origin,
      },
    },
  };
}

/** What the id of a case may be: it becomes a part of an address. */
const ID = /^[\w-]{1,64}$/;

/** The case that an answer names; nothing if it names none. It is a stranger's text, and becomes a part of an address. */
export function caseIn(body: unknown, url: string): Case | undefined {
  const id = isRecord(body) ? body.case_id : undefined;
  const isId = typeof id === 'number' ? Number.isSafeInteger(id) && id >= 0 : typeof id === 'string';
  return isId && ID.test(textOf(id)) ? { id: textOf(id), url: caseUrl(url, textOf(id)) } : undefined;
}

const caseUrl = (url: string, id: string) => `${url}/case/${id}`;

/** The case of this Flowintel that an event refers to already. */
export function caseOf({ Object: objects }: Json, url: string): Case | undefined {
  const begin = caseUrl(url, '');
  const links = rowsIn(objects)
    .filter(({ name }) => name === TEMPLATE.name)
    .flatMap(({ Attribute }) => rowsIn(Attribute))
    .filter(({ object_relation }) => object_relation === LINK)
    .map(({ value }) => textOf(value));
  const link = links.find((value) => value.startsWith(begin) && ID.test(value.slice(begin.length)));
  return link === undefined ? undefined : { id: link.slice(begin.length), url: link };
}

function rowsIn(list: unknown): Json[] {
  return isEntries(list)
    ? valuesOf(list)
        .filter(isRecord)
        .filter(({ deleted }) => !isSet(deleted))
    : [];
}

/** The object that will refer to a case, before it is known which one. */
export function plannedReference(title: string): NewObject {
  return { ...TEMPLATE, uuid: randomUUID(), Attribute: [row('title', 'text', 'Other', title)] };
}

/** The same, of this case. */
export function referenceTo({ id, url }: Case, planned: NewObject): NewObject {
  const link = row(LINK, 'link', 'External analysis', url);
  return { ...planned, Attribute: [link, row('case-uuid', 'text', 'Other', id), ...planned.Attribute] };
}

const row = (object_relation: string, type: string, category: string, value: string): NewAttribute => ({
  ...{ uuid: randomUUID(), object_relation, type, category, value, to_ids: false },
});

/** What is wrong with an answer of Flowintel: `{"message": "Title already exist"}`, or a success that names no case. */
export const judgeCase: Judge = (answer) => {
  const { host, status } = answer;
  if (isSuccess(answer))
    return caseIn(bodyOf(answer), '') ? undefined : new WorkflowError('flowintel.noCase', { host });
  const said = detailOf(answer);
  if (status === 400 && /title.*(?:exist|in use)/i.test(said))
    return new WorkflowError('flowintel.title', { host });
  return refusalOf(answer, said);
};
