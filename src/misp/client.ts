import http from 'node:http';
import https from 'node:https';
import axios, { type AxiosInstance, type AxiosProxyConfig } from 'axios';
import { WorkflowError } from '../text';
import { explain, refuseHtml } from './errors';

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
}

/** Connections to one MISP at a time: more would only queue up there. */
const MOST_CONNECTIONS = 8;

/** MISP's REST API. Errors are `WorkflowError`s that say what to do, and never hold the key. */
export class MispClient {
  private readonly http: AxiosInstance;
  private readonly agents: (http.Agent | https.Agent)[];
  readonly url: string;

  /** @throws {WorkflowError} if URL or proxy cannot be used */
  constructor(settings: MispSettings) {
    this.url = baseUrl(settings.url);
    const keepAlive = { keepAlive: true, maxSockets: MOST_CONNECTIONS };
    const httpAgent = new http.Agent(keepAlive);
    const httpsAgent = new https.Agent({
      ...keepAlive,
      ...settings.tls,
      rejectUnauthorized: settings.verify,
    });
    this.agents = [httpAgent, httpsAgent];
    this.http = axios.create({
      baseURL: this.url,
      timeout: settings.timeoutMs,
      maxRedirects: 0, // MISP sends whoever is not let in to its login page
      httpAgent,
      httpsAgent,
      proxy: proxyOf(settings.proxy),
      headers: { Accept: 'application/json', Authorization: settings.apiKey },
    });
  }

  get<T>(path: string): Promise<T> {
    return this.request<T>('GET', path);
  }

  post<T>(path: string, data: unknown): Promise<T> {
    return this.request<T>('POST', path, data);
  }

  /** Ends the connections that are kept open. */
  close(): void {
    for (const agent of this.agents) agent.destroy();
  }

  private async request<T>(method: string, path: string, data?: unknown): Promise<T> {
    try {
      const response = await this.http.request<T>({ method, url: path, data });
      refuseHtml(response, this.url);
      return response.data;
    } catch (error) {
      throw error instanceof WorkflowError ? error : explain(error, this.url);
    }
  }
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

function proxyOf(text: string | undefined): AxiosProxyConfig | false {
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
