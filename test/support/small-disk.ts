import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface SmallDisk {
  folder: string;
  free(): number;
  remove(): void;
}

/** Mounts a small disk in memory, on a folder of its own or on one given; undefined where that is not allowed. */
export function smallDisk(megabytes: number, where?: string): SmallDisk | undefined {
  const folder = where ?? mkdtempSync(path.join(tmpdir(), 'misp-disk-'));
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return {
    folder,
    free: () => Number(statfsSync(folder).bavail) * Number(statfsSync(folder).bsize),
    remove() {
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
