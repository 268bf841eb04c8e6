import type { TlsSettings } from '../http/agents';

/** The misp-modules behind a listener. */
export interface UpstreamSettings {
  url: string;
  user?: string;
  password?: string;
  /** Refuse a certificate that is not trusted. */
  verify: boolean;
  /** `http://user:password@host:port`; without it the environment says. */
  proxy?: string;
  tls?: TlsSettings;
  /** Its list of modules as it was last seen: MISP does not wait for a service that is away. */
  list?: string;
}
