// Looks through the built site: each link, picture and script leads to a file of the site, or is a link that a reader
// follows to somewhere else. Nothing is loaded from elsewhere.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const site = path.dirname(fileURLToPath(import.meta.url));
const dist = path.resolve(process.argv[2] ?? path.join(site, '.vitepress/dist'));
const base = process.env.DOCS_BASE ?? '/node-red-misp/';

const files = readdirSync(dist, { recursive: true }).map((file) => file.replaceAll(path.sep, '/'));
const read = (file) => readFileSync(path.join(dist, file), 'utf8');
const plain = (text) => text.replaceAll('&amp;', '&');
const pages = files.filter((file) => file.endsWith('.html'));
const anchors = new Map(
  pages.map((page) => [
    page,
    new Set([...read(page).matchAll(/\sid="([^"]*)"/g)].map(([, id]) => plain(id))),
  ]),
);

const problems = [
  ...pages.flatMap(inPage),
  ...files.filter((file) => file.endsWith('.css')).flatMap(inStyle),
];
for (const problem of problems) console.error(problem);
console.log(`${pages.length} pages of the site, ${problems.length} problems`);
process.exitCode = problems.length > 0 || pages.length === 0 ? 1 : 0;

function inPage(page) {
  const tags = [...read(page).matchAll(/<([a-z]+)\s[^>]*?\b(href|src|srcset|data)="([^"]*)"/g)];
  return tags.flatMap(([, tag, , value]) => {
    const problem = problemOf(page, tag, plain(value));
    return problem ? [`${page}: <${tag}> ${value}: ${problem}`] : [];
  });
}

function problemOf(page, tag, target) {
  if (tag === 'a' && /^(https:|mailto:)/.test(target)) return undefined;
  if (target.startsWith('data:') && tag !== 'a') return undefined;
  const { origin, pathname, hash } = new URL(target, `https://site.invalid${base}${page}`);
  if (origin !== 'https://site.invalid') return 'is loaded from elsewhere, or leads there without https';
  if (!pathname.startsWith(base)) return 'leads out of the site';
  const file = decodeURI(pathname.slice(base.length)).replace(/(^|\/)$/, '$1index.html');
  if (!existsSync(path.join(dist, file))) return 'no such file';
  if (hash === '' || tag !== 'a') return undefined;
  return anchors.get(file)?.has(decodeURIComponent(hash.slice(1))) ? undefined : 'no such heading';
}

function inStyle(file) {
  const named = read(file).matchAll(/(?:url\(|@import\s+)["']?((?:https?:)?\/\/[^"')\s]+)/g);
  return [...named].map(([, target]) => `${file}: ${target}: is loaded from elsewhere`);
}
