import type { MessagePort } from 'node:worker_threads';
import type { QueueEntry, QueueLimits, TakenRequest } from '../../queue/queue';
import { saidBy, text, WorkflowError, type Said } from '../../text';
import type { Fate, FromQueueThread, QueueQuestion, QueueStart, ToQueueThread } from '../queue-protocol';
import { Entrances, refuse } from './entrances';
import { KeptRequests, type Kept } from './kept-requests';
import { prepared } from './queue-body';
import { packed, QUEUE_SCHEMA, QueueTable, unpacked, type RequestRow } from './queue-table';
import { Turns } from './turns';
import { Vault } from './vault';

const DAY_MS = 24 * 60 * 60 * 1000;
/** What has ended is deleted with what is written next; this long later at the latest, in milliseconds. */
const DELETE_MS = 30;
/** So long after the last request the file is given back to the disk, in milliseconds. */
const IDLE_MS = 5000;
/** How often it is told that something has changed, in milliseconds. */
const TELL_MS = 300;
/**
 * So many attempts before it is put aside are made when nothing else waits, with no other one like it under way: it would
 * be put aside for what another one did. More than one: the process may have been killed by anything.
 */
const SUSPECT_ATTEMPTS = 2;

type Put = QueueEntry & { enter: 'put' };

/** Accepted requests in their folder: what is written, for whom, and whose turn it is. */
export class QueueKeeper {
  private readonly vault: Vault<QueueTable>;
  private readonly turns = new Turns<Kept>();
  private readonly requests: KeptRequests;
  private readonly entrances = new Entrances({
    onEntry: (source, port, entry) => this.onEntry(source, port, entry),
    onClosed: (port) => this.onEntranceClosed(port),
  });
  /** What has come in since the last writing. */
  private puts: { put: Put; source: string; port: MessagePort }[] = [];
  private readonly inHand: ReadonlySet<number>;
  private limits: QueueLimits;
  private isOpen = false;
  /** Nothing comes in, but what waits has its turn: when it has ended there is room. */
  private isFull = false;
  private isScheduled = false;
  private deleting: NodeJS.Timeout | undefined;
  private idle: NodeJS.Timeout | undefined;
  private telling: NodeJS.Timeout | undefined;

  constructor(
    { folder, limits, pace, inHand }: QueueStart,
    private readonly tell: (message: FromQueueThread, transfer?: ArrayBuffer[]) => void,
  ) {
    this.limits = limits;
    this.inHand = new Set(inHand);
    this.requests = new KeptRequests(inHand);
    this.vault = new Vault<QueueTable>(
      {
        ...{ folder, name: 'queue.sqlite', schema: QUEUE_SCHEMA, pace },
        words: {
          full: 'queue.full',
          notWritten: 'queue.notWritten',
          closed: 'queue.closed',
          network: 'queue.network',
          damaged: 'queue.damaged',
          inUse: 'queue.inUse',
        },
        load: (file) => {
          const table = new QueueTable(file);
          this.load(table.all());
          return table;
        },
        tidy: (table) => this.tidy(table),
        works: () => {
          this.isOpen = true;
          this.isFull = false;
          this.flushSoon();
        },
      },
      (message) => {
        if (message.told === 'state' && message.state.state === 'failed')
          this.onFailure(message.state.problem);
        this.tell(message);
      },
    );
  }

  begin(): Promise<void> {
    return this.vault.begin();
  }

  take(message: Exclude<ToQueueThread, { do: 'ask' | 'close' }>): void {
    switch (message.do) {
      case 'limits':
        this.limits = message.limits;
        return this.vault.tidy();
      case 'entrance':
        return this.entrances.open(message.source, message.port);
      case 'places':
        this.turns.setPlaces(message.source, message.places);
        return this.flushSoon();
      case 'open':
        this.turns.open(message.source, message.module);
        return this.flushSoon();
      case 'pause':
        return this.turns.pause(message.source, message.module);
      case 'fates':
        for (const { fate, id } of message.fates) this.onFate(fate, id);
        return;
      case 'share':
        // There is nobody else.
        return;
    }
  }

