// Says which links and pictures of the documentation lead nowhere: of the files that are named, or else of all pages.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { docsPages, helpPages, read, REPOSITORY, root, TOP } from './docs-pages.mjs';
import { anchorsOf, linksOf } from './markdown.mjs';

const named = process.argv.slice(2);
const pages = named.length > 0 ? named : [...TOP, ...docsPages(), ...helpPages().map(({ file }) => file)];
const problems = pages.flatMap((page) => {
  const text = read(page);
  return linksOf(text).flatMap((target) => {
    const problem = problemOf(page, text, target);
    return problem ? [`${page}: ${target}: ${problem}`] : [];
  });
});
for (const problem of problems) console.error(problem);
console.log(`${pages.length} pages, ${problems.length} links that lead nowhere`);
process.exitCode = problems.length > 0 ? 1 : 0;

function problemOf(page, text, target) {
  // The help in the editor links to the pages in the repository.
  const ours = target.startsWith(`${REPOSITORY}/blob/main/`);
  if (!ours && /^(https:|mailto:)/.test(target)) return undefined;
  if (!ours && /^([a-z][a-z+.-]*:|\/)/i.test(target)) return 'is neither https nor relative';
  const [place, anchor] = (ours ? target.slice(`${REPOSITORY}/blob/main/`.length) : target).split('#');
  const file = place === '' ? page : path.join(ours ? '' : path.dirname(page), decodeURI(place));
  if (file.startsWith('..')) return 'leads out of the repository';
  if (!existsSync(path.resolve(root, file))) return 'no such file';
  if (anchor === undefined) return undefined;
  const there = anchorsOf(place === '' ? text : read(file));
  return there.includes(decodeURI(anchor)) ? undefined : 'no such heading';
}
