import { EventEmitter } from 'node:events';
import type { Node, NodeAPI } from 'node-red';
import type { Actor } from '../src/audit/entry';
import type { Contact } from '../src/listener/contact';
import type { MispRequest } from '../src/listener/request';
import type { Alert } from '../src/alerts/alert';
import { ProofAnswers } from '../src/connect/proof-answers';
import { AskedLately } from '../src/echo/asked-lately';
import { WRITE_NEWS } from '../src/echo/news';
import { OwnQuestions } from '../src/echo/own-questions';
import { OwnWrites } from '../src/echo/own-writes';
import { RunCounts } from '../src/echo/run-counts';
import { RunningWorkflows } from '../src/echo/running';
import { History } from '../src/history/history';
import { RUNS_TOPIC } from '../src/history/record';
import { isOrdinary, runLine } from '../src/history/run-line';
import { actingNodes } from '../src/checks/acting';
import { graphOf } from '../src/checks/flow-graph';
import { actsOutside } from '../src/runs/acting';
import { CORE_TYPES } from '../src/runs/core-types';
import { reachOf, type Reach } from '../src/runs/reach';
import type { TrackedNode } from '../src/runs/reception';
import type { Message } from '../src/runs/message';
import { Journal } from '../src/runs/journal';
import type { Hooks } from '../src/runs/hooks';
import { RunTracker } from '../src/runs/tracker';
import { traitsOf, type NodeConfig } from '../src/runs/trust';
import { speakLanguage } from '../src/language';
import { AwayNews } from '../src/misp/away-news';
import { Exchange } from '../src/news/exchange';
import { words } from '../src/text';
import type { RequestText } from '../src/listener/open-query';
import type { KeptRequest, LastRequest } from '../src/triggers/last-request';
import { OwnCalls } from '../src/triggers/own-calls';
import { ourTypes } from './our-types';
import type { AdHocFlow } from './triggers/adhoc-flow';
import type { Rehearsal, RehearsalOptions } from './triggers/trigger-runs';
import { haltOf, type Halt, type RuntimeEvent } from './halt';
import { SetUpWatch } from './set-up-watch';

interface LogEvent {
  level: number;
  id?: string;
  type?: string;
  name?: string;
  msg: unknown;
}

/** What Node-RED says when it begins to stop nodes. */
interface StoppingEvent {
  type?: string;
  diff?: Record<'added' | 'changed' | 'removed' | 'rewired' | 'linked' | 'flowChanged', string[]> & {
    globalConfigChanged?: boolean;
  };
}

/** What Node-RED says when the flows run; a start that is no deploy has no `diff`. */
interface StartedEvent {
  config: { flows: unknown[] };
  diff?: object;
}

interface FlowEvents {
  stopping: [];
  starting: [];
  /** `empty`: Node-RED has started, and found no flow. */
  started: [empty: boolean];
  halted: [Halt];
}

/** A trigger that is deployed, for trying flows on what it got. */
export interface KnownTrigger {
  trigger: string;
  last: LastRequest;
  /** When MISP was last heard of. */
  contact(): Contact;
  /** The message that a request becomes, marked as a test. */
  messageOf(request: MispRequest): Message;
  rehearse(request: MispRequest, options?: RehearsalOptions): Promise<Rehearsal>;
  /** What of a request is kept, without secrets; nothing of one that is too large. */
  kept(text: RequestText): KeptRequest | undefined;
}

interface RuntimeParts {
  hooks: Hooks;
  log: {
    ERROR: number;
    WARN: number;
    addHandler(handler: EventEmitter): void;
    removeHandler(handler: EventEmitter): void;
  };
}

/**
 * What this package adds to one Node-RED: the tracker of runs, and what is known of the deployed flows.
 * There is one for all nodes, made when the first one asks.
 */
export class Runtime {
  readonly tracker: RunTracker;
  readonly journal: Journal;
  readonly history: History;
  /** Calls of ours to MISPs, for the questions that they lead to. */
  readonly ownCalls = new OwnCalls();
  /** What this Node-RED and others on the same store tell each other. */
  readonly news = new Exchange();
  /** What was written to MISPs, and had enriched, for the triggers that tell of it. */
  readonly ownWrites = new OwnWrites();
  readonly ownQuestions = new OwnQuestions();
  /** How often triggers ran for the same things. */
  readonly runCounts = new RunCounts(this.news);
  /** Which MISPs do not answer. */
  readonly awayNews = new AwayNews(this.news);
  /** What triggers are to answer while the round trip of a MISP is proved. */
  readonly proofs = new ProofAnswers();
  /** What the AI of MISPs was asked lately. */
  readonly askedAi = new AskedLately();
  /** What is wrong with lists for firewalls. */
  readonly lists = new EventEmitter<{ trouble: [Alert] }>().setMaxListeners(0);
  /** Workflows of MISPs that nodes are running. */
  readonly runningWorkflows = new RunningWorkflows();
  /**
   * `stopping`, `starting` and `started`: Node-RED's own events of the flows, after the tracker has taken note.
   * `halted`: they do not run, and why.
   */
  readonly flows = new EventEmitter<FlowEvents>().setMaxListeners(0);
  /** How the MISPs of the triggers are set up. */
  readonly setUp: SetUpWatch;
  /** The nodes whose runs people start, by id. */
  readonly adHocFlows = new Map<string, AdHocFlow>();
  private readonly triggers = new Map<string, KnownTrigger>();
  private configs: Map<string, NodeConfig> | undefined;
  private reach: Reach | undefined;

