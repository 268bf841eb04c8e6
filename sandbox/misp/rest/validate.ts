import { isIP } from 'node:net';
import { TYPES } from './describe-types';
import { textOf } from './values';

/** Errors by field, in MISP's words. */
export type FieldErrors = Record<string, string[]>;

const DISTRIBUTIONS =
  'Options : Your organisation only, This community only, Connected communities, All communities';

export function attributeErrors(fields: Record<string, unknown>): FieldErrors {
  const errors: FieldErrors = {};
  const { type, value, distribution } = fields;
  if (type !== undefined && !TYPES.has(textOf(type))) errors.type = ['Invalid type.'];
  else if (value !== undefined && /^ip-(?:src|dst)$/.test(textOf(type)) && !isIP(hostOf(textOf(value)))) {
    errors.value = ['IP address has an invalid format.'];
  }
  if (value === '') errors.value = ['Value not set.'];
  if (distribution !== undefined && !/^[0-5]$/.test(textOf(distribution))) {
    errors.distribution = [`${DISTRIBUTIONS}, Sharing group, Inherit event`];
  }
  return errors;
}

const hostOf = (network: string): string => network.split('/', 1)[0];

export function eventErrors(fields: Record<string, unknown>): FieldErrors {
  const errors: FieldErrors = {};
  const { threat_level_id, info, distribution, analysis } = fields;
  if (threat_level_id !== undefined && !/^[1-4]$/.test(textOf(threat_level_id))) {
    errors.threat_level_id = ['Options : 1, 2, 3, 4 (for High, Medium, Low, Undefined)'];
  }
  if (info !== undefined && !textOf(info).trim()) errors.info = ['valueNotEmpty'];
  if (distribution !== undefined && !/^[0-4]$/.test(textOf(distribution)))
    errors.distribution = [DISTRIBUTIONS];
  if (analysis !== undefined && !/^[0-2]$/.test(textOf(analysis))) {
    errors.analysis = ['Options : 0, 1, 2 (for Initial, Ongoing, Completed)'];
  }
  return errors;
}

export const failed = (errors: FieldErrors): boolean => Object.keys(errors).length > 0;
