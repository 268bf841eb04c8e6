import type { NodeAPI } from 'node-red';
import { KeptMessages } from '../../src/replay/kept-messages';
import { mispOf, type Message } from '../../src/runs/message';
import type { TrackedNode } from '../../src/runs/reception';
import { runtimeOf } from '../runtime';
import type { RecordingState } from './api';

/** How long is waited for runs whose data is to be kept, in milliseconds. */
const WAIT_MS = 10 * 60_000;
const HOOK = 'preDeliver.misp-recording';

interface SendEvent {
  msg: Message;
  source: { node: TrackedNode; port: number };
  destination: { node: TrackedNode };
}

interface Hooks {
  add(id: string, callback: (event: SendEvent) => void): void;
  remove(id: string): void;
}

/**
 * Keeps the data of messages between nodes for the next runs, when somebody asks for it, for ten minutes at most. While
 * nobody does it costs nothing.
 */
export class Recording {
  readonly messages = new KeptMessages();
  private left = 0;
  private until = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly RED: NodeAPI) {}

  get state(): RecordingState {
    return { runs: this.left, until: this.until };
  }

  /** Keeps the data of so many runs that begin from now on; with 0 of none. */
  record(runs: number): void {
    const { hooks } = this.RED as unknown as { hooks: Hooks };
    hooks.remove(HOOK);
    clearTimeout(this.timer);
    this.left = runs;
    this.until = runs > 0 ? Date.now() + WAIT_MS : 0;
    if (runs === 0) return;
    hooks.add(HOOK, (event) => this.look(event));
    this.timer = setTimeout(() => this.record(0), WAIT_MS).unref();
  }

  /** The data of a message that goes to a node; whatever happens here, the message goes on. */
  private look({ msg, source, destination }: SendEvent): void {
    const run = runtimeOf(this.RED).tracker.receptionOf(msg)?.run.id;
    if (run === undefined) return;
    if (!this.messages.has(run) && !this.begin(run, source.node)) return;
    const where = { from: idOf(source.node), port: source.port, to: idOf(destination.node), at: Date.now() };
    this.messages.keep(run, where, msg.payload, String(mispOf(msg).trigger));
  }

  /** A run that was under way before is not kept: half of it would be missing. */
  private begin(run: string, { type }: TrackedNode): boolean {
    if (this.left === 0 || type !== 'misp-trigger') return false;
    this.left--;
    this.messages.begin(run);
    return true;
  }
}

const idOf = ({ id, _alias }: TrackedNode) => _alias ?? id;
