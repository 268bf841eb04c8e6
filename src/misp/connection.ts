import http from 'node:http';
import https from 'node:https';
import axios, { type AxiosInstance } from 'axios';
import { checkHeader } from '../http/headers';
import { proxyOf } from '../http/proxy';
import { WorkflowError } from '../text';

/** How a MISP is reached. */
export interface MispSettings {
  /** Base URL, such as `https://misp.example.org`. */
  url: string;
  apiKey: string;
  /** Refuse a certificate that is not trusted. */
  verify: boolean;
  /** PEM texts: a CA of one's own, and a client certificate. */
  tls?: { ca?: string; cert?: string; key?: string; passphrase?: string };
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
}

/** Connections to one MISP at a time: more would only queue up there. */
const MOST_CONNECTIONS = 8;
/** Idle connections are given up before web servers do so (Apache after 5 s): a request could meet the closing. */
const IDLE_MS = 4000;
const MOST_BYTES = 100 * 1024 * 1024;

/** The HTTP side of a client: axios, with connections that are kept open. */
export interface Connection {
  /** Without a slash at the end. */
  url: string;
  http: AxiosInstance;
  timeoutMs: number;
  /** Texts that must be in no message: the key, the proxy's password and the values of the headers. */
  secrets: readonly string[];
  close(): void;
}

/**
 * Gives every answer as the text that came, whatever its status: what it is worth is decided in `answer.ts`.
 * @throws {WorkflowError} if URL, proxy or a header cannot be used
 */
export function connect(settings: MispSettings): Connection {
  const url = baseUrl(settings.url);
  const proxy = proxyOf(settings.proxy);
  const headers = ownHeaders(settings.headers ?? []);
  const keepAlive = { keepAlive: true, maxSockets: MOST_CONNECTIONS, timeout: IDLE_MS };
  const httpAgent = new http.Agent(keepAlive);
  const httpsAgent = new https.Agent({
    ...keepAlive,
    ...settings.tls,
    rejectUnauthorized: settings.verify,
  });
  const secrets = [settings.apiKey, proxy?.auth?.password ?? '', ...Object.values(headers)];
  return {
    url,
    timeoutMs: settings.timeoutMs,
    http: axios.create({
      baseURL: url,
      maxRedirects: 0, // MISP sends whoever is not let in to its login page
      maxContentLength: settings.mostBytes ?? MOST_BYTES,
      maxBodyLength: Infinity,
      httpAgent,
      httpsAgent,
      proxy,
      responseType: 'text',
      transformResponse: (text: unknown) => text,
      validateStatus: () => true,
      headers: { ...headers, Accept: 'application/json', Authorization: settings.apiKey },
    }),
    secrets: secrets.filter((text) => text.length > 3),
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

function baseUrl(text: string): string {
  const address = text.trim();
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // The address is shown in messages: what is secret has no place in it.
  if (url && (url.username || url.password)) throw new WorkflowError('misp.loginInUrl');
  if (!url || !/^https?:$/.test(url.protocol)) throw new WorkflowError('misp.badUrl', { url: address });
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
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
