// Which pages the documentation has.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const REPOSITORY = 'https://github.com/misp-flows/node-red-misp';

/** The pages at the root of the repository. */
export const TOP = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

export const read = (file) => readFileSync(path.resolve(root, file), 'utf8');

const markdownIn = (folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);

/** The pages of `docs`. */
export const docsPages = () => markdownIn('docs');

/** The help of the nodes: `{ type, file }`, in the order of the palette. */
export function helpPages() {
  const { nodes } = JSON.parse(read('package.json'))['node-red'];
  return Object.entries(nodes).map(([type, compiled]) => {
    const source = compiled.replace(/^dist\//, '').replace(/\.js$/, '');
    return { type, compiled, file: `${source}.md` };
  });
}

/** The examples of flows: `{ name, file }`. */
export const examples = () =>
  readdirSync(path.join(root, 'examples')).map((file) => ({
    name: path.basename(file, '.json'),
    file: `examples/${file}`,
  }));
