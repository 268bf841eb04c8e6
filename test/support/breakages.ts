import http, { type ServerResponse } from 'node:http';
import { API_KEY } from '../../sandbox/misp/server';
import type { RecordedCall } from './recorder';

/** How an answer can be broken; what MISP really says is given where it is only bent. */
export const BREAKAGES: Record<string, (response: ServerResponse, real: string) => void> = {
  'cut JSON': (response, real) => json(response, real.slice(0, Math.ceil(real.length / 2))),
  'the text Array': (response) => json(response, 'Array'),
  'a PHP notice in front': (response, real) =>
    json(response, `<pre class="cake-error">Notice (8)</pre>${real}`),
  null: (response) => json(response, 'null'),
  'an empty list': (response) => json(response, '[]'),
  false: (response) => json(response, 'false'),
  'saved: false': (response) => json(response, '{"saved":false}'),
  'another id': (response, real) => json(response, withOtherIds(real)),
  HTML: (response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Hello</h1>'),
  'a redirect': (response) => void response.writeHead(302, { Location: '/users/login' }).end(),
  nothing: (response) => void response.writeHead(204).end(),
  'cut after its headers': (response, real) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': real.length + 1000 });
    response.write(real.slice(0, 20), () => response.destroy());
  },
  'too many calls': (response) => {
    response.writeHead(429, { 'Content-Type': 'application/json', 'X-Rate-Limit-Reset': '540' });
    response.end('{"message":"Rate limit exceeded."}');
  },
  'a drip': (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(drip));
  },
};

function json(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=UTF-8' }).end(body);
}

/** The same, of another thing. */
export function withOtherIds(text: string): string {
  return text
    .replace(/"id":\s*"\d+"/g, '"id":"99999"')
    .replace(/"uuid":\s*"[\da-f-]{36}"/g, '"uuid":"ffffffff-ffff-4fff-8fff-ffffffffffff"')
    .replace(/"event_id":\s*"\d+"/g, '"event_id":"99999"');
}

/** What of a call says where it goes. */
export const routeOf = ({ method, path }: RecordedCall) =>
  `${method} ${path.split('/').slice(0, 3).join('/')}`;

/** What MISP says; it is not asked where the answer is lost altogether, so that nothing is done then. */
export async function realAnswer(
  url: string,
  { method, path, body }: RecordedCall,
  how: string,
): Promise<string> {
  if (how === 'too many calls') return '';
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: API_KEY,
      Accept: 'application/json',
      'Content-Type': 'application/json',
    };
    const request = http.request(new URL(path, url), { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
