import http from 'node:http';
import { API_KEY } from '../../../sandbox/misp/server';

export interface RestReply {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  body: Record<string, unknown>;
}

/** Calls the stand-in; with the site admin's key unless other headers are given. */
export function rest(
  base: string,
  method: string,
  target: string,
  headers: Record<string, string> = { Accept: 'application/json', Authorization: API_KEY },
  body?: string,
): Promise<RestReply> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${base}${target}`, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = /^application\/json/.test(response.headers['content-type'] ?? '');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
