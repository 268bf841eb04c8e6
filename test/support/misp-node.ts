import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { idOf, node, tab } from './flows';
import { until } from './until';
import { deploy, startNodeRed, type FlowNode } from './node-red';
import { recordCalls, type Recorder } from './recorder';

export type TestMessage = Record<string, unknown>;

/** What came out of the node, and what a Catch node got. */
interface Caught {
  output: number;
  message: TestMessage;
}

export interface NodeSettings extends Record<string, unknown> {
  outputs?: number;
  /** Where the MISP is; the recorded stand-in unless told otherwise. */
  url?: string;
  key?: string;
  timeout?: number;
  /** Config nodes that it needs besides. */
  beside?: FlowNode[];
  /** Of those, and of the node itself. */
  secrets?: Record<string, object>;
  /** Settings of the node that are called as one of the above. */
  own?: Record<string, unknown>;
}

/** A node that works with a MISP, in a real Node-RED, before a stand-in MISP whose calls are recorded. */
export class MispNodeTest {
  readonly sent: Caught[] = [];
  readonly errors: string[] = [];

  private constructor(
    readonly nodeRed: Awaited<ReturnType<typeof startNodeRed>>,
    readonly misp: StandInMisp,
    readonly recorder: Recorder,
  ) {}

  static async start(): Promise<MispNodeTest> {
    const take = (output: number, message: TestMessage) => test.sent.push({ output, message });
    const caught = (message: TestMessage) => test.errors.push((message.error as { message: string }).message);
    const nodeRed = await startNodeRed({ settings: { functionGlobalContext: { take, caught } } });
    const misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    const test = new MispNodeTest(nodeRed, misp, await recordCalls(misp.url));
    return test;
  }

  async stop(): Promise<void> {
    await this.nodeRed.stop();
    this.recorder.close();
    await this.misp.close();
  }

  /** Deploys a node of a type, with something behind each output. */
  async deploy(type: string, settings: NodeSettings = {}): Promise<void> {
    const {
      outputs = 1,
      url = this.recorder.url,
      key = API_KEY,
      timeout = 2,
      beside = [],
      secrets,
      own,
      ...fields
    } = settings;
    const ports = Array.from({ length: outputs }, (_, index) => index);
    const takers = ports.map((port) =>
      node(`take${port}`, 'function', [[]], { func: `global.get('take')(${port}, msg);`, outputs: 1 }),
    );
    await deploy(
      this.nodeRed.RED,
      [
        tab,
        { id: 'misp', type: 'misp-server', url, timeout, verify: true },
        node(
          'tested',
          type,
          ports.map((port) => [`take${port}`]),
          { server: 'misp', ...fields, ...own },
        ),
        ...takers,
        ...beside,
        node('catch', 'catch', [['caught']], { scope: ['tested'] }),
        node('caught', 'function', [[]], { func: "global.get('caught')(msg);", outputs: 1 }),
      ],
      { misp: { apiKey: key }, ...secrets },
    );
    this.clear();
  }

  clear(): void {
    this.sent.length = 0;
    this.errors.length = 0;
    this.recorder.calls.length = 0;
    this.recorder.answer = undefined;
  }

  /** Sends a message to the node and waits for `count` messages from it. */
  async send(message: TestMessage, count = 1, ms = 5000): Promise<TestMessage[]> {
    this.receive(message);
    await until(() => this.sent.length >= count || this.errors.length > 0, ms);
    if (this.errors.length > 0) throw new Error(this.errors.join('\n'));
    return this.sent.map(({ message: sent }) => sent);
  }

  /** Sends a message that is to fail, and waits for the error that a Catch node gets. */
  async fail(message: TestMessage): Promise<string> {
    this.receive(message);
    await until(() => this.errors.length > 0, 5000);
    return this.errors[0];
  }

  receive(message: TestMessage): void {
    this.nodeRed.RED.nodes.getNode(idOf('tested'))?.receive(message);
  }

  /** Calls that were made, as `POST /path`. */
  get calls(): string[] {
    return this.recorder.calls.map(({ method, path }) => `${method} ${path}`);
  }
}
