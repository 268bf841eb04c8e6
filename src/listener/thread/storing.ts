import { randomUUID } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import { wallClock } from '../../clock';
import type { EntryAnswer, QueueEntry } from '../../queue/queue';
import { kindOf, type ModuleOf } from '../kinds';
import type { Answers } from './answers';
import { withoutCopy } from './body';
import type { Arrived } from './waiting';

/** A request that is being kept. */
interface Coming extends Arrived {
  module: ModuleOf<'action'>;
  isSent: boolean;
}

/** Has requests kept before MISP is told that they were accepted; their flows get them from where they are kept. */
export class Storing {
  private entrance: MessagePort | undefined;
  private readonly coming = new Map<string, Coming>();
  /** No other thread has ever given the same keys. */
  private readonly prefix = randomUUID();

  constructor(private readonly answers: Answers) {}

  /** Takes the place of an entrance that is of no use any more. */
  connect(entrance: MessagePort): void {
    this.entrance = entrance;
    entrance.on('message', (answer: EntryAnswer) => this.onAnswer(answer));
    entrance.on('close', () => {
      if (this.entrance === entrance) this.entrance = undefined;
    });
    const sent = [...this.coming].filter(([, { isSent }]) => isSent).map(([key]) => key);
    if (sent.length > 0) this.send({ enter: 'recall', keys: sent });
    for (const [key, coming] of this.coming) if (!coming.isSent) this.put(key, coming);
  }

  /** What was kept and not yet told to MISP runs, marked, as after a death. */
  close(): void {
    this.entrance?.close();
  }

  /** Whether the flow of a request gets it from where it is kept. */
  concerns({ query: { module } }: Arrived): boolean {
    return module?.kind === 'action' && module.kept !== undefined;
  }

  take(arrived: Arrived): void {
    const key = `${this.prefix} ${arrived.query.id}`;
    const coming = { ...arrived, module: arrived.query.module as ModuleOf<'action'>, isSent: false };
    this.coming.set(key, coming);
    if (this.entrance) this.put(key, coming);
  }

  private put(key: string, coming: Coming): void {
    const { query, scan, module } = coming;
    if (query.answered) return void this.coming.delete(key);
    coming.isSent = true;
    const body = withoutCopy(query.body.content, scan);
    query.body.discard();
    const { suspicious, keyed } = scan;
    const notes = { flattenedCut: scan.flattened !== undefined, suspicious, keyed };
    const { inOrder = false, withoutSecrets } = module.kept ?? {};
    const receivedAt = Math.round(wallClock(query.receivedAt));
    const asked = { module: module.name, caller: query.caller, receivedAt, notes };
    this.send({ enter: 'put', key, ...asked, body, inOrder, withoutSecrets }, [body.buffer]);
  }

  private onAnswer(answer: EntryAnswer): void {
    const accepted: string[] = [];
    for (const key of answer.keys) {
      const coming = this.coming.get(key);
      this.coming.delete(key);
      if (answer.entry === 'kept') {
        if (coming && this.accept(coming)) accepted.push(key);
        else this.send({ enter: 'withdraw', key });
      } else if (coming) this.answers.unkept(coming.query, answer.problem);
    }
    if (accepted.length > 0) this.send({ enter: 'confirm', keys: accepted });
  }

  /** @returns false if MISP was refused meanwhile; if it hung up the request is there all the same */
  private accept({ query, module }: Coming): boolean {
    if (query.answered && !query.isAbandoned) return false;
    query.answer(kindOf(module).reply({ outcome: 'allow', cause: 'accepted' }));
    this.answers.release(query);
    return true;
  }

  private send(entry: QueueEntry, transfer: ArrayBuffer[] = []): void {
    this.entrance?.postMessage(entry, transfer);
  }
}
