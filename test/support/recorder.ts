import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call that came by. */
export interface RecordedCall {
  method: string;
  path: string;
  body: unknown;
}

export interface Recorder {
  url: string;
  calls: RecordedCall[];
  /** Answers a call in MISP's place; what it does not answer goes on. */
  answer?: (call: RecordedCall, response: http.ServerResponse) => boolean;
  close(): void;
}

/** Stands between a node and its MISP, and writes down the calls. */
export async function recordCalls(target: string): Promise<Recorder> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const { method = '', url = '', headers } = request;
      const call = {
        method,
        path: url,
        body: body.length > 0 ? (JSON.parse(body.toString()) as unknown) : undefined,
      };
      recorder.calls.push(call);
      if (recorder.answer?.(call, response)) return;
      const onward = http.request(new URL(url, target), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const recorder: Recorder = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return recorder;
}

/** Sends JSON, as MISP does. */
export function sendJson(
  response: http.ServerResponse,
  body: unknown,
  status = 200,
  headers: object = {},
): true {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=UTF-8', ...headers });
  response.end(JSON.stringify(body));
  return true;
}
