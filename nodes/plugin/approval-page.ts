import { readFileSync } from 'node:fs';
import path from 'node:path';
import { spoken } from '../../src/text';

type Handler = (request: { path: string }, response: Response) => void;

interface Response {
  set(headers: Record<string, string>): void;
  send(content: string): void;
  redirect(address: string): void;
}

/** An application of Express, as far as it is used. */
export interface App {
  get(path: string, handler: Handler): void;
  post(path: string, ...handlers: unknown[]): void;
}

/** The page loads nothing from elsewhere, and talks to nobody but its own server. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const FILES = [
  ['approval.js', 'text/javascript; charset=utf-8'],
  ['approval.css', 'text/css; charset=utf-8'],
] as const;

const RESOURCES = path.resolve(__dirname, '../../../resources');

/** The page, its parts and its words: the same for everybody, and nothing of an event. */
export function servePage(app: App, place: string): void {
  app.get(place, ({ path: asked }, response) => {
    // Its parts are named from here.
    if (!asked.endsWith('/')) return response.redirect(`${place.split('/').at(-1)}/`);
    give(response, 'text/html; charset=utf-8', read('approval.html'));
  });
  for (const [file, type] of FILES)
    app.get(`${place}/${file}`, (_request, response) => give(response, type, read(file)));
  app.get(`${place}/texts.json`, (_request, response) => {
    const texts = Object.entries(spoken()).filter(([key]) => key.startsWith('approvalPage.'));
    give(response, 'application/json; charset=utf-8', JSON.stringify(Object.fromEntries(texts)));
  });
}

const read = (file: string) => readFileSync(path.join(RESOURCES, file), 'utf8');

function give(response: Response, type: string, content: string): void {
  response.set({
    'Content-Type': type,
    'Cache-Control': 'no-store',
    'Content-Security-Policy': POLICY,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  });
  response.send(content);
}
