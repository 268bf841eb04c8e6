// The script in a node's HTML file: it registers the node from its definition, and brings the node's own editor code.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { registrationOf } from './node-registration.mjs';

/** How code for the editor is put together: nothing of it stands in the global scope of the page. */
export const BUNDLE = {
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  // Texts come with the catalogues of Node-RED: the editor needs keys only.
  loader: { '.css': 'text', '.json': 'empty' },
};

/**
 * @param data what the editor needs of the definition, as plain data
 * @param description the definition
 * @param source the node's source file, without its ending
 */
export function nodeScript(data, description, source) {
  const { editorFile, migrations = [] } = description;
  const near = `./${path.basename(source)}`;
  const code = [];
  let steps = JSON.stringify(migrations);
  if (migrations.some(({ apply }) => apply)) {
    // Functions cannot stand in data: the editor gets the module that the runtime has.
    if (!existsSync(`${source}.migrations.ts`))
      throw new Error(`${source}: a migration with a function belongs into ${near}.migrations.ts`);
    code.push(`import { migrations } from '${near}.migrations';`);
    steps = 'migrations';
  }
  const made = `RED.plugins.getPlugin('misp-workflows').register({ ...${JSON.stringify(data)}, migrations: ${steps} })`;
  code.push(registrationOf(description, made, data.colour));
  if (editorFile) code.push(`import '${near}.editor';`);
  const { outputFiles } = buildSync({
    ...BUNDLE,
    stdin: { contents: code.join('\n'), resolveDir: path.dirname(source), loader: 'ts' },
    write: false,
  });
  // The end of a script element, in a text of the code, would end it here.
  return outputFiles[0].text.replaceAll('</script', '<\\/script');
}
