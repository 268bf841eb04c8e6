import { get } from '../event/hash';
import { LooseSet } from '../event/loose-set';
import { integerOf, isEmpty, isEntries, valuesOf } from '../event/values';

/** The parameters of MISP's module `organisation-if`. */
export interface OrganisationIfParams {
  /** `orgc`: who created the event, `org`: whose MISP it is on. */
  org_type?: string;
  /** `in` or `not_in`; older workflows say `equals` and `not_equals`. */
  condition?: string;
  /** Ids of organisations on this MISP. */
  org_id?: unknown;
}

const wanted = new Map([
  ['in', true],
  ['equals', true],
  ['not_in', false],
  ['not_equals', false],
]);

/** Whether the event's organisation is one of those chosen. */
export function organisationIf(params: OrganisationIfParams, data: unknown): boolean {
  const { condition = 'in', org_id: chosen = [1] } = params;
  const answer = wanted.get(condition);
  if (answer === undefined) return false;
  const id = integerOf(organisationOf(params, data));
  const ids = isEntries(chosen) ? valuesOf(chosen) : isEmpty(chosen) ? [] : [chosen];
  return new LooseSet(ids).has(id) === answer;
}

/** The id of the organisation that is looked at. */
export function organisationOf({ org_type: type = 'orgc' }: OrganisationIfParams, data: unknown): unknown {
  return get(data, type === 'orgc' ? 'Event.orgc_id' : 'Event.org_id');
}
