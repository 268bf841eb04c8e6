/** What happens to the messages of one run, by Node-RED's own hooks and the journal. */
import type { Operation } from '../../../src/actions/plan';
import type { Entry } from '../../../src/runs/journal';
import type { Runtime } from '../../../nodes/runtime';

interface Message {
  misp?: { module?: string };
  isBackground?: boolean;
}
interface Event {
  msg: Message;
  source: { id: string; node: { type: string } };
  destination: { id: string; node?: { type: string } };
}
interface Hooks {
  add(id: string, callback: (event: never) => void): void;
  remove(id: string): void;
}

export interface Seen {
  /** Nodes that got a message, but for those behind a concurrent task. */
  received: string[];
  /** Nodes that a concurrent task handed a message to. */
  handedOff: string[];
  /** What was done in MISP. */
  did: Operation[];
  /** Nodes that failed, but for those at which a loop was stopped. */
  failed: string[];
  /** Who decided about MISP's answer. */
  cause?: string;
}

const LABEL = 'conformance';

export class Watch {
  private readonly hooks: Hooks;
  private readonly detach: () => void;
  private module = '';
  private seen: Seen = empty();
  private run: string | undefined;
  private finish: () => void = () => undefined;
  private done: Promise<void> = Promise.resolve();

  constructor(RED: object) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the package as it was built
    const { runtimeOf } = require('../../../dist/nodes/runtime.js') as {
      runtimeOf: (RED: object) => Runtime;
    };
    this.hooks = (RED as { hooks: Hooks }).hooks;
    this.detach = runtimeOf(RED).journal.attach((entry) => this.note(entry));
    this.hooks.add(`onSend.${LABEL}`, (events: Event[]) => {
      for (const { msg, source, destination } of events) {
        if (!this.isOurs(msg) || source.node.type !== 'misp-concurrent') continue;
        if (!msg.isBackground) this.seen.handedOff.push(destination.id);
      }
      for (const { msg, source } of events)
        if (this.isOurs(msg) && source.node.type === 'misp-concurrent') msg.isBackground = true;
    });
    this.hooks.add(`onReceive.${LABEL}`, ({ msg, destination }: Event) => {
      if (this.isOurs(msg) && !msg.isBackground) this.seen.received.push(destination.id);
    });
  }

  close(): void {
    this.detach();
    for (const hook of ['onSend', 'onReceive']) this.hooks.remove(`${hook}.${LABEL}`);
  }

  begin(module: string): void {
    this.module = module;
    this.seen = empty();
    this.run = undefined;
    this.done = new Promise((resolve) => (this.finish = resolve));
  }

  async ended(): Promise<Seen> {
    await Promise.race([this.done, new Promise((resolve) => setTimeout(resolve, 15_000).unref())]);
    return this.seen;
  }

  private isOurs({ misp }: Message): boolean {
    return misp?.module === this.module;
  }

  private note(entry: Entry): void {
    if (entry.what === 'received' && entry.module === this.module) this.run = entry.run;
    if (entry.run !== this.run) return;
    if (entry.what === 'did') this.seen.did.push(...entry.operations.map(({ operation }) => operation));
    if (entry.what === 'failed' && entry.node && !/^A loop:/.test(entry.problem))
      this.seen.failed.push(entry.node.id);
    if (entry.what === 'answered') this.seen.cause = entry.verdict.cause;
    if (entry.what === 'ended') this.finish();
  }
}

const empty = (): Seen => ({ received: [], handedOff: [], did: [], failed: [] });