  answer(question: QueueQuestion): unknown {
    if (question.do === 'overview') return this.requests.overview(this.turns.stranded);
    const { which } = question;
    const wanted = [...this.requests].filter(
      ({ id, state }) => state === 'aside' && (which === 'all' || id === which.id),
    );
    for (const kept of wanted) {
      if (question.do === 'forget') this.drop(kept);
      else this.restart(kept);
    }
    // Whoever asked is told when it is on disk.
    if (wanted.length > 0) this.vault.inReserve(() => this.vault.using((table) => this.write(table)));
    this.flushSoon();
    return wanted.length;
  }

  /** What waits at the entrances is still heard: MISP may have been refused. */
  close(): void {
    clearTimeout(this.deleting);
    this.entrances.drain();
    this.refusePuts(text('queue.closed'));
    for (const kept of this.requests) {
      if (kept.running === 0) continue;
      // What was quiet had its time; what was not begins again, and that is no death.
      if (kept.isQuiet) this.drop(kept);
      else this.requests.changeRunning(kept, 0);
    }
    try {
      this.vault.using((table) => this.write(table));
    } catch {
      // It begins again, as after a death.
    }
    this.entrances.close();
    this.vault.close();
  }

  /** Whoever was there is gone: what came in runs. */
  private onEntranceClosed(port: MessagePort): void {
    for (const kept of this.requests) {
      if (kept.entrance === port && kept.state === 'entering') this.confirm(kept);
    }
    this.puts = this.puts.filter((put) => put.port !== port);
    this.flushSoon();
  }

  private onEntry(source: string, port: MessagePort, entry: QueueEntry): void {
    if (entry.enter === 'put') this.onPut(source, port, entry);
    else if (entry.enter === 'withdraw') this.withdraw(entry.key);
    else if (entry.enter === 'recall') this.recall(port, entry.keys);
    else {
      for (const key of entry.keys) {
        const kept = this.requests.find(key);
        if (kept?.state === 'entering') this.confirm(kept);
      }
      this.flushSoon();
    }
  }

  private onPut(source: string, port: MessagePort, put: Put): void {
    const { problem } = this.vault;
    if (problem !== undefined) return refuse(port, put.key, problem);
    this.puts.push({ put, source, port });
    this.flushSoon();
  }

  private withdraw(key: string): void {
    this.puts = this.puts.filter(({ put }) => put.key !== key);
    const kept = this.requests.find(key);
    if (kept?.state === 'entering') this.drop(kept);
  }

  private recall(port: MessagePort, keys: readonly string[]): void {
    const known = keys.filter((key) => this.requests.find(key));
    for (const key of known) this.requests.find(key)!.entrance = port;
    if (known.length > 0) port.postMessage({ entry: 'kept', keys: known });
    for (const key of keys) if (!this.requests.find(key)) refuse(port, key, text('queue.closed'));
  }

  private onFate(fate: Fate, id: number): void {
    const kept = this.requests.get(id);
    if (kept?.state !== 'running') return;
    if (fate === 'quiet') {
      if (!kept.isQuiet) this.turns.free(kept);
      kept.isQuiet = true;
    } else if (fate === 'again') {
      if (kept.isQuiet) this.turns.add(kept);
      else this.turns.back(kept);
      kept.state = 'waiting';
      this.requests.changeRunning(kept, 0);
    } else if (fate === 'done') this.drop(kept);
    else this.putAside(kept, 'unreadable');
    this.flushSoon();
  }

  private confirm(kept: Kept): void {
    kept.entrance = undefined;
    kept.state = 'waiting';
    this.turns.add(kept);
  }

  private putAside(kept: Kept, reason: 'died' | 'unreadable' | 'old'): void {
    this.leaveTurns(kept);
    Object.assign(kept, { reason, asideAt: Date.now(), state: 'aside', body: undefined });
    this.requests.changeRunning(kept, 0);
    this.tellSoon();
  }

  private restart(kept: Kept): void {
    Object.assign(kept, { reason: '', asideAt: 0, deaths: 0, isSuspect: false, state: 'waiting' });
    this.requests.change(kept);
    this.turns.add(kept);
    this.tellSoon();
  }

  /** It is not wanted any more. */
  private drop(kept: Kept): void {
    this.leaveTurns(kept);
    this.requests.drop(kept);
    this.deleting ??= setTimeout(() => {
      this.deleting = undefined;
      this.flush(true);
    }, DELETE_MS);
    if (kept.state === 'aside') this.tellSoon();
  }

