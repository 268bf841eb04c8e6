import { EventEmitter } from 'node:events';
import type { NodeAPI } from 'node-red';
import type { MispRequest } from '../src/listener/request';
import { reachOf, type Reach } from '../src/runs/reach';
import type { TrackedNode } from '../src/runs/reception';
import { RunTracker, type Hooks, type Message } from '../src/runs/tracker';
import { traitsOf, type NodeConfig } from '../src/runs/trust';
import type { Verdict } from '../src/runs/verdict';
import type { LastRequest } from '../src/triggers/last-request';
import type { Description } from './definition';

/** The node types of this package, filled as they are defined. */
export const ourTypes = new Map<string, Description>();

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

/** A trigger that is deployed, for trying flows on what it got. */
export interface KnownTrigger {
  trigger: string;
  last: LastRequest;
  /** The message that a request becomes, marked as a test. */
  messageOf(request: MispRequest): Message;
  rehearse(request: MispRequest): Promise<Verdict>;
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
  /** `stopping` and `started`: Node-RED's own events of the flows, after the tracker has taken note. */
  readonly flows = new EventEmitter<{ stopping: []; started: [] }>().setMaxListeners(0);
  private readonly triggers = new Map<string, KnownTrigger>();
  private configs: Map<string, NodeConfig> | undefined;
  private reach: Reach | undefined;

  constructor(private readonly RED: NodeAPI) {
    const { hooks, log } = RED as unknown as RuntimeParts;
    this.tracker = new RunTracker(hooks, {
      traits: (node) => traitsOf(node.type, this.flow.get(node._alias ?? node.id), isOurs),
      mayBlock: (node) => this.mayBlock(node._alias ?? node.id),
      errorsCount: (node) => this.errorsCount(node),
      exists: (nodeId) => RED.nodes.getNode(nodeId) !== null,
      harmless: (node) => ourTypes.get(node.type)?.harmless === true || HARMLESS.has(node.type),
    });
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
    });
    log.addHandler(handler);
    RED.events.on('flows:stopping', (event: StoppingEvent) => {
      this.tracker.interrupt(this.stoppedBy(event));
      this.flows.emit('stopping');
    });
    RED.events.on('flows:stopped', () => this.forgetFlow());
    RED.events.on('flows:started', () => {
      this.forgetFlow();
      this.tracker.resume();
      this.flows.emit('started');
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

  /** Whether a message at the node can get to a response node that blocks. */
  mayBlock(nodeId: string): boolean {
    this.reach ??= reachOf([...this.flow.values()], { isOurs, isOpaque: (node) => this.isOpaque(node) });
    return this.reach(nodeId);
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
    return node !== null && Object.hasOwn(Object.getPrototypeOf(node) as object, 'receive');
  }

  /** The deployed nodes by id, without disabled ones. */
  private get flow(): Map<string, NodeConfig> {
    if (!this.configs) {
      this.configs = new Map();
      this.RED.nodes.eachNode((config) => {
        if (!(config as { d?: boolean }).d) this.configs?.set(config.id, config as unknown as NodeConfig);
      });
    }
    return this.configs;
  }
}

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
