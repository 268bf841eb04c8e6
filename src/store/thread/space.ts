import {
  closeSync,
  fsyncSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';

/**
 * File systems that are on another machine, by the numbers that Linux has for them: locks and kept promises are not to
 * be relied on there.
 */
const NETWORK: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB',
  0x01021997: '9P',
  0x5346414f: 'AFS',
  0x6b414653: 'AFS',
  0x00c36400: 'Ceph',
  0x0bd00bd0: 'Lustre',
  0x73757245: 'Coda',
  0x7461636f: 'OCFS2',
  0x01161970: 'GFS2',
};

/** The name of a file system over the network, by its number. */
export function networkName(type: number): string | undefined {
  return NETWORK[type >>> 0];
}

/** What is known of the disk below a folder. */
export function diskOf(folder: string): { free: number; network?: string } {
  const { bavail, bsize, type } = statfsSync(folder);
  return { free: bavail * bsize, network: process.platform === 'linux' ? networkName(type) : undefined };
}

const BLOCK = Buffer.alloc(64 * 1024);

/** A file of a certain size that takes up room, to be given up when there is none left. */
export class Reserve {
  /** So much of it was given up, and is to be taken back. */
  private givenUp = 0;

  constructor(
    private readonly file: string,
    private readonly bytes: number,
  ) {}

  /** @throws when there is no room for all of it; it is as large as it was then */
  keep(): void {
    const { size } = this;
    try {
      this.growTo(this.bytes);
      this.givenUp = 0;
    } catch (error) {
      if (size > 0) truncateSync(this.file, size);
      else rmSync(this.file, { force: true });
      throw error;
    }
  }

  giveUp(): void {
    this.givenUp = Math.max(this.givenUp, this.size);
    rmSync(this.file, { force: true });
  }

  /** What was given up is taken back: all that there is room for, since a small one is better than none. */
  takeBack(): void {
    try {
      this.growTo(this.givenUp);
    } catch {
      // The rest when there is room.
    }
  }

  private get size(): number {
    return statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
  }

  private growTo(bytes: number): void {
    let left = bytes - this.size;
    if (left <= 0) return;
    const descriptor = openSync(this.file, 'a', 0o600);
    try {
      while (left > 0) left -= writeSync(descriptor, BLOCK, 0, Math.min(left, BLOCK.length));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}
