import { EventEmitter } from 'node:events';
import { idOf, node, tab } from './flows';
import { type LogLine } from './log';
import { until } from './until';
import { deploy, startNodeRed } from './node-red';
import { startReceiver, type Receiver } from './receiver';

export interface SentMessage extends Record<string, unknown> {
  misp: {
    result: {
      dryRun: boolean;
      operations: { state: string; operation: Record<string, unknown>; answer?: unknown }[];
    };
    response?: { status: number; headers: Record<string, string>; body: unknown };
  };
}

/** A node that sends to somebody, in a real Node-RED, and all that is seen of it. */
export class SendingNodeTest {
  readonly sent: SentMessage[] = [];
  readonly errors: string[] = [];
  /** Everything that is logged, and every status. */
  readonly seen: string[] = [];

  private constructor(
    readonly nodeRed: Awaited<ReturnType<typeof startNodeRed>>,
    readonly receiver: Receiver,
  ) {}

  static async start(): Promise<SendingNodeTest> {
    const take = (message: SentMessage) => test.sent.push(message);
    const caught = (message: { error: { message: string } }) => test.errors.push(message.error.message);
    const nodeRed = await startNodeRed({ settings: { functionGlobalContext: { take, caught } } });
    const test = new SendingNodeTest(nodeRed, await startReceiver());
    const handler = new EventEmitter();
    handler.on('log', (line: LogLine) => test.seen.push(String(line.msg)));
    nodeRed.RED.log.addHandler(handler);
    nodeRed.RED.events.on('node-status', (status: object) => test.seen.push(JSON.stringify(status)));
    return test;
  }

  async stop(): Promise<void> {
    await this.nodeRed.stop();
    this.receiver.close();
  }

  /** Deploys a node of a type with something behind it, and somebody who catches its errors. */
  async deploy(type: string, settings: object, credentials: object): Promise<void> {
    await deploy(
      this.nodeRed.RED,
      [
        tab,
        node('tested', type, [['take']], { ...settings }),
        node('take', 'function', [[]], { func: "global.get('take')(msg);", outputs: 1 }),
        node('catch', 'catch', [['caught']], { scope: ['tested'] }),
        node('caught', 'function', [[]], { func: "global.get('caught')(msg);", outputs: 1 }),
      ],
      { [idOf('tested')]: credentials },
    );
    this.clear();
  }

  clear(): void {
    for (const list of [this.sent, this.errors, this.receiver.received]) list.length = 0;
  }

  /** Sends a message through the node, and waits until it has come out. */
  async send(message: object): Promise<SentMessage> {
    const before = this.sent.length;
    this.nodeRed.RED.nodes.getNode(idOf('tested'))?.receive(structuredClone(message));
    await until(() => this.sent.length > before, 8000);
    return this.sent[before];
  }

  /** Everything that somebody without the credentials can see. */
  async visible(): Promise<string> {
    const flows = await (await fetch(`${this.nodeRed.url}/admin/flows`)).text();
    return [...this.seen, ...this.errors, JSON.stringify(this.sent), flows].join('\n');
  }
}
