/** The same thing in another notation is the same thing: uuids in capitals, numbers as texts, points in time. */
import { isSet } from './flags';
import { textOf } from './values';

/** A uuid as a key to compare by. */
export function uuidKey(uuid: unknown): string {
  return textOf(uuid).toLowerCase();
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/** Whether two values of a field mean the same. */
export function isSameValue(field: string, a: unknown, b: unknown): boolean {
  if (typeof a === 'boolean' || typeof b === 'boolean') return isSet(a) === isSet(b);
  const [left, right] = [textOf(a), textOf(b)];
  if (left === right) return true;
  if (field.endsWith('uuid')) return uuidKey(a) === uuidKey(b);
  if (field === 'first_seen' || field === 'last_seen') return isSameInstant(left, right);
  return NUMBERS.has(field) && isNumber(left) && isNumber(right) && Number(left) === Number(right);
}

/** Fields that hold numbers, ids among them. */
const NUMBERS = new Set(['distribution', 'sharing_group_id', 'threat_level_id', 'analysis']);

function isNumber(text: string): boolean {
  return /^\s*\d+\s*$/.test(text);
}

/** ISO 8601 as MISP and people write it: with or without time, fraction and zone. */
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

function isSameInstant(a: string, b: string): boolean {
  const [left, right] = [instantOf(a), instantOf(b)];
  return left !== undefined && left === right;
}

/** Seconds since 1970 and the fraction as MISP keeps it, in microseconds. Without a zone it is UTC, as in MISP. */
function instantOf(text: string): string | undefined {
  const [found, day, time = '00:00', seconds = '00', fraction = '', zone = 'Z'] =
    INSTANT.exec(text.trim()) ?? [];
  if (found === undefined) return undefined;
  const milliseconds = Date.parse(`${day}T${time}:${seconds}${zoneOf(zone)}`);
  return Number.isNaN(milliseconds) ? undefined : `${milliseconds}.${fraction.slice(0, 6).padEnd(6, '0')}`;
}

/** `+0200` and `+02` as JavaScript reads them. */
function zoneOf(zone: string): string {
  if (/z/i.test(zone)) return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
