import type { RetryBody, RetryHead } from '../../retry/entry';
import type { Catalogue } from '../../text';
import type { KeeperMessage, Pace } from '../protocol';
import type { RetryQuestion } from '../retry-protocol';
import type { Schema, SqliteFile } from './database';
import { Vault } from './vault';

/** What is sent is no affair of who reads the disk later: it is overwritten when it is deleted. */
const SCHEMA: Schema = {
  version: 1,
  newer: 'retry.newer',
  sync: 'full',
  overwrites: true,
  tables: 'CREATE TABLE entries (id TEXT PRIMARY KEY, head TEXT NOT NULL, body TEXT NOT NULL);',
};

/** What the thread begins with. */
export interface RetryStart {
  folder: string;
  messages: Catalogue;
  closed: SharedArrayBuffer;
  pace: Pace;
}

/** What is tried again, in its folder. */
export class RetryKeeper {
  private readonly vault: Vault<SqliteFile>;

  constructor({ folder, pace }: RetryStart, tell: (message: KeeperMessage) => void) {
    this.vault = new Vault<SqliteFile>(
      {
        ...{ folder, name: 'retry.sqlite', schema: SCHEMA, pace },
        words: {
          full: 'retry.full',
          notWritten: 'retry.notWritten',
          closed: 'retry.closed',
          network: 'retry.network',
          damaged: 'retry.damaged',
          inUse: 'retry.inUse',
        },
        load: (file) => file,
        tidy: (file) => {
          if (file.number('SELECT count(*) FROM entries') === 0) file.shrink();
        },
      },
      tell,
    );
  }

  begin(): Promise<void> {
    return this.vault.begin();
  }

  /** Nothing is told without being asked. */
  take(): void {
    return undefined;
  }

  /** @throws why it cannot be done */
  answer(question: RetryQuestion): unknown {
    switch (question.do) {
      case 'all':
        return this.vault.using((file) => file.all<{ head: string }>('SELECT head FROM entries')).map(headOf);
      case 'body':
        return this.vault.using((file) => bodyOf(file, question.of));
      case 'put':
        return this.put(question.head, question.body);
      case 'forget':
        return this.forget(question.ids);
    }
  }

  close(): void {
    this.vault.close();
  }

  /** That a try begins needs no room but that of the reserve: on a full disk too it must not be made twice. */
  private put(head: RetryHead, body: RetryBody | undefined): void {
    const { id } = head;
    const json = JSON.stringify(head);
    if (body)
      this.vault.write((file) =>
        file.run('REPLACE INTO entries VALUES (?, ?, ?)', id, json, JSON.stringify(body)),
      );
    else this.vault.writeInReserve((file) => file.run('UPDATE entries SET head = ? WHERE id = ?', json, id));
  }

  private forget(ids: readonly string[]): void {
    this.vault.inReserve(() =>
      this.vault.using((file) =>
        file.together(() => {
          for (const id of ids) file.run('DELETE FROM entries WHERE id = ?', id);
        }),
      ),
    );
  }
}

const headOf = ({ head }: { head: string }) => JSON.parse(head) as RetryHead;

function bodyOf(file: SqliteFile, id: string): RetryBody | undefined {
  const found = file.get<{ body: string }>('SELECT body FROM entries WHERE id = ?', id);
  return found && (JSON.parse(found.body) as RetryBody);
}
