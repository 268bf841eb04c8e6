import { isRecord } from '../event/values';
import type { TlsSettings } from '../http/agents';
import { HttpClient, type HttpAnswer, type HttpLimits } from '../http/client';
import { HttpFailure } from '../http/failure';
import { isDeeper, toJson } from '../http/json';
import { hiddenTexts, scrub, scrubError } from '../http/scrub';
import { WorkflowError } from '../text';
import { Lanes } from './lanes';
import { readModules, type ModuleInfo } from './list';
import { readReply, type Reply } from './reply';

/** How a service of modules is reached. */
export interface ServiceSettings {
  /** Such as `http://127.0.0.1:6666`. */
  url: string;
  /** For what stands before the service: it asks for no login itself. */
  user?: string;
  password?: string;
  verify: boolean;
  tls?: TlsSettings;
  proxy?: string;
  /** For one query. */
  timeoutMs: number;
  /** The largest answer that is taken, in bytes. */
  mostBytes: number;
  /** Queries at a time. */
  parallel: number;
}

/** The list of modules is small; a service that is slow with it is in trouble. */
const LIST_MS = 10_000;
const MOST_LEVELS = 100;

/** A service that speaks the protocol of misp-modules. Errors are `WorkflowError`s without secrets. */
export class ModuleService {
  readonly url: string;
  readonly timeoutMs: number;
  /** Queries at a time. */
  readonly parallel: number;
  private readonly http: HttpClient;
  private readonly headers: Record<string, string>;
  private readonly secrets: readonly string[];
  private readonly lanes: Lanes;

  /** @throws {WorkflowError} if the address or the proxy cannot be used */
  constructor(settings: ServiceSettings) {
    this.url = baseUrl(settings.url);
    this.timeoutMs = settings.timeoutMs;
    this.parallel = settings.parallel;
    this.http = new HttpClient(settings);
    const { user = '', password = '' } = settings;
    const login = Buffer.from(`${user}:${password}`).toString('base64');
    this.headers = { Accept: '*/*', ...(user || password ? { Authorization: `Basic ${login}` } : {}) };
    this.secrets = hiddenTexts([password, login, this.http.secret]);
    this.lanes = new Lanes(settings.parallel);
  }

  close(): void {
    this.http.close();
  }

  /** A request and its answer as they are, whatever its status. @throws {WorkflowError} if there is no answer */
  async ask(method: string, path: string, body: string | undefined, limits: HttpLimits): Promise<HttpAnswer> {
    const headers = { ...this.headers };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const call = { method, url: new URL(`${this.url}${path}`), headers, body };
    try {
      return await this.http.send(call, limits);
    } catch (error) {
      throw error instanceof HttpFailure ? error : this.clean(error);
    }
  }

  /** @throws {WorkflowError} if the service has no list of modules */
  async modules(signal?: AbortSignal, mostMs = LIST_MS): Promise<ModuleInfo[]> {
    const ms = Math.min(mostMs, LIST_MS, this.timeoutMs);
    const { status, text } = await this.ask('GET', '/modules', undefined, { ms, signal });
    if (status === 401 || status === 403) throw new WorkflowError('modules.login', { url: this.url, status });
    if (status < 200 || status > 206) throw new WorkflowError('modules.status', { url: this.url, status });
    return readModules(parse(text));
  }

  /**
   * Asks a module, when there is a place among the queries of this service.
   * @param hidden what its answer must not repeat
   * @throws {NoPlace} if the signal comes before it is asked
   */
  async query(body: object, limits: HttpLimits, hidden: readonly string[] = []): Promise<Reply> {
    const text = toJson(body);
    return this.lanes.run(async () => {
      try {
        const { status, text: answer } = await this.ask('POST', '/query', text, limits);
        return readReply({ status, text: scrub(answer, [...hidden, ...this.secrets]) });
      } catch (error) {
        if (!(error instanceof WorkflowError)) throw error;
        const slow = error instanceof HttpFailure && (error.kind === 'slow' || error.kind === 'closed');
        return { outcome: slow ? 'timedOut' : 'failed', problem: error.said, silent: true };
      }
    }, limits.signal);
  }

  /** What the service says of itself: its version, if it tells. @throws {WorkflowError} if it is not well */
  async health(): Promise<{ version: string }> {
    const limits = { ms: Math.min(LIST_MS, this.timeoutMs) };
    const { status } = await this.ask('GET', '/healthcheck', undefined, limits);
    // Older ones have no such page.
    if (status !== 404 && (status < 200 || status > 206))
      throw new WorkflowError('modules.status', { url: this.url, status });
    const said = await this.ask('GET', '/version', undefined, limits);
    return { version: said.status === 200 ? versionIn(said.text) : '' };
  }

  private clean(error: unknown): unknown {
    return error instanceof WorkflowError ? scrubError(error, this.secrets) : error;
  }
}

function versionIn(text: string): string {
  const said = parse(text);
  const version = isRecord(said) ? said.version : said;
  return typeof version === 'string' && /^[\w.+-]{1,40}$/.test(version) ? version : '';
}

/** JSON of a bounded depth; nothing if it is none. */
function parse(text: string): unknown {
  try {
    const data: unknown = JSON.parse(text);
    return isDeeper(data, MOST_LEVELS) ? undefined : data;
  } catch {
    return undefined;
  }
}

function baseUrl(text: string): string {
  const address = text.trim();
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // The address is shown in messages: what is secret has no place in it.
  if (url && (url.username || url.password)) throw new WorkflowError('modules.loginInUrl');
  if (!url || !/^https?:$/.test(url.protocol)) throw new WorkflowError('modules.badUrl');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
