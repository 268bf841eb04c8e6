import http from 'node:http';
import https from 'node:https';

/** MISP's settings of its Action service. */
export interface ActionServiceSettings {
  /** `Plugin.Action_services_url`, such as `http://user:password@127.0.0.1`. */
  url: string;
  /** `Plugin.Action_services_port` */
  port: number;
  /** `Plugin.Action_timeout` for `/query`, in milliseconds. */
  timeoutMs?: number;
}

/** What the service said, as MISP takes it: an error, or a reason why there is no answer. */
export interface ServiceAnswer {
  /** The error text; MISP stops when there is one and the module is blocking. */
  error?: string;
  blocking?: boolean;
  /** Why MISP goes on although it has no proper answer, for its `error.log`. */
  failure?: string;
}

interface ListedModule {
  name: string;
  meta?: { config?: { blocking?: boolean } };
}

/** `GET /modules` always has one second (FACTS, "What a reply of the Action service does"). */
const MODULES_TIMEOUT_MS = 1000;
const QUERY_TIMEOUT_MS = 10000;
/** From here on MISP's HTTP client asks before it sends the body, and waits this long for the answer. */
const EXPECT_BYTES = 1024 * 1024;
const CONTINUE_MS = 1000;

/** Asks a module of the Action service as MISP 2.5.1 does, and takes its answer as MISP does. */
export async function askActionService(
  settings: ActionServiceSettings,
  module: string,
  data: unknown,
  params: object,
): Promise<ServiceAnswer> {
  const listed = await findModule(settings, module);
  if (!listed) return { failure: `Could not load class for module \`${module}\`.` };
  // MISP escapes neither slashes nor what is beyond ASCII, so this is its JSON to the byte.
  const body = JSON.stringify({ module, data, params });
  try {
    const { status, text } = await send(
      settings,
      'POST',
      '/query',
      settings.timeoutMs ?? QUERY_TIMEOUT_MS,
      body,
    );
    if (status < 200 || status > 206)
      return { failure: `The action service answered with status ${status}.` };
    return { error: errorOf(text), blocking: listed.meta?.config?.blocking === true };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

async function findModule(
  settings: ActionServiceSettings,
  module: string,
): Promise<ListedModule | undefined> {
  try {
    const { status, text } = await send(settings, 'GET', '/modules', MODULES_TIMEOUT_MS);
    if (status < 200 || status > 206) return undefined;
    const list = JSON.parse(text) as ListedModule[];
    return list.find((entry) => entry.name === module);
  } catch {
    return undefined;
  }
}

/** The error that MISP sees in a reply: what PHP takes for empty is none, and a list becomes the word "Array". */
function errorOf(text: string): string | undefined {
  const reply = JSON.parse(text) as { error?: unknown } | null;
  const error = reply?.error;
  if (Array.isArray(error) || (typeof error === 'object' && error !== null)) {
    return Object.keys(error).length > 0 ? 'Array' : undefined;
  }
  if (!error || error === '0') return undefined;
  return typeof error === 'boolean' ? '1' : JSON.stringify(error).replace(/^"|"$/g, '');
}

function send(
  settings: ActionServiceSettings,
  method: string,
  path: string,
  timeoutMs: number,
  body?: string,
): Promise<{ status: number; text: string }> {
  const url = new URL(`${settings.url}:${settings.port}${path}`);
  const length = Buffer.byteLength(body ?? '');
  const asksFirst = length > EXPECT_BYTES;
  const headers: [string, string][] = [
    ['Host', url.host],
    ...(url.username
      ? [['Authorization', `Basic ${Buffer.from(credentialsOf(url)).toString('base64')}`] as [string, string]]
      : []),
    ['Accept', '*/*'],
    ['Accept-Encoding', 'deflate, gzip, br, zstd'],
    ...(body === undefined
      ? []
      : ([
          ['Content-Type', 'application/json'],
          ['Content-Length', String(length)],
        ] as [string, string][])),
    ...(asksFirst ? [['Expect', '100-continue'] as [string, string]] : []),
  ];
  return new Promise((resolve, reject) => {
    const { request: open } = url.protocol === 'https:' ? https : http;
    const request = open({
      host: url.hostname,
      port: url.port,
      path,
      method,
      headers: headers.flat(),
      agent: false,
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`Operation timed out after ${timeoutMs} ms.`)),
      timeoutMs,
    );
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
    });
    if (!asksFirst) return void request.end(body);
    const patience = setTimeout(() => request.end(body), CONTINUE_MS);
    request.on('continue', () => {
      clearTimeout(patience);
      request.end(body);
    });
    request.on('response', () => clearTimeout(patience));
    request.flushHeaders();
  });
}

const credentialsOf = (url: URL) => `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
