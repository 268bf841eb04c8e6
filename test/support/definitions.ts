import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Description } from '../../nodes/definition';
import { root } from './node-red';

export interface Definition {
  type: string;
  description: Description;
  /** Compiled file without its ending, in dist/. */
  built: string;
  /** Source file without its ending. */
  source: string;
  /** The node's texts as the editor gets them. */
  texts: Record<string, never>;
  html: string;
}

interface Package {
  'node-red': { nodes: Record<string, string>; plugins: Record<string, string> };
}

export const pkg = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Package & {
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
};

/** All node types of the package, as they were built. */
export const definitions: Definition[] = Object.entries(pkg['node-red'].nodes).map(([type, file]) => {
  const built = path.join(root, file.replace(/\.js$/, ''));
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the built file, as Node-RED loads it
  const { description } = (require(built) as { default: { description: Description } }).default;
  const texts = path.join(path.dirname(built), 'locales/en-US', `${type}.json`);
  return {
    type,
    description,
    built,
    source: path.join(root, file.replace(/^dist\//, '').replace(/\.js$/, '')),
    texts: (JSON.parse(readFileSync(texts, 'utf8')) as Record<string, Record<string, never>>)[type],
    html: readFileSync(`${built}.html`, 'utf8'),
  };
});
