import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import english from '../../locales/en-US/misp-adhoc-run.json';

/** Nothing of the page comes from elsewhere or stands in its markup, and no other page shows it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>MISP</title>
<link rel="stylesheet" href="ad-hoc-runs/page.css">
<script src="ad-hoc-runs/page.js" defer></script>
</head>
<body><main id="misp-ad-hoc"></main></body>
</html>
`;

interface Response {
  set(headers: Record<string, string>): Response;
  type(type: string): Response;
  json(answer: unknown): void;
  send(body: string): void;
  redirect(where: string): void;
}

/**
 * The page on which people run flows without the editor. It holds nothing but its script and texts, as the editor's own
 * page does: all that it shows it asks for, with the token of whoever logged in.
 */
export function serveAdHocPage(RED: NodeAPI): void {
  const at = '/misp-workflows/ad-hoc-runs';
  const get = (where: string, answer: (response: Response, asked: { originalUrl: string }) => void) =>
    RED.httpAdmin.get(where, (request, response) => {
      const found = response as unknown as Response;
      answer(found.set(HEADERS), request);
    });
  get(at, (response, { originalUrl }) => {
    // Its links are relative.
    if (/\/(?:\?|$)/.test(originalUrl)) return response.redirect('../ad-hoc-runs');
    response.type('html').send(PAGE);
  });
  get(`${at}/page.js`, (response) => response.type('js').send(resource('ad-hoc-runs.js')));
  get(`${at}/page.css`, (response) => response.type('css').send(resource('ad-hoc-runs.css')));
  get(`${at}/texts`, (response) =>
    response.json({ language: language(RED), texts: textsOf(RED, english.page, 'page') }),
  );
}

const resource = (name: string) => readFileSync(path.join(__dirname, '../../../resources', name), 'utf8');

const language = (RED: NodeAPI) => RED._('@misp-flows/node-red-misp/misp-editor:misp-editor.language');

interface Texts {
  [key: string]: string | Texts;
}

/** The texts in the language of Node-RED, with their places still to be filled in. */
function textsOf(RED: NodeAPI, texts: Texts, key: string): Texts {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const full = `${key}.${name}`;
      return [name, typeof text === 'string' ? translated(RED, full, text) : textsOf(RED, text, full)];
    }),
  );
}

function translated(RED: NodeAPI, key: string, text: string): string {
  const places = [...text.matchAll(/__(\w+?)__/g)].map(([whole, name]) => [name, whole] as const);
  return RED._(`@misp-flows/node-red-misp/misp-adhoc-run:misp-adhoc-run.${key}`, Object.fromEntries(places));
}