  private leaveTurns(kept: Kept): void {
    if (kept.state === 'running' && !kept.isQuiet) this.turns.free(kept);
    else if (kept.state === 'waiting') this.turns.remove(kept);
  }

  private flushSoon(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.flush();
    });
  }

  /**
   * Writes all that came together, and gives out what has a place.
   * @param isDue what has ended does not wait any longer for what is written next
   */
  private flush(isDue = false): void {
    if (!this.isOpen && !this.isFull) return;
    this.enterPuts();
    const begun = this.begun();
    const { entering, isChanged, isLeaving } = this.requests;
    try {
      if (entering.length > 0 || isChanged || (isDue && isLeaving)) this.writeOut();
    } catch (error) {
      return this.onUnwritten(begun, saidBy(error));
    }
    this.answerKept(entering);
    for (const { kept } of begun) this.give(kept);
    this.idleSoon();
  }

  private writeOut(): void {
    const write = (table: QueueTable) => this.write(table);
    if (this.isOpen) return this.vault.write(write);
    try {
      this.vault.writeInReserve(write);
    } catch (error) {
      // Not even that, until the vault has looked again.
      this.isFull = false;
      throw error;
    }
  }

  private write(table: QueueTable): void {
    this.requests.write(table);
    clearTimeout(this.deleting);
    this.deleting = undefined;
  }

  /** Those whose turn it is; `isNew`: that they are under way is yet to be written. */
  private begun(): { kept: Kept; isNew: boolean }[] {
    const begun: { kept: Kept; isNew: boolean }[] = [];
    for (let kept = this.turns.next(); kept; kept = this.turns.next()) {
      const isNew = !kept.marked;
      if (isNew) {
        kept.attempts++;
        this.requests.changeRunning(kept, 1);
      }
      kept.state = 'running';
      begun.push({ kept, isNew });
    }
    return begun;
  }

  private enterPuts(): void {
    const { puts } = this;
    this.puts = [];
    for (const { put, source, port } of puts) {
      try {
        this.enter(put, source, port);
      } catch (error) {
        refuse(port, put.key, saidBy(error));
      }
    }
  }

  private enter(put: Put, source: string, port: MessagePort): void {
    const { body, event } = prepared(put);
    this.makeRoomFor(body.length);
    const { key, module, caller, receivedAt, notes } = put;
    const isNext = this.turns.isFree(source, module, this.requests.entering.length);
    this.requests.enter({
      ...{ key, source, module, caller, receivedAt, notes: packed(notes), event },
      ...{ size: body.length, attempts: isNext ? 1 : 0, deaths: 0, running: isNext ? 1 : 0, reason: '' },
      ...{ asideAt: 0, isSuspect: false, state: 'entering', marked: isNext, isQuiet: false },
      ...{ body, entrance: port },
    });
  }

  /** @throws {WorkflowError} if there is no room; what was put aside first gives way to what comes */
  private makeRoomFor(size: number): void {
    const { requests, bytes } = this.limits;
    const isFull = () => this.requests.size >= requests || this.requests.bytes + size > bytes;
    if (!isFull()) return;
    let dropped = 0;
    for (const kept of this.requests) {
      if (!isFull()) break;
      if (kept.state !== 'aside') continue;
      this.drop(kept);
      dropped++;
    }
    if (dropped > 0) this.tell({ told: 'notice', notice: text('queue.asideDropped', { count: dropped }) });
    if (isFull())
      throw new WorkflowError('queue.tooMany', {
        count: this.requests.size,
        megabytes: megabytes(this.requests.bytes),
      });
  }

  private answerKept(entered: readonly Kept[]): void {
    const byPort = new Map<MessagePort, string[]>();
    for (const { entrance, key } of entered) {
      if (!entrance) continue;
      const keys = byPort.get(entrance);
      if (keys) keys.push(key);
      else byPort.set(entrance, [key]);
    }
    for (const [port, keys] of byPort) port.postMessage({ entry: 'kept', keys });
  }

  /** What came in is refused. What was marked before has its turn all the same. */
  private onUnwritten(begun: { kept: Kept; isNew: boolean }[], problem: Said): void {
    for (const { entrance, key } of this.requests.turnAway()) if (entrance) refuse(entrance, key, problem);
    for (const { kept, isNew } of begun) {
      if (!isNew) this.give(kept);
      else {
        kept.attempts--;
        kept.state = 'waiting';
        this.turns.back(kept);
        this.requests.changeRunning(kept, 0);
      }
    }
  }

  /** It is tried again by the vault. */
  private onFailure(problem: Said): void {
    this.isOpen = false;
    this.isFull = this.vault.isFull;
    this.refusePuts(problem);
    if (this.isFull) this.flushSoon();
  }

  private refusePuts(problem: Said): void {
    for (const { put, port } of this.puts) refuse(port, put.key, problem);
    this.puts = [];
  }

  private give(kept: Kept): void {
    const body = kept.body ?? this.bodyOf(kept);
    kept.body = undefined;
    if (!body) return this.putAside(kept, 'unreadable');
    const { id, source, module, caller, receivedAt, notes, attempts } = kept;
    const request: TakenRequest = {
      ...{ id, source, module, caller, receivedAt, notes: unpacked(notes), attempt: attempts, body },
    };
    this.tell({ told: 'taken', request }, [body.buffer]);
  }

  private bodyOf({ id, size }: Kept): Uint8Array<ArrayBuffer> | undefined {
    try {
      return this.vault.using((table) => table.body(id, size));
    } catch {
      return undefined;
    }
  }

  /** The file was opened, perhaps again. */
  private load(rows: RequestRow[]): void {
    const ids = new Set(rows.map(({ id }) => id));
    const entering = new Set(this.requests.entering);
    const lost = [...this.requests].filter(
      (kept) => kept.state !== 'running' && !ids.has(kept.id) && !entering.has(kept),
    );
    for (const kept of lost) {
      this.leaveTurns(kept);
      this.requests.lose(kept);
    }
    if (lost.length > 0) this.tell({ told: 'notice', notice: text('queue.lost', { count: lost.length }) });
    for (const row of rows) this.recover(row);
    this.tellSoon();
  }

  /** One of before: MISP may not have been told, and a flow may have had it. */
  private recover(row: RequestRow): void {
    const isInHand = this.inHand.has(row.id);
    const hasDied = row.running === 1 && !isInHand;
    const deaths = row.deaths + (hasDied ? 1 : 0);
    const { attempts: most } = this.limits;
    const state = row.reason !== '' ? 'aside' : isInHand ? 'running' : 'waiting';
    const kept = this.requests.recover(row, {
      ...{ deaths, attempts: Math.max(1, row.attempts), running: isInHand ? 1 : 0, state },
      ...{ isSuspect: deaths > 0 && deaths >= most - SUSPECT_ATTEMPTS, marked: isInHand, isQuiet: false },
    });
    if (!kept) return;
    if (hasDied) this.requests.change(kept);
    if (state === 'running') this.turns.resume(kept);
    else if (state === 'waiting') this.turns.add(kept);
    if (state === 'waiting' && hasDied && deaths >= most) this.putAside(kept, 'died');
  }

  private tidy(table: QueueTable): void {
    const before = Date.now() - this.limits.days * DAY_MS;
    let dropped = 0;
    for (const kept of this.requests) {
      if (kept.state === 'waiting' && kept.receivedAt < before) this.putAside(kept, 'old');
      else if (kept.state === 'aside' && kept.asideAt < before) {
        this.drop(kept);
        dropped++;
      }
    }
    if (dropped > 0) this.tell({ told: 'notice', notice: text('queue.asideOld', { count: dropped }) });
    if (this.requests.isChanged || this.requests.isLeaving) this.write(table);
    if (this.requests.size === 0 && table.slack > 0) table.shrink();
    else if (this.vault.isFull) table.giveBack();
  }

  private idleSoon(): void {
    clearTimeout(this.idle);
    if (this.requests.size > 0) return;
    this.idle = setTimeout(() => {
      if (this.requests.size === 0) this.vault.tidy();
    }, IDLE_MS).unref();
  }

  private tellSoon(): void {
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      this.tell({ told: 'changed' });
    }, TELL_MS).unref();
  }
}

const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
