import { isIP } from 'node:net';
import { textOf } from './values';

/** Errors by field, in MISP's words. */
export type FieldErrors = Record<string, string[]>;

const DISTRIBUTIONS =
  'Options : Your organisation only, This community only, Connected communities, All communities';

/** Attribute types of MISP that the stand-in knows. */
const TYPES = new Set(
  (
    'AS authentihash btc bank-account-nr bic campaign-name comment datetime domain domain|ip email email-attachment ' +
    'email-body email-dst email-src email-subject filename filename|md5 filename|sha1 filename|sha256 float hostname ' +
    'hostname|port iban imphash ip-dst ip-dst|port ip-src ip-src|port link mac-address malware-sample malware-type md5 ' +
    'mutex named-pipe other pattern-in-file phone-number port regkey regkey|value sha1 sha224 sha256 sha384 sha512 ' +
    'sigma size-in-bytes snort ssdeep target-email target-machine target-org target-user text threat-actor tlsh uri url ' +
    'user-agent vulnerability weakness windows-service-name x509-fingerprint-sha1 x509-fingerprint-sha256 yara'
  ).split(' '),
);

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
