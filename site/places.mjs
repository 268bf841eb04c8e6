// Where the pages of the repository stand in the site.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { docsPages, examples, helpPages, REPOSITORY, root } from '../scripts/docs-pages.mjs';
import { slug } from '../scripts/markdown.mjs';

const BLOB = `${REPOSITORY}/blob/main/`;
const OF_ONE = {
  'README.md': 'index.md',
  'SECURITY.md': 'security.md',
  'CONTRIBUTING.md': 'contributing.md',
  'CHANGELOG.md': 'changelog.md',
  'docs/index.md': 'all-pages.md',
};

/** Of each page in the repository the one in the site. */
export const PLACES = new Map([
  ...docsPages().map((file) => [file, path.basename(file)]),
  ...helpPages().map(({ type, file }) => [file, `nodes/${type}.md`]),
  ...examples().map(({ name, file }) => [file, `gallery/${slug(name)}.md`]),
  ...Object.entries(OF_ONE),
]);

/** Pictures stand beside the pages, as in `docs`. */
const IMAGES = 'docs/images/';

/**
 * @param page a page in the repository
 * @param target of a link or picture on it
 * @returns the same target on the page of the site
 */
export function targetInSite(page, target) {
  const isOurs = target.startsWith(BLOB);
  if (!isOurs && /^([a-z]+:|#)/.test(target)) return target;
  const [place, anchor] = (isOurs ? target.slice(BLOB.length) : target).split('#');
  const file = path.posix.join(isOurs ? '.' : path.posix.dirname(page), decodeURI(place));
  if (!existsSync(path.join(root, file))) throw new Error(`${page}: ${target}: no such file`);
  const there = PLACES.get(file) ?? (file.startsWith(IMAGES) ? file.slice('docs/'.length) : undefined);
  const from = path.posix.dirname(PLACES.get(page));
  const found = there ? `./${path.posix.relative(from, there)}` : `${BLOB}${file}`;
  return anchor ? `${found}#${anchor}` : found;
}
