import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import zlib from 'node:zlib';

/** MISP's HTTP client (curl), as far as a service can tell. */
export interface HttpCall {
  url: string;
  method: 'GET' | 'POST';
  body?: string;
  /** For the whole exchange, as curl counts. */
  timeoutMs: number;
  tls?: TlsSettings;
}

/** `Plugin.Action_ssl_cafile` and `Plugin.Action_ssl_allow_self_signed`. */
export interface TlsSettings {
  ca?: string | Buffer;
  allowSelfSigned?: boolean;
}

export interface HttpReply {
  status: number;
  body: Buffer;
}

/** There is no answer. The message says why, in a few words that fit into a sentence. */
export class HttpFailure extends Error {}

/** Above this size curl asks before it sends the body, and waits this long for "100 Continue". */
const EXPECT_BYTES = 1024 * 1024;
const CONTINUE_MS = 1000;

/**
 * Sends a request with the headers that MISP sends, in MISP's order (recorded in test/fixtures/triggers).
 * @throws HttpFailure
 */
export async function send(call: HttpCall): Promise<HttpReply> {
  const expects = Buffer.byteLength(call.body ?? '') > EXPECT_BYTES;
  const reply = await exchange(call, expects);
  // Who cannot do with "Expect" says 417; curl then repeats the request without it.
  return expects && reply.status === 417 ? exchange(call, false) : reply;
}

function exchange(call: HttpCall, expects: boolean): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const request = open(call, expects);
    let answering = false;
    const settle = (then: () => void) => {
      clearTimeout(limit);
      clearTimeout(patience);
      then();
      request.destroy();
    };
    const fail = (why: string) => settle(() => reject(new HttpFailure(why)));
    const limit = setTimeout(
      () => fail(`no answer to ${call.method} ${request.path} within ${call.timeoutMs / 1000} s`),
      call.timeoutMs,
    );
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The service may close its side while the body is still on its way: what it answered counts.
      if (!answering) fail(reasonOf(error));
    });
    request.on('response', (response) => {
      answering = true;
      clearTimeout(patience);
      read(response).then(
        (reply) => settle(() => resolve(reply)),
        (error: NodeJS.ErrnoException) => fail(reasonOf(error)),
      );
    });
    const sendBody = () => {
      clearTimeout(patience);
      if (!answering && !request.writableEnded) request.end(call.body);
    };
    const patience = expects ? setTimeout(sendBody, CONTINUE_MS) : undefined;
    request.on('continue', sendBody);
    if (expects) request.flushHeaders();
    else sendBody();
  });
}

/** The request with its headers. Node's own (`Connection`) are left out, as curl does. */
function open({ url, method, body, tls }: HttpCall, expects: boolean): ClientRequest {
  const target = parse(url);
  const request = (target.protocol === 'https:' ? https : http).request({
    hostname: target.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: target.port,
    path: target.pathname + target.search,
    method,
    agent: false,
    setHost: false,
    ca: tls?.ca,
    rejectUnauthorized: !tls?.allowSelfSigned,
  });
  request.setHeader('Host', target.host);
  if (target.username) request.setHeader('Authorization', basicAuth(target));
  request.setHeader('Accept', '*/*');
  request.setHeader('Accept-Encoding', 'deflate, gzip, br, zstd');
  if (body !== undefined) {
    request.setHeader('Content-Type', 'application/json');
    request.setHeader('Content-Length', Buffer.byteLength(body));
  }
  if (expects) request.setHeader('Expect', '100-continue');
  request.removeHeader('Connection');
  return request;
}

function parse(url: string): URL {
  try {
    const target = new URL(url);
    basicAuth(target);
    if (/^https?:$/.test(target.protocol)) return target;
  } catch {
    // said below
  }
  throw new HttpFailure('the URL of the service cannot be used');
}

/** The percent-encoded userinfo of the URL, as curl sends it. */
function basicAuth({ username, password }: URL): string {
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

async function read(response: IncomingMessage): Promise<HttpReply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = decode(Buffer.concat(chunks), response.headers['content-encoding'] ?? 'identity');
  return { status: response.statusCode ?? 0, body };
}

type Decoder = (body: Buffer) => Buffer;

const decoders: Record<string, Decoder | undefined> = {
  identity: (body) => body,
  gzip: (body) => zlib.gunzipSync(body),
  deflate: (body) => zlib.inflateSync(body),
  br: (body) => zlib.brotliDecompressSync(body),
  // Only newer versions of Node.js know it.
  zstd: (zlib as { zstdDecompressSync?: Decoder }).zstdDecompressSync,
};

function decode(body: Buffer, encoding: string): Buffer {
  const decoder = decoders[encoding.trim().toLowerCase()];
  if (!decoder) throw new HttpFailure(`an answer in the encoding ${encoding}`);
  return body.length === 0 ? body : decoder(body);
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error instanceof HttpFailure) return error.message;
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'connection closed without an answer';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'host name unknown';
    default:
      return error.code ?? error.message;
  }
}
