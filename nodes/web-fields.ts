import type { Fields } from './definition';

/** Where something is that speaks HTTP. */
export const WEB_ADDRESS = {
  kind: 'text',
  default: '',
  required: true,
  pattern: '^https?://[^\\s/]+',
  message: 'url',
} as const satisfies Fields[string];

/** Whom TLS trusts. */
export const TLS_FIELDS = {
  verify: { kind: 'checkbox', default: true },
  tls: { kind: 'config', type: 'tls-config' },
} as const satisfies Fields;

/** A proxy on the way, whose address may have a password. */
export const PROXY = { kind: 'secret', secret: 'password', advanced: true } as const satisfies Fields[string];
