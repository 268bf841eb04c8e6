// Empties the demo's user folder: the next `npm start` begins with the demo flow again.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../.demo');
rmSync(folder, { recursive: true, force: true });
console.log('The demo starts afresh next time.');
