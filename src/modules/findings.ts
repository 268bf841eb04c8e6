/** What answers would add to an event. Nothing is taken from them that only MISP can know: ids and timestamps. */
import type { Said } from '../text';
import {
  sameAttribute,
  sameObject,
  type NewAttribute,
  type NewObject,
  type NewReport,
} from '../actions/add-to-event';
import type { MispAttribute } from '../event/core';
import { isRecord, textOf } from '../event/values';
import type { Answered } from './asker';
import { isSame, rowsOf } from './fresh';
import { plainRows } from './plain-results';
import { objectOf, reportOf, standardAttribute, tagsOf } from './standard-results';

/** All that is found, each thing once, and what of it cannot be saved. */
export interface Findings {
  attributes: NewAttribute[];
  objects: NewObject[];
  reports: NewReport[];
  /** Names of tags for the event. */
  tags: string[];
  problems: { item?: string; problem: Said }[];
}

/** What is new of the answers' results, in their order. */
export function findingsOf(answered: readonly Answered[]): Findings {
  const found: Findings = { attributes: [], objects: [], reports: [], tags: [], problems: [] };
  const seen = new Set<string>();
  for (const { question, reply } of answered) {
    if (reply.outcome !== 'result') continue;
    const own: Findings = { attributes: [], objects: [], reports: [], tags: [], problems: [] };
    const { attribute, module } = question;
    // Misp-modules' own modules answer in either format, whatever they say.
    if (isRecord(reply.results)) readStandard(own, reply.results, attribute, module.name);
    else readPlain(own, reply.results, attribute, module.name);
    join(found, own, seen, attribute);
  }
  return found;
}

function readPlain(own: Findings, results: unknown, attribute: MispAttribute, module: string): void {
  for (const { row, problem } of plainRows(results)) {
    if (problem !== undefined) own.problems.push({ item: itemOf(attribute, module), problem });
    else own.attributes.push(withSource(row, attribute, module));
  }
}

function readStandard(
  own: Findings,
  results: Readonly<Record<string, unknown>>,
  attribute: MispAttribute,
  module: string,
): void {
  const refuse = (problem: Said) => own.problems.push({ item: itemOf(attribute, module), problem });
  for (const row of rowsOf(results.Attribute)) {
    if (isSame(row, textOf(attribute.uuid))) continue;
    const { found, problem } = standardAttribute(row);
    if (found) own.attributes.push(withSource(found, attribute, module));
    else refuse(problem);
  }
  const objects = Array.isArray(results.Object) ? (results.Object as unknown[]) : [];
  for (const entry of objects) {
    const { found, problem } = objectOf(entry);
    if (found) own.objects.push(withSource(found, attribute, module));
    else refuse(problem);
  }
  own.reports.push(...rowsOf(results.EventReport).flatMap(reportOf));
  own.tags.push(...tagsOf(results.Tag).map(({ name }) => name));
}

function itemOf({ uuid, id }: MispAttribute, module: string): string {
  return `${textOf(uuid) || textOf(id)} (${module})`;
}

/**
 * MISP's words about where it comes from; and what is found by an attribute is seen by no more people than the attribute,
 * unless the module says so.
 */
function withSource<T extends NewAttribute | NewObject>(
  thing: T,
  attribute: MispAttribute,
  module: string,
): T {
  const { id, distribution, sharing_group_id: group } = attribute as Record<string, unknown>;
  const source = `Attribute #${textOf(id)} enriched by ${module}.`;
  const comment = [thing.comment, source].filter(Boolean).join('\n');
  if (thing.distribution !== undefined || textOf(distribution) === '') return { ...thing, comment };
  const level = textOf(distribution);
  return {
    ...thing,
    comment,
    distribution: level,
    ...(level === '4' ? { sharing_group_id: textOf(group) } : {}),
  };
}

/** Takes over what is not there yet; references lead to what is there in its place. */
function join(found: Findings, own: Findings, seen: Set<string>, asked: MispAttribute): void {
  const isNew = (key: string) => !seen.has(key) && Boolean(seen.add(key));
  const echo = sameAttribute(asked);
  for (const attribute of own.attributes) {
    const same = sameAttribute(attribute);
    if (same !== echo && isNew(same)) found.attributes.push(attribute);
  }
  // Two answers may hold the same object for two attributes, and refer to each.
  for (const object of own.objects) {
    const to = (object.ObjectReference ?? []).map(({ referenced_uuid: uuid }) => uuid).sort();
    if (isNew(`${sameObject(object)} ${to.join()}`)) found.objects.push(object);
  }
  for (const report of own.reports) {
    if (isNew(JSON.stringify([report.name, report.content]))) found.reports.push(report);
  }
  found.tags.push(...own.tags.filter((name) => isNew(`tag ${name}`)));
  found.problems.push(...own.problems);
}
