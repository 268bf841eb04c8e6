import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import type { MispEvent } from '../../sandbox/misp/model';
import { collectLog } from './log';
import { freePort, listening } from './misp';
import { deploy, root, startNodeRed, type FlowNode } from './node-red';

const folder = path.join(root, 'examples');

/** The names of all examples. */
export const exampleNames = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));

/** The nodes of an example, with changes by node type. */
export function example(name: string, changes: Record<string, object> = {}): FlowNode[] {
  const text = readFileSync(path.join(folder, `${name}.json`), 'utf8');
  return (JSON.parse(text) as FlowNode[]).map((node) => ({ ...node, ...changes[node.type] }));
}

/** An example in a real Node-RED, called by a stand-in MISP. */
export class ExampleTest {
  misp!: StandInMisp;

  private constructor(
    readonly nodeRed: Awaited<ReturnType<typeof startNodeRed>>,
    private readonly port: number,
  ) {}

  static async start(): Promise<ExampleTest> {
    return new ExampleTest(await startNodeRed(), await freePort());
  }

  async stop(): Promise<void> {
    await this.nodeRed.stop();
    await this.misp.close();
  }

  /**
   * Deploys an example, set up for a MISP that has these events.
   * @param changes settings by node type
   * @param secrets credentials of all nodes, beside those of listener and MISP
   */
  async deploy(
    name: string,
    events?: MispEvent[],
    changes: Record<string, object> = {},
    secrets: object = {},
  ) {
    await (this.misp as StandInMisp | undefined)?.close();
    const flow = example(name);
    const { trigger = 'event-publish', module } = (flow.find(({ type }) => type === 'misp-trigger') ??
      {}) as { trigger?: string; module?: string };
    this.misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:secret@127.0.0.1', port: this.port },
      workflows: module ? { [trigger]: { module } } : {},
      ...(events ? { events } : {}),
    });
    const place = { 'misp-listener': { port: this.port }, 'misp-server': { url: this.misp.url } };
    const set = example(name, { ...place, ...changes });
    const known = { user: 'misp', password: 'secret', apiKey: API_KEY, ...secrets };
    // A publisher of ZeroMQ that wants a login is not what the examples begin with.
    const withSecrets = set.filter(({ type }) => !type.startsWith('misp-zmq'));
    await deploy(this.nodeRed.RED, set, Object.fromEntries(withSecrets.map(({ id }) => [id, known])));
    if (set.some(({ type }) => type === 'misp-listener')) await listening(this.port);
  }

  /** What a node gets from now on. */
  inputs(id: string): Record<string, unknown>[] {
    const messages: Record<string, unknown>[] = [];
    const node = this.nodeRed.RED.nodes.getNode(id);
    if (!node) throw new Error(`There is no node ${id}`);
    node.on('input', (message: Record<string, unknown>) => messages.push(message));
    return messages;
  }

  /** Asks MISP to publish: whether it did, and what it wrote to its log. */
  async publish(id: string): Promise<{ published: boolean; log: string }> {
    await this.misp.publish(id);
    const log = this.misp.outcomes.at(-1)?.log.join('\n') ?? '';
    return { published: this.misp.event(id)?.published === true, log };
  }

  /** The tags of an event, or of one of its attributes; local ones are marked. */
  tags(id: string, value?: string): string[] {
    const event = this.misp.event(id);
    const tagged = value === undefined ? event : this.attribute(id, value);
    return (tagged?.Tag ?? []).map(({ name, local }) => (local ? `${name} (local)` : name)).sort();
  }

  attribute(id: string, value: string) {
    const event = this.misp.event(id);
    const all = [...(event?.Attribute ?? []), ...(event?.Object ?? []).flatMap((one) => one.Attribute)];
    return all.find((attribute) => attribute.value === value);
  }
}

/** What a suite has that drives examples, from its `before` and `beforeEach` on. */
export interface DrivenExamples {
  test: ExampleTest;
  log: ReturnType<typeof collectLog>;
}

/** One Node-RED for a suite; after each of its tests nothing may have been complained about. */
export function drivenExamples(): DrivenExamples {
  const suite = {} as DrivenExamples;
  before(async () => {
    suite.test = await ExampleTest.start();
  });
  after(() => suite.test.stop());
  beforeEach(() => {
    suite.log = collectLog(suite.test.nodeRed.RED);
  });
  afterEach(() => {
    suite.log.stop();
    assert.equal(suite.log.text(), '', 'nothing is complained about');
  });
  return suite;
}
