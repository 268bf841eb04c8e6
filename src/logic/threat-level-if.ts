import { get } from '../event/hash';
import { looseCompare } from '../event/loose';

/** The parameters of MISP's module `threat-level-if`. */
export interface ThreatLevelIfParams {
  condition?: string;
  /** The id of a level: 1 high, 2 medium, 3 low, 4 undefined; or its name. */
  threatlevel?: unknown;
}

/** A high level has a small id: "greater" is a smaller id. */
const conditions = new Map<string, (order: number) => boolean>([
  ['equals', (order) => order === 0],
  ['not_equals', (order) => order !== 0],
  ['greater_or_equal_than', (order) => order <= 0],
  ['less_or_equal_than', (order) => order >= 0],
]);

/** The default selection of MISP's module is the name of a level. */
const ids = new Map<unknown, string>([
  ['High', '1'],
  ['Medium', '2'],
  ['Low', '3'],
  ['Undefined', '4'],
]);

/** Compares the event's threat level with a level. A condition that MISP does not have is false. */
export function threatLevelIf(params: ThreatLevelIfParams, data: unknown): boolean {
  const { condition = 'equals', threatlevel = 'Low' } = params;
  const level = get(data, 'Event.threat_level_id');
  return conditions.get(condition)?.(looseCompare(level, ids.get(threatlevel) ?? threatlevel)) ?? false;
}
