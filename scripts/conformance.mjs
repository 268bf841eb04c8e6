/** The code against a folder of MISP's answers; see test/conformance/main.ts. */
import { register } from 'tsx/cjs/api';
import { createRequire } from 'node:module';

register();
const { main } = createRequire(import.meta.url)('../test/conformance/main.ts');
process.exitCode = main(process.argv.slice(2));
