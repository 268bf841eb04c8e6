import { EventEmitter } from 'node:events';
import type { NodeAPI } from 'node-red';
import { checkRows, worstOf, type Row } from '../src/connect/check';
import { readState, readTriggerOf, type MispState } from '../src/connect/state';
import type { MispClient } from '../src/misp/client';
import { saidBy, words, WorkflowError } from '../src/text';
import { enrichmentsAt } from './connect-services-wish';
import { deployedTrigger, knownHost } from './connect-wish';
import { localTagNodes } from './local-tags';
import type { ServerNode } from './config/misp-server';

/** How a MISP is set up for a trigger, as it was looked at last. */
export interface Checked {
  /** The trigger node. */
  node: string;
  at: number;
  rows: Row[];
}

/** A trigger, and the MISP that is to call it. */
interface Watched {
  id: string;
  server: string;
  client: MispClient;
}

/** After a deploy: MISP and its modules have had time to be asked. */
const AFTER_DEPLOY_MS = 3000;
const MINUTE_MS = 60_000;
const USUAL_MINUTES = 5;

/**
 * Looks after each deploy, and every few minutes, how the MISPs of deployed triggers are set up. `mispCheckMinutes` in
 * Node-RED's settings says how often; 0 is never. It reads only.
 */
export class SetUpWatch extends EventEmitter<{ checked: [Checked] }> {
  private timer: NodeJS.Timeout | undefined;
  private looking = new AbortController();

  constructor(private readonly RED: NodeAPI) {
    super();
    this.setMaxListeners(0);
  }

  start(): void {
    this.stop();
    if (this.everyMs > 0) this.wait(AFTER_DEPLOY_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.looking.abort();
  }

  private get everyMs(): number {
    const { mispCheckMinutes = USUAL_MINUTES } = this.RED.settings as { mispCheckMinutes?: unknown };
    const minutes = Number(mispCheckMinutes);
    return minutes > 0 ? minutes * MINUTE_MS : 0;
  }

  private wait(ms: number): void {
    this.timer = setTimeout(() => {
      this.looking = new AbortController();
      const { signal } = this.looking;
      const again = () => {
        if (!signal.aborted) this.wait(this.everyMs);
      };
      // A fault of ours ends no Node-RED.
      this.look(signal).then(again, (error: unknown) => {
        this.RED.log.warn(words(saidBy(error)));
        again();
      });
    }, ms).unref();
  }

  /** Each MISP is asked once for all of its triggers. */
  private async look(signal: AbortSignal): Promise<void> {
    const states = new Map<MispClient, Promise<MispState | undefined>>();
    for (const { id, server, client } of this.triggers()) {
      const asked = states.get(client) ?? readState(client, signal).catch(unlessOurs);
      states.set(client, asked);
      const misp = await asked;
      // A MISP that does not answer is told by what needs it.
      if (!misp || signal.aborted) continue;
      const rows = await this.rowsOf({ id, server, client }, misp, signal).catch(unlessOurs);
      if (!rows || signal.aborted) continue;
      this.emit('checked', { node: id, at: Date.now(), rows });
    }
  }

  private async rowsOf(
    { id, server, client }: Watched,
    misp: MispState,
    signal: AbortSignal,
  ): Promise<Row[]> {
    const { wish, clearServer, listener } = deployedTrigger(this.RED, id, server, '');
    const trigger = await readTriggerOf(misp, client, wish, signal);
    const host = knownHost(misp, wish.service.port) || '127.0.0.1';
    const clearer = clearServer === server ? { clearer: misp.account } : {};
    const localTags = localTagNodes(this.RED, server);
    const enrichments = enrichmentsAt(this.RED, listener);
    const service = { ...wish.service, host };
    return checkRows(misp, trigger, { ...wish, ...clearer, localTags, enrichments, service });
  }

  /** The triggers whose MISP is known: the one that they clear in or read from, else the only one there is. */
  private triggers(): Watched[] {
    const servers: string[] = [];
    const triggers: { id: string; named: string }[] = [];
    this.RED.nodes.eachNode((config) => {
      if (config.type === 'misp-server') servers.push(config.id);
      if (config.type !== 'misp-trigger') return;
      const { clearServer, server } = config as unknown as Record<string, unknown>;
      triggers.push({ id: config.id, named: [clearServer, server].find(isName) ?? '' });
    });
    const [only] = servers.length === 1 ? servers : [];
    return triggers.flatMap(({ id, named }) => {
      const server = named || only || '';
      const client = this.clientOf(server);
      return client && this.RED.nodes.getNode(id) ? [{ id, server, client }] : [];
    });
  }

  private clientOf(id: string): MispClient | undefined {
    const node = id ? (this.RED.nodes.getNode(id) as ServerNode | null) : null;
    return node?.type === 'misp-server' ? node.client : undefined;
  }
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The worst that was seen, if it keeps the gate from working. */
export function worstRow({ rows }: Checked): Row | undefined {
  return worstOf(rows) === 'red' ? rows.find(({ level }) => level === 'red') : undefined;
}

function unlessOurs(error: unknown): undefined {
  if (!(error instanceof WorkflowError)) throw error;
}
