import http from 'node:http';
import https from 'node:https';
import axios, { type AxiosInstance, type AxiosProxyConfig } from 'axios';
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
  /** `http://user:password@host:port` */
  proxy?: string;
  timeoutMs: number;
  /** The largest answer that is taken, in bytes; 512 MB unless told otherwise. */
  mostBytes?: number;
}

/** Connections to one MISP at a time: more would only queue up there. */
const MOST_CONNECTIONS = 8;
/** Idle connections are given up before web servers do so (Apache after 5 s): a request could meet the closing. */
const IDLE_MS = 4000;
const MOST_BYTES = 512 * 1024 * 1024;

/** The HTTP side of a client: axios, with connections that are kept open. */
export interface Connection {
  /** Without a slash at the end. */
  url: string;
  http: AxiosInstance;
  timeoutMs: number;
  /** Texts that must be in no message: the key, and the proxy's password. */
  secrets: readonly string[];
  close(): void;
}

/** @throws {WorkflowError} if URL or proxy cannot be used */
export function connect(settings: MispSettings): Connection {
  const url = baseUrl(settings.url);
  const proxy = proxyOf(settings.proxy);
  const keepAlive = { keepAlive: true, maxSockets: MOST_CONNECTIONS, timeout: IDLE_MS };
  const httpAgent = new http.Agent(keepAlive);
  const httpsAgent = new https.Agent({
    ...keepAlive,
    ...settings.tls,
    rejectUnauthorized: settings.verify,
  });
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
      headers: { Accept: 'application/json', Authorization: settings.apiKey },
    }),
    secrets: [settings.apiKey, proxy ? (proxy.auth?.password ?? '') : ''].filter((text) => text.length > 3),
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

function baseUrl(text: string): string {
  try {
    const url = new URL(text.trim());
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error();
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  } catch {
    throw new WorkflowError('misp.badUrl', { url: text });
  }
}

/** @throws {WorkflowError} if the proxy is no address */
export function proxyOf(text: string | undefined): AxiosProxyConfig | false {
  if (!text?.trim()) return false;
  try {
    const { protocol, hostname, port, username, password } = new URL(text.trim());
    const auth = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
    return {
      protocol: protocol.replace(':', ''),
      host: hostname,
      port: Number(port) || 3128,
      ...(username ? { auth } : {}),
    };
  } catch {
    throw new WorkflowError('misp.badProxy');
  }
}
