import type { TlsTexts } from './tls-problem';

/** The misp-modules behind a listener. */
export interface UpstreamSettings {
  url: string;
  user?: string;
  password?: string;
  /** Refuse a certificate that is not trusted. */
  verify: boolean;
  tls?: Pick<TlsTexts, 'ca' | 'cert' | 'key' | 'passphrase'>;
  /** Its list of modules as it was last seen: MISP does not wait for a service that is away. */
  list?: string;
}
