import type { FromThread, Question, ThreadStart, ToThread } from '../protocol';
import type { StoredRun, StoreLimits } from '../store';
import { RunTable, RUN_SCHEMA } from './run-table';
import { Vault } from './vault';

/** The runs in their folder. */
export class Keeper {
  private readonly vault: Vault<RunTable>;
  private limits: StoreLimits;

  constructor({ folder, limits, pace }: ThreadStart, tell: (message: FromThread) => void) {
    this.limits = limits;
    this.vault = new Vault<RunTable>(
      {
        ...{ folder, name: 'runs.sqlite', schema: RUN_SCHEMA, pace },
        words: {
          full: 'store.full',
          notWritten: 'store.notWritten',
          closed: 'store.closed',
          network: 'store.network',
          damaged: 'store.damaged',
          inUse: 'store.inUse',
        },
        load: (file) => new RunTable(file, this.limits),
        tidy: (table) => table.tidy(Date.now()),
      },
      tell,
    );
  }

  /** Opens the store, and goes on trying. */
  begin(): Promise<void> {
    return this.vault.begin();
  }

  take({ limits }: Extract<ToThread, { do: 'limits' }>): void {
    this.limits = limits;
    try {
      this.vault.using((table) => table.setLimits(limits));
    } catch {
      // It is not open: it opens with them.
    }
    this.vault.tidy();
  }

  /** @throws why it cannot be done */
  answer(question: Question): unknown {
    if (question.do === 'record') return this.record(question.runs);
    if (question.do === 'forget') return this.forget(question.which);
    return this.vault.using((table) =>
      question.do === 'list' ? table.list(question.search) : table.get(question.run),
    );
  }

  close(): void {
    this.vault.close();
  }

  private record(runs: readonly StoredRun[]): void {
    this.vault.write((table) => {
      table.record(runs);
      table.prune(Date.now());
    });
  }

  private forget(which: { run: string } | 'all'): number {
    const { vault } = this;
    if (which !== 'all') return vault.inReserve(() => vault.using((table) => table.forget(which.run)));
    const { total } = vault.using((table) => table.list({ most: 0 }));
    vault.replace();
    return total;
  }
}
