import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { root } from './node-red';

export interface RecordedRun {
  experiment: string;
  posts: { path: string; body: unknown }[];
}

/** What MISP posted of three runs of its own workflows: one blocked, one allowed, one whose service answered 500. */
export const DEBUG_RUNS = JSON.parse(
  readFileSync(path.join(root, 'test/fixtures/behaviour/debug-posts.json'), 'utf8'),
) as RecordedRun[];

/** The login of MISP's debug posts: user and password as its setting has them. */
export const debugLogin = (password: string): string =>
  `Basic ${Buffer.from(`misp:${password}`).toString('base64')}`;

/** Posts as MISP does: JSON under the type of a form, a connection for each. @returns the status */
export function postDebug(port: number, url: string, body: unknown, authorization: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = {
      ...{ Connection: 'close', 'User-Agent': 'CakePHP', Authorization: authorization },
      ...{ 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(text) },
    };
    const request = http.request({
      ...{ host: '127.0.0.1', port, method: 'POST', path: `/debug${url}`, headers },
    });
    request.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end(text);
  });
}
