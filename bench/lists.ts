import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fetchDuringUpdates } from '../test/support/list-load';

/**
 * `npm run soak:lists`: a list of 200,000 entries is changed 1,000 times while 50 clients fetch it. Fails on a list that is
 * not what its ETag says. Numbers behind it are updates, entries and clients.
 */
async function main([updates = 1000, entries = 200_000, clients = 50]: number[]): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'misp-lists-'));
  try {
    const result = await fetchDuringUpdates({ folder, entries, updates, clients, changing: 100 });
    const { wrong, unknown, whole, unchanged, lists, middle, longest } = result;
    console.log(`${updates} updates of ${entries} entries, ${clients} clients:`);
    console.log(`${whole} whole lists (${lists} different), ${unchanged} unchanged, ${wrong.length} wrong`);
    console.log(`an update: ${middle.toFixed(0)} ms in the middle, ${longest.toFixed(0)} ms at most`);
    for (const what of [...wrong, ...unknown].slice(0, 10)) console.log(what);
    assert.deepEqual([wrong.length, unknown.length], [0, 0]);
    assert.ok(middle < 1000, 'an update takes less than a second');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2).map(Number)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
