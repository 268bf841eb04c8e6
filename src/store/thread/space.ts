import {
  closeSync,
  ftruncateSync,
  fsyncSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
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
  constructor(
    private readonly file: string,
    private readonly bytes: number,
  ) {}

  /** @throws when there is no room for it; nothing of it is left then */
  keep(): void {
    if (statSync(this.file, { throwIfNoEntry: false })?.size === this.bytes) return;
    const descriptor = openSync(this.file, 'w', 0o600);
    try {
      for (let left = this.bytes; left > 0;)
        left -= writeSync(descriptor, BLOCK, 0, Math.min(left, BLOCK.length));
      fsyncSync(descriptor);
    } catch (error) {
      ftruncateSync(descriptor);
      throw error;
    } finally {
      closeSync(descriptor);
    }
  }

  giveUp(): void {
    rmSync(this.file, { force: true });
  }
}
