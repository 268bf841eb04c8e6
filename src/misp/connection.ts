import type { TlsSettings } from '../http/agents';
import { HttpClient, type HttpAnswer, type HttpLimits } from '../http/client';
import { checkHeader } from '../http/headers';
import { toJson } from '../http/json';
import { hiddenTexts } from '../http/scrub';
import { WorkflowError } from '../text';
import type { Found } from './breaker';

/** How a MISP is reached. */
export interface MispSettings {
  /** Base URL, such as `https://misp.example.org`. */
  url: string;
  apiKey: string;
  /** Refuse a certificate that is not trusted. */
  verify: boolean;
  tls?: TlsSettings;
  /** `http://user:password@host:port`; without it the environment says. */
  proxy?: string;
  /** Sent with every call, for an access proxy before MISP. */
  headers?: readonly { name: string; value: string }[];
  /** For a whole request: waiting for a connection and reading the answer included. */
  timeoutMs: number;
  /** The largest answer that is taken, in bytes; 100 MB unless told otherwise. */
  mostBytes?: number;
  /** Told of each request that leaves; the function returned is called when it has come back. */
  leaves?: () => () => void;
  /** Asked before each request that may change something. @throws {WorkflowError} to refuse it */
  writes?: () => void;
  /** Told when calls have found that it does not answer, or answers again. */
  turned?: (found: Found) => void;
}

/** Connections to one MISP at a time: more would only queue up there. */
const MOST_CONNECTIONS = 8;
const MOST_BYTES = 100 * 1024 * 1024;

/** The way to one MISP: its address, and the headers that every call has. */
export interface Connection {
  /** Without a slash at the end. */
  url: string;
  timeoutMs: number;
  /** Texts that must be in no message: the key, the proxy's password and the values of the headers. */
  secrets: readonly string[];
  /** @param path below the address, whatever it looks like */
  send(method: string, path: string, data: unknown, limits: HttpLimits): Promise<HttpAnswer>;
  close(): void;
}

/** @throws {WorkflowError} if URL, proxy or a header cannot be used */
export function connect(settings: MispSettings): Connection {
  const url = baseUrl(settings.url);
  const own = ownHeaders(settings.headers ?? []);
  const http = new HttpClient({
    ...settings,
    mostBytes: settings.mostBytes ?? MOST_BYTES,
    mostConnections: MOST_CONNECTIONS,
  });
  const headers = { ...own, Accept: 'application/json', Authorization: settings.apiKey };
  return {
    url,
    timeoutMs: settings.timeoutMs,
    secrets: hiddenTexts([settings.apiKey, http.secret, ...Object.values(own)]),
    async send(method, path, data, limits) {
      const { body, type } = encode(data);
      const call = { method, url: new URL(`${url}/${path.replace(/^\/+/, '')}`), body };
      return http.send({ ...call, headers: { ...headers, ...type } }, limits);
    },
    close: () => http.close(),
  };
}

/** Data is sent as JSON; a text is one that somebody else has made. */
function encode(data: unknown): { body?: string | Buffer; type?: Record<string, string> } {
  if (!data) return {};
  if (typeof data === 'string' || Buffer.isBuffer(data)) return { body: data };
  if (typeof data !== 'object') throw new WorkflowError('misp.badBody');
  return { body: toJson(data), type: { 'Content-Type': 'application/json' } };
}

/** Pages of MISP that people copy out of their browser instead of its address. */
const PAGE =
  /\/(?:admin|attributes|auditLogs|dashboards|events|feeds|galaxies|news|noticelists|objects|organisations|roles|servers|shadow_attributes|sharing_groups|tags|taxonomies|users|warninglists|workflows)(?:\/.*)?$/i;

function baseUrl(text: string): string {
  const address = text.trim();
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // The address is shown in messages: what is secret has no place in it.
  if (url && (url.username || url.password)) throw new WorkflowError('misp.loginInUrl');
  if (!url || !/^https?:$/.test(url.protocol)) throw new WorkflowError('misp.badUrl', { url: address });
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  const page = PAGE.exec(url.pathname)?.[0];
  if (page) throw new WorkflowError('misp.pageInUrl', { page, url: base.replace(PAGE, '') });
  return base;
}

/** What the client itself must say. */
const OWN =
  /^(?:accept|authorization|content-type|content-length|host|connection|transfer-encoding|expect)$/i;

function ownHeaders(rows: NonNullable<MispSettings['headers']>): Record<string, string> {
  for (const { name, value } of rows) {
    checkHeader(name, value);
    if (OWN.test(name)) throw new WorkflowError('misp.ownHeader', { name });
  }
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}
