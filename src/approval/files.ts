import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../event/values';
import { saveFile } from '../saved-file';
import type { Approval } from './approval';

const NAME = /^[\w-]{22}\.json$/;
const SECRET = /^[\da-f]{64}$/;

/** Requests in a folder, a file each, that only their owner can read. What is saved is on the disk. */
export class ApprovalFiles {
  constructor(private readonly folder: string) {}

  /** All that is kept. What cannot be read is left out: nothing passes by it. */
  read(): Approval[] {
    return this.names().flatMap((name) => {
      const approval = parsed(this.text(name));
      return approval && `${approval.id}.json` === name ? [approval] : [];
    });
  }

  /** @throws what the file system says; then the old one is kept */
  save(approval: Approval): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    saveFile(path.join(this.folder, `${approval.id}.json`), JSON.stringify(approval));
  }

  remove(id: string): void {
    rmSync(path.join(this.folder, `${id}.json`), { force: true });
  }

  /** What links are signed with; made when it is needed first. @throws what the file system says */
  secret(): string {
    const known = this.text('secret')?.trim() ?? '';
    if (SECRET.test(known)) return known;
    const made = randomBytes(32).toString('hex');
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    saveFile(path.join(this.folder, 'secret'), made);
    return made;
  }

  private names(): string[] {
    try {
      return readdirSync(this.folder).filter((name) => NAME.test(name));
    } catch {
      return [];
    }
  }

  private text(name: string): string | undefined {
    try {
      return readFileSync(path.join(this.folder, name), 'utf8');
    } catch {
      return undefined;
    }
  }
}

function parsed(text: string | undefined): Approval | undefined {
  try {
    const found: unknown = JSON.parse(text ?? '');
    if (!isRecord(found) || !isRecord(found.event)) return undefined;
    const texts = [found.id, found.node, found.state, found.digest, found.author, found.event.uuid];
    const isWhole = texts.every((one) => typeof one === 'string') && Number.isFinite(found.expires);
    return isWhole ? (found as unknown as Approval) : undefined;
  } catch {
    return undefined;
  }
}
