import http from 'node:http';

/** What a caller of the listener sees. */
export interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  json: { data?: unknown; error?: string } & Record<string, unknown>;
  ms: number;
}

export interface CallOptions {
  port: number;
  /** The address to call from. */
  host?: string;
  path?: string;
  method?: string;
  user?: string;
  password?: string;
  headers?: Record<string, string>;
  agent?: http.Agent;
}

/** Sends a request as MISP does; without `user` none are given. */
export function call(body: Buffer | string | object | undefined, options: CallOptions): Promise<Reply> {
  const {
    port,
    host = '127.0.0.1',
    path = '/query',
    method = 'POST',
    user = 'misp',
    password = 'secret',
  } = options;
  const payload =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        localAddress: host,
        port,
        path,
        method,
        agent: options.agent,
        headers: {
          Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
          ...(payload === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(payload === undefined ? {} : { 'Content-Length': Buffer.byteLength(payload) }),
          ...options.headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const ms = performance.now() - started;
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: json(text),
            ms,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(payload);
  });
}

function json(text: string): Reply['json'] {
  try {
    return JSON.parse(text) as Reply['json'];
  } catch {
    return {};
  }
}

/** `POST /query` for a module. */
export function query(port: number, module: string, data: unknown, params: object = {}): Promise<Reply> {
  return call({ module, data, params }, { port });
}

/** `GET` of a path. */
export function get(port: number, path: string, options: Partial<CallOptions> = {}): Promise<Reply> {
  return call(undefined, { port, path, method: 'GET', ...options });
}

/** A free port of this machine. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = http.createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A small event with tags on the event. */
export function event(tags: string[], more: object = {}): object {
  return {
    Event: {
      id: '1',
      uuid: '091b3ba9-7144-478d-ae4b-aa4b734b2703',
      info: 'A test event',
      published: false,
      Tag: tags.map((name, index) => ({ id: String(index + 1), name, local: false })),
      Attribute: [],
      _AttributeFlattened: [],
      ...more,
    },
  };
}

/** Waits until the listener answers. */
export async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    try {
      await get(port, '/healthcheck');
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error(`Nothing listens on port ${port}`);
}