  constructor(private readonly RED: NodeAPI) {
    speakLanguage(editorText(RED, 'language'));
    this.setUp = new SetUpWatch(RED);
    const hear: OwnWrites['hear'] = (news, ageMs) => this.ownWrites.hear(news, ageMs);
    this.ownWrites.shareBy(this.news.join({ ...WRITE_NEWS, hear }));
    this.flows.on('started', () => this.setUp.start());
    this.flows.on('stopping', () => this.setUp.stop());
    const { hooks, log } = RED as unknown as RuntimeParts;
    this.journal = new Journal((said) => RED.log.warn(editorText(RED, 'journal', { problem: words(said) })));
    this.history = new History(this.journal);
    this.history.on('changed', () => RED.comms.publish(RUNS_TOPIC, {}, false));
    this.history.on('over', (run) => RED.log[isOrdinary(run) ? 'debug' : 'info'](words(runLine(run))));
    this.history.on('noticed', (notice) => RED.log.warn(words(notice)));
    this.history.on('trouble', (problem) => {
      if (problem === undefined) RED.log.info(editorText(RED, 'historyWorks'));
      else RED.log.error(words(problem));
    });
    this.tracker = new RunTracker(
      hooks,
      {
        // An instance of a subflow, of a package too, hands on at once what it gets.
        traits: (node) =>
          isBare(node)
            ? { completion: 'return', decides: false }
            : traitsOf(node.type, this.flow.get(node._alias ?? node.id), isOurs),
        mayBlock: (node) => this.mayBlock(node._alias ?? node.id),
        errorsCount: (node) => this.errorsCount(node),
        exists: (nodeId) => RED.nodes.getNode(nodeId) !== null,
        missing: (nodeId) => this.drawn(nodeId),
        acts: (node) => this.acts(node),
        harmless: (node) => ourTypes.get(node.type)?.harmless === true || HARMLESS.has(node.type),
      },
      this.journal,
    );
    const handler = new EventEmitter();
    handler.on('log', (event: LogEvent) => {
      const { level, id, type, name } = event;
      if (!id || !type) return;
      if (level === log.ERROR) this.tracker.uncaught({ id, type, name }, messageOf(event.msg));
      if (level === log.WARN) this.tracker.warned(id);
    });
    RED.events.on('flows:starting', () => {
      // Again at each start: a Node-RED that is restarted in its process has forgotten its log handlers.
      log.removeHandler(handler);
      log.addHandler(handler);
      this.flows.emit('starting');
    });
    RED.events.on('runtime-event', (event: RuntimeEvent) => {
      const halt = haltOf(event, RED);
      if (halt) this.flows.emit('halted', halt);
    });
    log.addHandler(handler);
    RED.events.on('flows:stopping', (event: StoppingEvent) => {
      this.tracker.interrupt(this.stoppedBy(event));
      this.flows.emit('stopping');
    });
    RED.events.on('flows:stopped', () => this.forgetFlow());
    RED.events.on('flows:started', ({ config, diff }: StartedEvent) => {
      this.forgetFlow();
      this.tracker.resume();
      this.flows.emit('started', !diff && config.flows.length === 0);
    });
  }

  private forgetFlow(): void {
    this.configs = undefined;
    this.reach = undefined;
  }

  /** Which nodes a deploy stops; in doubt, all. */
  private stoppedBy({ type, diff }: StoppingEvent): (nodeId: string) => boolean {
    if (!diff || type === 'full' || diff.globalConfigChanged) return () => true;
    const nodes = new Set([...diff.changed, ...diff.removed, ...diff.linked, ...diff.rewired]);
    const tabs = new Set([...diff.flowChanged, ...diff.added, ...diff.removed]);
    return (nodeId) => {
      const config = this.flow.get(nodeId);
      return !config || nodes.has(nodeId) || tabs.has(config.z as string);
    };
  }

  /** Makes a trigger known by its id in the flow file; the function returned takes it back. */
  addTrigger(nodeId: string, trigger: KnownTrigger): () => void {
    this.triggers.set(nodeId, trigger);
    return () => {
      if (this.triggers.get(nodeId) === trigger) this.triggers.delete(nodeId);
    };
  }

  trigger(nodeId: string): KnownTrigger | undefined {
    return this.triggers.get(nodeId);
  }

