// Translates src/, nodes/ and bin/ into dist/, file by file. `npm run typecheck` looks at the types, which takes longer.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';

/** @param root the folder of the package */
export function compile(root) {
  const dist = path.join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const sources = ['src', 'nodes', 'bin']
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true }).map((file) => path.join(folder, file)),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.editor.ts'));
  buildSync({
    absWorkingDir: root,
    entryPoints: sources,
    outdir: dist,
    outbase: root,
    format: 'cjs',
    platform: 'node',
    tsconfig: path.join(root, 'tsconfig.json'),
    // The package stays small, and an error still names a line.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 200,
  });
  for (const source of sources) copyData(root, source);
}

/** JSON that a file imports stands where the translated file looks for it. */
function copyData(root, source) {
  const text = readFileSync(path.join(root, source), 'utf8');
  for (const [, name] of text.matchAll(/^import (?!type ).* from '(\.[^']*\.json)'/gm)) {
    const file = path.join(path.dirname(source), name);
    mkdirSync(path.dirname(path.join(root, 'dist', file)), { recursive: true });
    cpSync(path.join(root, file), path.join(root, 'dist', file));
  }
}
