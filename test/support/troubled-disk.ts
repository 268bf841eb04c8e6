import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { smallDisk, type SmallDisk } from './small-disk';

export type DiskTrouble = 'full' | 'read-only';

const MEGABYTES = 300;
const BLOCK = Buffer.alloc(256 * 1024);

/** A disk that is full, or cannot be written to, when a test wants it. */
export class TroubledDisk {
  private constructor(private readonly disk: SmallDisk) {}

  /** @returns nothing where mounting is not allowed */
  static on(folder: string): TroubledDisk | undefined {
    const disk = smallDisk(MEGABYTES, folder);
    return disk && new TroubledDisk(disk);
  }

  /** Read-only it becomes only while no process has files open for writing. */
  begin(trouble: DiskTrouble): void {
    if (trouble === 'full') this.fill();
    else this.remount('ro');
  }

  end(trouble: DiskTrouble): void {
    if (trouble === 'full') rmSync(this.filler, { force: true });
    else this.remount('rw');
  }

  remove(): void {
    this.disk.remove();
  }

  private get filler(): string {
    return path.join(this.disk.folder, 'filler');
  }

  /** To the last byte. */
  private fill(): void {
    const descriptor = openSync(this.filler, 'w');
    try {
      while (writeSync(descriptor, BLOCK) > 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(descriptor);
    }
  }

  private remount(how: 'ro' | 'rw'): void {
    execFileSync('mount', ['-o', `remount,${how}`, this.disk.folder]);
  }
}
