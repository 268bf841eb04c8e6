import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/**
 * Writes a file so that it holds either the old text or the new one, whenever the machine stops. Only its owner
 * can read it.
 * @throws when it cannot be written
 */
export function saveFile(file: string, content: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.new`;
  const descriptor = openSync(draft, 'w', 0o600);
  try {
    // A full disk may take a part of it without an error.
    for (let rest = Buffer.from(content); rest.length > 0;) rest = rest.subarray(writeSync(descriptor, rest));
    fsyncSync(descriptor);
  } catch (error) {
    closeSync(descriptor);
    rmSync(draft, { force: true });
    throw error;
  }
  closeSync(descriptor);
  renameSync(draft, file);
  syncFolder(path.dirname(file));
}

/** After a power cut the file has the new name only if its folder is on the disk too. */
function syncFolder(folder: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
  } catch {
    // Windows has no such thing, and needs none.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