  /** Labels of the nodes behind the first output of a node that act in a dry run as well: none of this package. */
  actingBehind(nodeId: string): string[] {
    const drawn = [...this.flow.values()].map((node) =>
      node.id === nodeId && Array.isArray(node.wires) ? { ...node, wires: node.wires.slice(0, 1) } : node,
    );
    const labels = actingNodes(graphOf(drawn), nodeId, isOurs).map(({ type, name }) =>
      typeof name === 'string' && name !== '' ? `${type} "${name}"` : type,
    );
    return [...new Set(labels)];
  }

  /** Who does something for a message: the node, in its flow, for its run. */
  actorOf(node: Node & { _alias?: string; z?: string }, message: Message): Actor {
    const tab = this.tabOf(node.z);
    return {
      ...{ flow: tab?.id ?? '', flowName: typeof tab?.label === 'string' ? tab.label : '' },
      ...{ node: node._alias ?? node.id, nodeType: node.type, nodeName: node.name ?? '' },
      run: this.tracker.receptionOf(message)?.run.id ?? '',
    };
  }

  /** The tab that a node is in; one in a subflow is in that of its instance. */
  private tabOf(id = '', levels = 0): NodeConfig | undefined {
    const place = this.drawn(id);
    if (place?.type === 'tab' || levels > MOST_LEVELS) return place;
    return typeof place?.z === 'string' ? this.tabOf(place.z, levels + 1) : place;
  }

  /** Whether a message at the node can get to a response node that blocks. */
  mayBlock(nodeId: string): boolean {
    this.reach ??= reachOf([...this.flow.values()], { isOurs, isOpaque: (node) => this.isOpaque(node) });
    return this.reach(nodeId);
  }

  private acts(node: TrackedNode): boolean {
    const ours = ourTypes.get(node.type);
    if (ours) return ours.harmless !== true;
    return !isBare(node) && actsOutside(node.type, this.flow.get(node._alias ?? node.id));
  }

  /** Not those of an action that is to go on whatever happens. */
  private errorsCount({ id }: TrackedNode): boolean {
    const node = this.RED.nodes.getNode(id) as unknown as TrackedNode | null;
    return this.flow.get(node?._alias ?? id)?.onFailure !== 'continue';
  }

  /** An instance of a subflow that a package brings runs as a bare node: the package has no code for it. */
  isOpaque({ id, type }: NodeConfig): boolean {
    if (isOurs(type) || type.startsWith('subflow')) return false;
    const node = this.RED.nodes.getNode(id) as object | null;
    // One that could not be made may have been such an instance.
    if (node === null) return !CORE_TYPES.has(type);
    return isBare(node);
  }

  /** The node as it is drawn; a node in a subflow runs under an id that ends with that in the flow file. */
  private drawn(nodeId: string): NodeConfig | undefined {
    for (let from = 0; ; from++) {
      const node = this.flow.get(nodeId.slice(from));
      if (node) return node;
      from = nodeId.indexOf('-', from);
      if (from < 0) return undefined;
    }
  }

  /** The deployed nodes by id, without what is disabled. */
  private get flow(): Map<string, NodeConfig> {
    if (!this.configs) {
      const all: (NodeConfig & { d?: boolean })[] = [];
      this.RED.nodes.eachNode((config) => all.push(config as unknown as NodeConfig));
      const closed = new Set(all.filter(({ disabled }) => disabled === true).map(({ id }) => id));
      const running = all.filter(({ d, z }) => d !== true && !closed.has(z as string));
      this.configs = new Map(running.map((config) => [config.id, config]));
    }
    return this.configs;
  }
}

/** Subflows in subflows. */
const MOST_LEVELS = 20;

/** A text of the plugin, whose catalogue no node has. */
function editorText(RED: NodeAPI, key: string, params?: Record<string, string>): string {
  return RED._(`@misp-flows/node-red-misp/misp-editor:misp-editor.${key}`, params);
}

/** A node without a constructor of its own: an instance of a subflow. */
const isBare = (node: object) => Object.hasOwn(Object.getPrototypeOf(node) as object, 'receive');

const isOurs = (type: string) => ourTypes.has(type);

/** Core nodes that change nothing but the message. */
const HARMLESS = new Set(['junction', 'link in', 'link out', 'switch', 'debug']);

/** The words of a logged error. The debug node's log handler replaces Error objects by their encoded form. */
function messageOf(message: unknown): string {
  if (message instanceof Error) return message.message;
  const text = String(message);
  if (!text.startsWith('{"__enc__":true')) return text;
  const { data } = JSON.parse(text) as { data?: { message?: string } };
  return data?.message ?? text;
}

const runtimes = new WeakMap<object, Runtime>();

/** The runtime parts that belong to this Node-RED. */
export function runtimeOf(RED: NodeAPI): Runtime {
  const key = (RED as unknown as RuntimeParts).hooks;
  let runtime = runtimes.get(key);
  if (!runtime) {
    runtime = new Runtime(RED);
    runtimes.set(key, runtime);
  }
  return runtime;
}
