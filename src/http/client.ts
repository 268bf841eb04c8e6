/** The one way out: all that speaks HTTP to others stands on this. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { agentsOf, type Agents, type AgentSettings } from './agents';
import { failureOf } from './failure';
import { proxyOf } from './proxy';
import { TimeLimit } from './time-limit';

export interface HttpSettings extends AgentSettings {
  /** `http://user:password@host:port`; without it the environment says. */
  proxy?: string;
  /** The largest answer that is taken, in bytes. */
  mostBytes: number;
}

export interface HttpCall {
  method: string;
  url: URL;
  headers: Record<string, string>;
  /** Sent as it is. */
  body?: string | Buffer;
}

/** What a request may cost. */
export interface HttpLimits {
  /** For the whole request: waiting for a connection and reading the answer included. */
  ms: number;
  /** Gives it up. */
  signal?: AbortSignal;
}

/** What came back, whatever its status. */
export interface HttpAnswer {
  status: number;
  /** In lower case. */
  headers: Readonly<Record<string, string>>;
  text: string;
}

/** An answer whose body is there for its reader to take, as it comes: not decoded, and of any size. */
export interface HttpStream {
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
}

/** What axios adds to the headers of a request, unless it is told not to. */
const ADDED = ['accept', 'accept-encoding', 'content-type', 'user-agent'];

/**
 * Sends requests over connections that are kept open. Every answer is given as the text that came: what it is worth,
 * its caller knows. Redirects are not followed, since they could carry secrets elsewhere.
 */
export class HttpClient {
  private readonly http: AxiosInstance;
  private readonly agents: Agents;
  private readonly mostBytes: number;
  /** The proxy's password: it must be in no message. */
  readonly secret: string;

  /** @throws {WorkflowError} if the proxy is no address */
  constructor(settings: HttpSettings) {
    const proxy = proxyOf(settings.proxy);
    this.secret = proxy?.auth?.password ?? '';
    this.mostBytes = settings.mostBytes;
    this.agents = agentsOf(settings);
    this.http = axios.create({
      ...this.agents,
      proxy,
      maxRedirects: 0,
      maxContentLength: settings.mostBytes,
      maxBodyLength: Infinity,
      responseType: 'text',
      transformRequest: (data: unknown) => data,
      transformResponse: (text: unknown) => text,
      validateStatus: () => true,
    });
  }

  /** Ends the connections that are kept open. */
  close(): void {
    this.agents.httpAgent.destroy();
    this.agents.httpsAgent.destroy();
  }

  /** @throws {HttpFailure} if there is no whole answer in time */
  async send({ method, url, headers, body }: HttpCall, { ms, signal }: HttpLimits): Promise<HttpAnswer> {
    const limit = new TimeLimit(ms, signal);
    try {
      const request = { method, url: url.href, headers, data: body, signal: limit.signal };
      return answerOf(await this.http.request<string>(request));
    } catch (error) {
      const { givenUp } = limit;
      throw failureOf(error, { host: url.host, mostBytes: this.mostBytes, givenUp });
    } finally {
      limit.end();
    }
  }

  /**
   * Sends what somebody else asks for, with these headers and no others, and gives the answer as it comes. The time is
   * for all of it: who reads the body sees it end with an error when that is over.
   * @param call its headers in lower case
   * @throws {HttpFailure} if no answer begins in time
   */
  async open({ method, url, headers, body }: HttpCall, { ms, signal }: HttpLimits): Promise<HttpStream> {
    const limit = new TimeLimit(ms, signal);
    const added = ADDED.filter((name) => !(name in headers)).map((name) => [name, false] as const);
    try {
      const answer = await this.http.request<Readable>({
        ...{ method, url: url.href, data: body, signal: limit.signal },
        headers: { ...headers, ...Object.fromEntries<false>(added) },
        ...{ responseType: 'stream', decompress: false, maxContentLength: Infinity },
      });
      answer.data.once('close', () => limit.end());
      const { status, headers: answered, data } = answer;
      return { status, headers: { ...answered } as IncomingHttpHeaders, body: data };
    } catch (error) {
      limit.end();
      const { givenUp } = limit;
      throw failureOf(error, { host: url.host, mostBytes: this.mostBytes, givenUp });
    }
  }
}

function answerOf({ status, headers, data }: AxiosResponse<string>): HttpAnswer {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { status, headers: Object.fromEntries(texts) as Record<string, string>, text: String(data ?? '') };
}
