/** A real Node-RED with the built package, and a stand-in MISP whose calls are seen: workflows run there. */
import { API_KEY, startStandInMisp, type StandInMisp } from '../../../sandbox/misp/server';
import { freePort, listening, query } from '../../support/misp';
import { deploy, startNodeRed } from '../../support/node-red';
import { recordCalls, sendJson, type RecordedCall, type Recorder } from '../../support/recorder';
import type { JsonObject } from '../vectors';
import { Environment } from './environment';
import { STUB, type Prepared } from './prepare';
import { Watch, type Seen } from './watch';

/** What a stub of an action module answers, and what it was asked. */
export type Stub = (node: string, data: unknown) => { success: boolean; errors: string[] } | 'crash';

export class Laboratory {
  /** What the stub answers in the run that is going on. */
  stub: Stub = () => ({ success: true, errors: [] });

  private readonly environments = new Map<string, Environment>();
  /** Of the run that is going on. */
  private environment: Environment | undefined;

  private constructor(
    private readonly nodeRed: Awaited<ReturnType<typeof startNodeRed>>,
    private readonly misp: StandInMisp,
    private readonly recorder: Recorder,
    private readonly port: number,
    private readonly watch: Watch,
  ) {
    recorder.answer = (call, response) =>
      this.answerStub(call, response) || this.environment?.answer(call, response) === true;
  }

  static async open(): Promise<Laboratory> {
    const nodeRed = await startNodeRed();
    const misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: 1 },
      events: [],
    });
    const watch = new Watch(nodeRed.RED);
    return new Laboratory(nodeRed, misp, await recordCalls(misp.url), await freePort(), watch);
  }

  async close(): Promise<void> {
    this.watch.close();
    await this.nodeRed.stop();
    this.recorder.close();
    for (const environment of this.environments.values()) await environment.close();
    await this.misp.close();
  }

  /** All flows at once. */
  async deploy(all: readonly Prepared[]): Promise<void> {
    const listener = {
      id: 'listener',
      type: 'misp-listener',
      host: '127.0.0.1',
      port: this.port,
      authentication: true,
    };
    const server = { id: 'misp', type: 'misp-server', url: this.recorder.url, timeout: 10, verify: true };
    for (const { nodes, vector } of all) {
      const { id } = await this.environmentOf(vector.input.env);
      for (const node of nodes) if (node.type === 'misp-enrich') node.service = id;
    }
    const services = [...this.environments.values()].map(({ node }) => node);
    const flows = all.flatMap(({ nodes }) => nodes);
    await deploy(this.nodeRed.RED, [listener, server, ...services, ...flows], {
      listener: { user: 'misp', password: 'secret' },
      misp: { apiKey: API_KEY },
    });
    await listening(this.port);
  }

  /** MISP's question to a flow; its answer, and what was seen until nothing of the run was under way any more. */
  async run({ module, data, vector }: Prepared): Promise<Seen & { answer: { error?: string } }> {
    this.store(data);
    this.environment = await this.environmentOf(vector.input.env);
    this.watch.begin(module);
    const { json } = await query(this.port, module, data);
    return { ...(await this.watch.ended()), answer: json };
  }

  /** Vectors with the same environment have it together. */
  private async environmentOf(env: unknown): Promise<Environment> {
    const key = JSON.stringify(env ?? null);
    const known = this.environments.get(key);
    if (known) return known;
    const made = await Environment.open(`modules-${this.environments.size}`, env);
    this.environments.set(key, made);
    return made;
  }

  /** MISP has the event that the question is about, whatever an earlier run made of it. */
  private store(data: JsonObject): void {
    const event = withTextIds(data?.Event) as JsonObject | undefined;
    this.misp.events.clear();
    if (!event || typeof event.id !== 'string') return;
    delete event._AttributeFlattened;
    const full = { Attribute: [], Object: [], Tag: [], ShadowAttribute: [], ...event } as never;
    this.misp.events.set(event.id, full);
    for (const name of tagsIn(event)) this.misp.tags.make(name);
  }

  private answerStub({ path: url, body }: RecordedCall, response: Parameters<typeof sendJson>[0]): boolean {
    if (!url.endsWith(`/moduleStatelessExecution/${STUB}`)) return false;
    const { input_data, module_indexed_param } = body as {
      input_data: string;
      module_indexed_param: { node: string };
    };
    const answer = this.stub(module_indexed_param.node, JSON.parse(input_data));
    if (answer === 'crash') return sendJson(response, { message: 'An Internal Error Has Occurred.' }, 500);
    return sendJson(response, answer);
  }
}

/** MISP stores ids as texts, also where the vectors' data has numbers. */
function withTextIds(value: unknown): unknown {
  const isId = (name: string) => /^(?:\w+_)?id$/.test(name);
  return JSON.parse(JSON.stringify(value ?? null), (name, item: unknown) =>
    typeof item === 'number' && isId(name) ? String(item) : item,
  );
}

/** The names of all tags, wherever they stand. */
function tagsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(tagsIn);
  const { Tag, ...rest } = value as { Tag?: { name?: string }[] };
  const own = Array.isArray(Tag) ? Tag.flatMap(({ name }) => name ?? []) : [];
  return [...own, ...Object.values(rest).flatMap(tagsIn)];
}
