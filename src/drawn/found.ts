import { randomUUID } from 'node:crypto';
import { isRecord } from '../event/values';
import { WorkflowError } from '../text';
import { attributeOf, tagOf, type Attribute, type Defaults } from './attribute';
import { objectOf } from './object';

/** What a flow found, as MISP has it. */
export interface Found {
  Attribute: Attribute[];
  Object: Record<string, unknown>[];
  EventReport: Record<string, unknown>[];
  Tag: { name: string }[];
}

/** More than this nobody looks through, and MISP takes minutes to save it. */
const MOST = 10_000;

const LISTS = { attributes: 'Attribute', objects: 'Object', reports: 'EventReport', tags: 'Tag' } as const;

/**
 * Reads what a flow found: a value, an attribute, an object, a report, or lists of them, also in MISP's own form.
 * @param asked uuid of the attribute that MISP asked about
 * @throws {WorkflowError} that says what cannot be read
 */
export function readFound(given: unknown, defaults: Defaults, asked?: string): Found {
  const found: Found = { Attribute: [], Object: [], EventReport: [], Tag: [] };
  const one = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(one);
    if (isNothing(value)) return;
    if (!isRecord(value)) return void found.Attribute.push(attributeOf({ value }, defaults));
    const lists = Object.entries(LISTS).filter(([own, misp]) => own in value || misp in value);
    if ('value' in value) found.Attribute.push(attributeOf(value, defaults));
    else if ('name' in value && ('attributes' in value || 'Attribute' in value))
      found.Object.push(objectOf(value, defaults, asked));
    else if ('name' in value && 'content' in value) found.EventReport.push(reportOf(value));
    else if (lists.length > 0) lists.forEach(([own, misp]) => ofList(value[own] ?? value[misp], misp));
    else throw new WorkflowError('drawn.notRead', { keys: Object.keys(value).slice(0, 5).join(', ') });
  };
  const ofList = (list: unknown, kind: keyof Found) => {
    if (isNothing(list)) return;
    if (kind !== 'Tag') return one(list);
    for (const tag of [list].flat() as unknown[]) found.Tag.push(tagOf(tag));
  };
  one(given);
  const { Attribute: attributes, Object: objects, EventReport: reports, Tag: tags } = found;
  const count = attributes.length + objects.length + reports.length + tags.length;
  if (count > MOST) throw new WorkflowError('drawn.tooMany', { count, most: MOST });
  return found;
}

const isNothing = (value: unknown) => value === undefined || value === null || value === '';

function reportOf({ name, content, distribution }: Record<string, unknown>): Record<string, unknown> {
  if (typeof name !== 'string' || typeof content !== 'string') throw new WorkflowError('drawn.noReport');
  return { uuid: randomUUID(), name, content, ...(distribution === undefined ? {} : { distribution }) };
}
