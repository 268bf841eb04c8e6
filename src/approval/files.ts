import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { saveFile } from '../saved-file';
import { approvalIn, isId, type Approval } from './approval';

const SECRET = /^[\da-f]{64}$/;

/** What keeps requests, and what their links are signed with. */
export interface KeepsApprovals {
  /** All that is kept. What cannot be read is left out: nothing passes by it. */
  read(): Approval[];
  save(approval: Approval): void;
  remove(id: string): void;
  /** What links are signed with; made when it is needed first. */
  secret(): string;
}

export const isSecret = (text: string): boolean => SECRET.test(text);
export const newSecret = (): string => randomBytes(32).toString('hex');

/** Requests in a folder, a file each, that only their owner can read. What is saved is on the disk. */
export class ApprovalFiles implements KeepsApprovals {
  constructor(private readonly folder: string) {}

  read(): Approval[] {
    return this.names().flatMap((name) => {
      const approval = approvalIn(this.text(name) ?? '');
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

  /** @throws what the file system says */
  secret(): string {
    const known = this.text('secret')?.trim() ?? '';
    if (isSecret(known)) return known;
    const made = newSecret();
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    saveFile(path.join(this.folder, 'secret'), made);
    return made;
  }

  private names(): string[] {
    try {
      return readdirSync(this.folder).filter((name) => name.endsWith('.json') && isId(name.slice(0, -5)));
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
