import { EventEmitter } from 'node:events';
import { Connection, type Trouble } from './connection';
import type { Gap } from './gap';
import { Handover } from './handover';
import { readMessage, type ZmqMessage } from './message';
import type { QueueLimits } from './queue';
import { StallWatch, TICK_MS } from './stall-watch';
import { prefixesOf, topicOf } from './topics';
import type { Load } from './zeromq';

export interface SubscriptionSettings {
  /** `tcp://host:port` */
  address: string;
  topics: readonly string[];
  user?: string;
  password?: string;
  /** Silence that means trouble, in milliseconds; 0: silence is not watched, only the topics are transferred. */
  silenceMs: number;
  queue: QueueLimits;
  /** Larger messages are not read, in bytes. */
  messageBytes: number;
}

export type SubscriptionState = 'connecting' | 'connected' | 'silent' | Trouble;

/** What was not handed over, by cause. */
export interface Losses {
  /** The queue was full. */
  dropped: number;
  tooLarge: number;
  /** No JSON, no UTF-8, nested too deeply, or none of MISP's. */
  unreadable: number;
}

/** Who gets the messages. */
export interface Receiver {
  onMessage(message: ZmqMessage): void;
  onGap(gap: Gap): void;
}

interface Events {
  state: [state: SubscriptionState];
  /** At most once a second, when there are more. */
  losses: [losses: Losses];
  /** Each loss that is more than being dropped, with its error. */
  unreadable: [error: Error];
}

/** libzmq's ceiling in multiples of our limit: below, a message that is too large is counted, not cut off. */
const CEILING = 4;

const REPORT_MS = 1000;

/**
 * A subscription to MISP's ZeroMQ channel. Frames are read as they come, so that neither MISP's publisher nor
 * libzmq drops them unseen, into a queue of our own. From there the receiver gets one per turn of the event
 * loop. What does not fit is counted.
 */
export class Subscription extends EventEmitter<Events> {
  state: SubscriptionState = 'connecting';
  readonly losses: Losses = { dropped: 0, tooLarge: 0, unreadable: 0 };
  /** When MISP was last known to send, in milliseconds since 1970; 0: not yet. */
  lastSign: number;
  private readonly handover: Handover;
  private readonly topics: ReadonlySet<string>;
  private readonly connection: Connection;
  private readonly stalls = new StallWatch(Date.now());
  private readonly timer: NodeJS.Timeout;
  private reported = 0;
  private reportedAt = 0;

  /**
   * @param before an earlier subscription to the same publisher, closed: what waited there still comes, and
   * the time between is a gap
   * @throws {WorkflowError} if the package `zeromq` is missing or the address is none
   */
  constructor(
    private readonly settings: SubscriptionSettings,
    before?: Subscription,
    load?: Load,
  ) {
    super();
    const { address, user, password, topics, silenceMs, messageBytes } = settings;
    this.lastSign = before?.lastSign ?? 0;
    this.handover = before?.handover ?? new Handover(settings.queue);
    this.handover.resize(settings.queue);
    this.topics = new Set(topics);
    this.connection = new Connection(
      {
        address,
        user,
        password,
        prefixes: prefixesOf(topics, silenceMs > 0),
        messageCeiling: messageBytes * CEILING,
      },
      {
        onConnected: () => this.connected(),
        onDisconnected: (trouble) => this.enter(trouble),
        onFrame: (frame) => this.received(frame),
      },
      load,
    );
    this.timer = setInterval(() => this.tick(Date.now()), TICK_MS);
    this.timer.unref();
  }

  /** Frames and bytes that wait for the receiver. */
  get waiting(): { messages: number; bytes: number } {
    return this.handover.waiting;
  }

  /** Begins to hand over what waits and what comes. */
  attach(receiver: Receiver): void {
    this.handover.attach({
      onFrame: (frame) => this.read(frame, receiver),
      onGap: (gap) => receiver.onGap(gap),
    });
  }

  /** What comes from now on waits. */
  detach(): void {
    this.handover.attach(undefined);
  }

  close(): void {
    clearInterval(this.timer);
    this.detach();
    this.connection.close();
    this.removeAllListeners();
  }

  private connected(): void {
    const now = Date.now();
    if (this.lastSign > 0) {
      const reason = this.state === 'connecting' ? 'redeployed' : 'disconnected';
      this.handover.addGap({ reason, from: this.lastSign, to: now, lost: 0 });
    }
    this.lastSign = now;
    this.enter('connected');
  }

  private enter(state: SubscriptionState): void {
    if (state === this.state) return;
    this.state = state;
    this.emit('state', state);
  }

  private received(frame: Buffer): void {
    const now = Date.now();
    if (this.state === 'silent') {
      this.handover.addGap({ reason: 'silent', from: this.lastSign, to: now, lost: 0 });
      this.enter('connected');
    }
    // What is read later than the end of its connection does not shorten the gap.
    if (this.state === 'connected') this.lastSign = now;
    const stalled = this.stalls.read(() => this.connection.readable);
    if (stalled) this.handover.addGap({ reason: 'overflow', from: stalled, to: now, lost: 0 });
    const topic = topicOf(frame);
    if (topic !== undefined && !this.topics.has(topic)) return;
    if (frame.byteLength > this.settings.messageBytes) this.losses.tooLarge++;
    else if (!this.handover.add(frame, now)) this.losses.dropped++;
  }

  private read(frame: Buffer, receiver: Receiver): void {
    try {
      receiver.onMessage(readMessage(frame));
    } catch (error) {
      this.losses.unreadable++;
      this.emit('unreadable', error as Error);
    }
  }

  private tick(now: number): void {
    const awake = this.stalls.tick(now);
    const { silenceMs } = this.settings;
    // A process that was busy has not read yet what came meanwhile.
    if (awake && silenceMs > 0 && this.state === 'connected' && now - this.lastSign > silenceMs) {
      this.enter('silent');
    }
    const { dropped, tooLarge, unreadable } = this.losses;
    const all = dropped + tooLarge + unreadable;
    if (all === this.reported || now - this.reportedAt < REPORT_MS) return;
    this.reported = all;
    this.reportedAt = now;
    this.emit('losses', this.losses);
  }
}
