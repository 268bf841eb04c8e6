// Changes a list without end, until it is killed. Each list has one number in all its lines.
import path from 'node:path';
import { createRequire } from 'node:module';

const [, , folder, entries] = process.argv;
const require = createRequire(import.meta.url);
const { KeptList } = require(path.resolve(import.meta.dirname, '../../dist/src/block-list/kept-list.js'));

const guard = { shrinkPercent: 100, mayBeEmpty: true, most: 1e6 };
const settings = { name: 'fw', format: 'plain', holds: 'all', subdomains: false, never: [], days: 0, guard };
const list = new KeptList({ ...settings, snapshots: 3, folder });
const at = Math.floor(Date.now() / 1000);
for (let round = Date.now(); ; round++) {
  const put = new Map();
  for (let index = 0; index < Number(entries); index++)
    put.set(`=n${index}`, { at, values: [`n${index}.v${round}.example`] });
  await list.change({ whole: true, put, drop: new Set() });
  process.send?.(round);
}
