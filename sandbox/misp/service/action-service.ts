import type { SavedFilters } from '../../../src/event/saved-filters';
import { isRecord } from '../../../src/event/values';
import { HttpFailure, send, type HttpReply, type TlsSettings } from './http-client';
import { queryBody, readModules, type ActionModule } from './modules';
import { decodeJson, encodeJson, errorText } from './php';

/** MISP's settings of its Action service. */
export interface ActionServiceSettings {
  /** `Plugin.Action_services_enable`; true unless told otherwise. */
  enabled?: boolean;
  /** `Plugin.Action_services_url`, such as `http://user:password@127.0.0.1`. */
  url: string;
  /** `Plugin.Action_services_port` */
  port: number;
  /** `Plugin.Action_timeout` for `POST /query`, in milliseconds; 10 s unless told otherwise. */
  timeoutMs?: number;
  /** For `GET /modules`. It is one second, and no setting of MISP. */
  modulesTimeoutMs?: number;
  tls?: TlsSettings;
}

/** A request that MISP sent, and what came of it. */
export interface SentRequest {
  method: 'GET' | 'POST';
  path: '/modules' | '/query';
  /** Size of the body. */
  bytes: number;
  ms: number;
  status?: number;
  failure?: string;
}

/** What came of asking: an error of the module, or why there was no usable answer, or neither. */
export interface ServiceAnswer {
  error?: string;
  failure?: string;
  /** What it hands to the rest of the workflow; MISP looks for it since 2.5.37. */
  handed?: { key: string; data: unknown };
}

const MODULES_TIMEOUT_MS = 1000;
const QUERY_TIMEOUT_MS = 10000;

/** Asks the Action service as MISP 2.5.1 does, and takes its answers as MISP does. */
export class ActionService {
  /** What was sent, in order. */
  readonly sent: SentRequest[] = [];

  constructor(private readonly settings: ActionServiceSettings) {}

  /** `GET /modules`. MISP says nothing about a failure: the modules are just not there. */
  async modules(): Promise<{ list: ActionModule[]; failure?: string }> {
    try {
      return { list: readModules(await this.ask('GET', '/modules')) };
    } catch (error) {
      return { list: [], failure: (error as Error).message };
    }
  }

  /** `POST /query`. Whatever is no error text lets MISP go on. */
  async query(
    module: ActionModule,
    data: unknown,
    params: object,
    filters?: Partial<SavedFilters>,
  ): Promise<ServiceAnswer> {
    const body = encodeJson(queryBody(module, data, { ...params }, filters));
    try {
      const reply = await this.ask('POST', '/query', body);
      const answer = isRecord(reply) ? reply : {};
      return { error: errorText(answer.error), ...handedIn(answer) };
    } catch (error) {
      return { failure: (error as Error).message };
    }
  }

  private async ask(method: 'GET' | 'POST', path: SentRequest['path'], body?: string): Promise<unknown> {
    const { enabled = true, url, port, tls } = this.settings;
    if (!enabled) throw new HttpFailure('the Action service is switched off in MISP');
    const timeoutMs =
      path === '/query'
        ? (this.settings.timeoutMs ?? QUERY_TIMEOUT_MS)
        : (this.settings.modulesTimeoutMs ?? MODULES_TIMEOUT_MS);
    const sent: SentRequest = { method, path, bytes: Buffer.byteLength(body ?? ''), ms: 0 };
    this.sent.push(sent);
    const started = performance.now();
    try {
      const reply = await send({ url: `${url}:${port}${path}`, method, body, timeoutMs, tls });
      sent.status = reply.status;
      return usable(reply, `${method} ${path}`);
    } catch (error) {
      sent.failure = (error as Error).message;
      throw error;
    } finally {
      sent.ms = Math.round((performance.now() - started) * 10) / 10;
    }
  }
}

function handedIn({
  data,
  result_key: key,
}: Readonly<Record<string, unknown>>): Pick<ServiceAnswer, 'handed'> {
  return typeof key === 'string' && key !== '' && data !== undefined ? { handed: { key, data } } : {};
}

/** The content of an answer that MISP can use. @throws HttpFailure if it can use none */
export function usable({ status, body }: HttpReply, what: string): unknown {
  if (status < 200 || status > 206) throw new HttpFailure(`status ${status} for ${what}`);
  if (body.length === 0) throw new HttpFailure(`an empty answer to ${what}`);
  try {
    return decodeJson(body);
  } catch {
    throw new HttpFailure(`an answer to ${what} that is not JSON`);
  }
}
