import { isSameValue } from '../event/same';
import type { EditEvent, EventFields, Plan } from './plan';
import { eventOf } from './targets';

/** The parameters of MISP's event distribution operation. */
export interface EventDistributionParams {
  /** `0` to `3`, or `4` for a sharing group. */
  distribution?: string;
  /** Counts with distribution `4` only. */
  sharing_group_id?: string | readonly string[];
  /** `freeze` keeps timestamp and published state, which MISP else renews (`modify`). */
  freeze?: string;
}

/** MISP's event distribution operation. */
export function planEventDistribution(params: EventDistributionParams, data: unknown): Plan<EditEvent> {
  const { distribution = '0', sharing_group_id: groups = [], freeze } = params;
  const [group] = [groups].flat();
  const fields: EventFields = { distribution: String(distribution) };
  if (fields.distribution === '4' && group) fields.sharing_group_id = String(group);
  return planEventEdit(fields, freeze === 'freeze', data);
}

/**
 * Fields of the event. What it has already is not written again.
 * @param freeze keep timestamp and published state
 * @throws {WorkflowError} if the data holds no event that MISP could find
 */
export function planEventEdit(fields: EventFields, freeze: boolean, data: unknown): Plan<EditEvent> {
  const { event, ref } = eventOf(data);
  const changed = Object.entries(fields).filter(
    ([name, value]) => event[name] === undefined || !isSameValue(name, event[name], value),
  );
  if (changed.length === 0) return [];
  // A sharing group means something together with its distribution only.
  const written: EventFields = fields.sharing_group_id === undefined ? Object.fromEntries(changed) : fields;
  return [{ do: 'edit-event', event: ref, fields: written, freeze }];
}
