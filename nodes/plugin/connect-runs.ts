import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import type { SetUpOperation } from '../../src/actions/set-up';
import { changedBy, carryOutSteps, type StepOutcome } from '../../src/connect/carry-out';
import { isFailClosed } from '../../src/connect/fail-closed';
import { keptSteps } from '../../src/connect/kept-steps';
import { ConnectMemory, type KeptClosed } from '../../src/connect/memory';
import { isRecord } from '../../src/event/values';
import { saidBy, words, WorkflowError } from '../../src/text';
import { folderOf } from '../folder';
import { auditOf } from '../kept-audit';
import { textField } from './body';
import { clientOfAdmin } from './server-form';

export type Body = Partial<Record<string, unknown>>;

/** What was begun, by its number. */
export interface Begun {
  outcomes: StepOutcome[];
  isOver: boolean;
  problem?: string;
  stop: AbortController;
  /** Of which MISP. */
  url: string;
  /** Under which it is kept; of a way back: none. */
  kept?: string;
}

/** What a flow clears, by which tag. */
export interface Clears {
  trigger: string;
  module: string;
  tag: string;
}

interface BeginOptions {
  at?: string;
  clears?: Clears;
  takesBack?: readonly string[];
}

const MOST_KEPT = 20;

/** What is done to set MISPs up, while it is done and afterwards; what can be taken back is kept in the user folder. */
export class ConnectRuns {
  readonly memory: ConnectMemory;
  private readonly begun = new Map<string, Begun>();
  private last = 0;

  constructor(private readonly RED: NodeAPI) {
    const folder = folderOf(RED);
    this.memory = new ConnectMemory(folder && path.join(folder, 'connected.json'), ({ message }) =>
      RED.log.warn(
        RED._('@misp-flows/node-red-misp/misp-editor:misp-editor.connect.notKept', { problem: message }),
      ),
    );
  }

  get(id: string): Begun | undefined {
    return this.begun.get(id);
  }

  /**
   * Carries steps out beside; the editor asks how far it is.
   * @param at the MISP that it must be
   * @param clears what the flow clears, if it does
   * @param takesBack what was kept, and is not any more when all is done
   * @returns its number
   */
  begin(body: Body, steps: readonly SetUpOperation[], { at, clears, takesBack }: BeginOptions = {}): string {
    const client = clientOfAdmin(this.RED, body);
    const { url } = client;
    if (at !== undefined && url !== at) {
      client.close();
      throw new WorkflowError('connect.otherMisp', { url: at });
    }
    const id = String(++this.last);
    const outcomes = steps.map((step): StepOutcome => ({ step, state: 'left' }));
    const own: Begun = { outcomes, isOver: steps.length === 0, stop: new AbortController(), url };
    if (!takesBack) own.kept = randomUUID();
    this.begun.set(id, own);
    for (const old of [...this.begun.keys()].slice(0, -MOST_KEPT)) this.begun.delete(old);
    const began = Date.now();
    const told = (now: StepOutcome[]) => {
      own.outcomes = [...now];
      if (own.kept === undefined) return;
      const run = { id: own.kept, at: began, url, node: actingNode(body).node };
      const done = changedBy(now);
      const closed = clears && closes(done, clears) ? { closed: closedBy(body, clears) } : {};
      this.memory.keep({ ...run, steps: keptSteps(done), ...closed });
    };
    carryOutSteps(client, steps, { signal: own.stop.signal, told })
      .then(told)
      .catch((error: unknown) => (own.problem = words(saidBy(error))))
      .finally(() => {
        own.isOver = true;
        client.close();
        if (takesBack && isDone(own)) this.memory.forget(takesBack);
        noteSetUp(this.RED, body, own.outcomes, url);
      });
    return id;
  }
}

/** Whether MISP was made to stop what the flow has not cleared. */
const closes = (done: readonly SetUpOperation[], { module, tag }: Clears): boolean =>
  done.some((step) => step.do === 'draw-workflow' && isFailClosed(step.graph, module, tag));

function closedBy({ server }: Body, { trigger, tag }: Clears): KeptClosed {
  return { trigger, tag, server: textField(server) };
}

const isDone = ({ outcomes, problem }: Begun): boolean =>
  problem === undefined && outcomes.every(({ state }) => state === 'done' || state === 'unchanged');

/** Whoever sets MISP up from the editor leaves a trace: what, for which trigger, with what result. */
export function noteSetUp(RED: NodeAPI, body: Body, outcomes: readonly StepOutcome[], url: string): void {
  const actor = { flow: '', flowName: '', ...actingNode(body), nodeName: '', run: '' };
  const results = outcomes.flatMap(({ step, state, problem }) => {
    if (state === 'left') return [];
    const failures = problem === undefined ? {} : { failures: [{ problem }] };
    return [{ operation: step, state, ...failures }];
  });
  auditOf(RED).did(actor, results, url);
}

/** The node in whose form it was done. */
export function actingNode({ trigger, services }: Body): { node: string; nodeType: string } {
  if (!isRecord(services)) return { node: textField(trigger), nodeType: 'misp-trigger' };
  return { node: textField(services.listener), nodeType: 'misp-listener' };
}
