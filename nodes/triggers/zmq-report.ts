import type { Gap } from '../../src/zmq/gap';
import type { Subscription, SubscriptionState } from '../../src/zmq/subscription';
import type { NodeContext } from '../adaptor';
import type { Fields } from '../definition';
import { QuietLog } from '../quiet-log';

/** Pause between two lines that count losses, in milliseconds. */
const PAUSE_MS = 10_000;

/** How long a first connection may take before the log says so, in milliseconds. */
const PATIENCE_MS = 3000;

/** What a source of ZeroMQ messages tells its operator: the status under the node, and lines in the log. */
export class ZmqReport {
  private readonly log: QuietLog;
  private state: SubscriptionState;
  private told = 0;
  private timer: NodeJS.Timeout | undefined;
  private patience: NodeJS.Timeout | undefined;

  constructor(
    private readonly context: Pick<NodeContext<Fields>, 'node' | 'text' | 'status' | 'explain'>,
    private readonly subscription: Subscription,
    private readonly settings: { address: string; silence: number },
  ) {
    const { node, text } = context;
    this.log = new QuietLog((line, more) => node.warn(more > 0 ? text('log.more', { line, more }) : line));
    this.state = subscription.state;
    this.told = this.lost;
    subscription.on('state', (state) => this.enter(state));
    subscription.on('losses', () => this.losses());
    subscription.on('unreadable', (error) => this.log.tell('unreadable', context.explain(error).message));
    this.show();
  }

  close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.patience);
    this.log.close();
  }

  gap({ reason, from, to, lost }: Gap): void {
    if (reason === 'overflow' && lost > 0) return; // counted with all other losses
    this.tell(`gap.${reason}`, { seconds: Math.max(1, Math.round((to - from) / 1000)) });
  }

  private enter(state: SubscriptionState): void {
    const before = this.state;
    this.state = state;
    this.show();
    if (state === 'silent') this.tell('silent', { seconds: this.settings.silence });
    else if (state === 'wrongLogin' || state === 'notPublisher') this.tell(state);
    else if (state === 'unreachable' && before === 'connecting') this.tellLater();
    else if (state === 'unreachable') this.tell('disconnected');
  }

  /** At the start of Node-RED, MISP's publisher may start at the same time. */
  private tellLater(): void {
    this.patience = setTimeout(() => {
      if (this.state === 'unreachable') this.tell('unreachable');
    }, PATIENCE_MS);
    this.patience.unref();
  }

  /** All losses so far: at once, and then every ten seconds if there were more. */
  private losses(): void {
    this.show();
    if (this.timer || this.lost === this.told) return;
    this.told = this.lost;
    const { dropped, tooLarge, unreadable } = this.subscription.losses;
    this.context.node.warn(this.context.text('log.losses', { dropped, tooLarge, unreadable }));
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.losses();
    }, PAUSE_MS);
    this.timer.unref();
  }

  private tell(key: string, params: Record<string, string | number> = {}): void {
    const { address } = this.settings;
    this.log.tell(key, this.context.text(`log.${key}`, { address, ...params }));
  }

  private get lost(): number {
    const { dropped, tooLarge, unreadable } = this.subscription.losses;
    return dropped + tooLarge + unreadable;
  }

  private show(): void {
    const { status } = this.context;
    const { state, lost } = this;
    if (state === 'connecting') status('connecting', 'grey', 'ring');
    else if (state === 'silent') status('silent', 'yellow', 'ring');
    else if (state === 'unreachable') status('unreachable', 'red', 'ring');
    else if (state === 'wrongLogin') status('wrongLogin', 'red', 'ring');
    else if (state === 'notPublisher') status('notPublisher', 'red', 'ring');
    else if (lost > 0) status('lost', 'yellow', 'dot', { lost: String(lost) });
    else status('connected', 'green', 'dot');
  }
}
