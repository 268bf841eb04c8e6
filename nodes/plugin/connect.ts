import type { NodeAPI } from 'node-red';
import type { SetUpOperation } from '../../src/actions/set-up';
import { changedBy, carryOutSteps, type StepOutcome } from '../../src/connect/carry-out';
import { checkRows, type Row } from '../../src/connect/check';
import { serviceRows } from '../../src/connect/check-services';
import { stepInWords } from '../../src/connect/in-words';
import { planFor, type ConnectPlan } from '../../src/connect/plan';
import { knownServiceHost, planServices, readServices } from '../../src/connect/services';
import { look } from '../../src/connect/state';
import { undoOf } from '../../src/connect/undo';
import { canFailClosed, type Wish } from '../../src/connect/wish';
import { isRecord } from '../../src/event/values';
import type { MispClient } from '../../src/misp/client';
import { saidBy, text, words, WorkflowError } from '../../src/text';
import { deployedServices } from '../connect-services-wish';
import { decisionsOf, deployedTrigger, knownHost } from '../connect-wish';
import { auditOf } from '../kept-audit';
import type { CheckedRow, ConnectPreview, ConnectRun } from './api';
import { textField } from './body';
import { serve } from './route';
import { clientOfAdmin } from './server-form';

type Body = Partial<Record<string, unknown>>;

/** What was begun, by its number; the way back is known as long as it is kept. */
interface Begun {
  outcomes: StepOutcome[];
  isOver: boolean;
  problem?: string;
  stop: AbortController;
  /** Of which MISP. */
  url: string;
}

const MOST_KEPT = 20;
/** Nothing that was changed in MISP meanwhile is done without being seen. */
const write = { permission: 'misp.write' } as const;

/** The routes behind "Connect to MISP" and "Check". The key of a site admin comes with each question, and is not kept. */
export function serveConnect(RED: NodeAPI): void {
  const begun = new Map<string, Begun>();
  let last = 0;

  serve(RED, 'POST /connect/plan', write, ({ body }) =>
    asking(RED, body, async (client) => previewOf(await planned(RED, client, body))),
  );
  serve(RED, 'POST /connect/start', write, async ({ body }) => {
    const plan = await asking(RED, body, (client) => planned(RED, client, body));
    const preview = previewOf(plan);
    // Nothing is done that was not seen.
    if (JSON.stringify(preview.steps) !== JSON.stringify(body.seen)) return { ...preview, changed: true };
    return { run: begin(body, plan.steps) };
  });
  serve(RED, 'GET /connect/runs/:id', { permission: 'misp.read' }, ({ params }) => {
    const found = begun.get(params.id);
    return found && runOf(found);
  });
  serve(RED, 'POST /connect/runs/:id/undo', write, ({ params, body }) => {
    const found = begun.get(params.id);
    if (!found) return undefined;
    if (!found.isOver) {
      found.stop.abort();
      throw new WorkflowError('connect.stillRunning');
    }
    return { run: begin(body, undoOf(changedBy(found.outcomes)), found.url) };
  });
  serve(RED, 'POST /check', write, ({ body }) =>
    asking(RED, body, async (client) => ({ rows: (await rowsOf(RED, client, body)).map(told) })),
  );
  serve(RED, 'POST /check/mend', write, ({ body }) =>
    asking(RED, body, async (client) => {
      const before = await rowsOf(RED, client, body);
      const isSeen = (row: Row) => JSON.stringify(told(row).mend) === JSON.stringify(body.seen);
      const { mend = [] } = before.find((row) => row.id === body.row && isSeen(row)) ?? {};
      const outcomes = await carryOutSteps(client, mend, { signal: new AbortController().signal });
      note(RED, actingNode(body), outcomes, client.url);
      const failed = outcomes.find(({ state }) => state === 'failed');
      const rows = (await rowsOf(RED, client, body)).map(told);
      return { rows, ...(failed?.problem === undefined ? {} : { failed: words(failed.problem) }) };
    }),
  );

  /** Carries steps out beside; the editor asks how far it is. */
  function begin(body: Body, steps: readonly SetUpOperation[], at?: string): string {
    const client = clientOfAdmin(RED, body);
    if (at !== undefined && client.url !== at) {
      client.close();
      throw new WorkflowError('connect.otherMisp', { url: at });
    }
    const id = String(++last);
    const outcomes = steps.map((step): StepOutcome => ({ step, state: 'left' }));
    const own: Begun = { outcomes, isOver: steps.length === 0, stop: new AbortController(), url: client.url };
    begun.set(id, own);
    for (const old of [...begun.keys()].slice(0, -MOST_KEPT)) begun.delete(old);
    const told = (now: StepOutcome[]) => (own.outcomes = [...now]);
    carryOutSteps(client, steps, { signal: own.stop.signal, told })
      .then(told)
      .catch((error: unknown) => (own.problem = words(saidBy(error))))
      .finally(() => {
        own.isOver = true;
        client.close();
        note(RED, actingNode(body), own.outcomes, own.url);
      });
    return id;
  }
}

/** Asks the MISP of the form, with the key that came along. */
async function asking<T>(RED: NodeAPI, body: Body, ask: (client: MispClient) => Promise<T>): Promise<T> {
  const client = clientOfAdmin(RED, body);
  try {
    return await ask(client);
  } finally {
    client.close();
  }
}

async function planned(RED: NodeAPI, client: MispClient, body: Body): Promise<Planned> {
  const host = textField(body.host).trim();
  if (body.services) return plannedServices(RED, client, body, host);
  const { wish } = deployedTrigger(RED, textField(body.trigger), textField(body.server), host);
  if (!isHost(host)) throw new WorkflowError('connect.noHost');
  const { misp, trigger } = await look(client, wish);
  const asked: Wish = { ...wish, ...decisionsOf(body) };
  const plan = planFor(misp, trigger, asked);
  const opens = canFailClosed(wish.trigger) && !wish.clearTag;
  return { ...plan, opens, notes: [...(opens ? [text('connect.failsOpen')] : []), ...plan.notes] };
}

async function plannedServices(RED: NodeAPI, client: MispClient, body: Body, host: string): Promise<Planned> {
  const wish = deployedServices(RED, body, textField(body.server), host);
  if (!isHost(host)) throw new WorkflowError('connect.noHost');
  return { ...planServices(await readServices(client, wish), wish), opens: false };
}

/** `opens`: MISP would go on without the flow, and need not. */
type Planned = ConnectPlan & { opens: boolean };

/** A name or address, without anything that would lead elsewhere. */
const isHost = (host: string) => /^(?:[a-z\d](?:[\w.-]*[a-z\d])?|\[[\da-f:]+\])$/i.test(host);

async function rowsOf(RED: NodeAPI, client: MispClient, body: Body): Promise<Row[]> {
  const named = textField(body.host).trim();
  if (body.services) {
    const asked = deployedServices(RED, body, textField(body.server), named);
    const state = await readServices(client, asked);
    const host = named || knownServiceHost(state, asked);
    return serviceRows(state, { ...asked, service: { ...asked.service, host } });
  }
  const { wish } = deployedTrigger(RED, textField(body.trigger), textField(body.server), named);
  const { misp, trigger } = await look(client, wish);
  const host = wish.service.host || knownHost(misp, wish.service.port) || '127.0.0.1';
  return checkRows(misp, trigger, { ...wish, service: { ...wish.service, host } });
}

function previewOf({ steps, questions, hindrances, notes, opens }: Planned): ConnectPreview {
  return {
    opens,
    steps: steps.map((step) => words(stepInWords(step))),
    questions: questions.map((question) =>
      question.ask === 'place'
        ? { ask: 'place', places: question.places, blocks: blocksOf(question.graph) }
        : question,
    ),
    hindrances: hindrances.map(words),
    notes: notes.map(words),
  };
}

/** What a picture of a graph needs. */
function blocksOf(graph: Extract<ConnectPlan['questions'][number], { ask: 'place' }>['graph']) {
  return Object.entries(graph).map(([id, { data, pos_x, pos_y }]) => ({
    ...{ id, module: data.id, x: Number(pos_x) || 0, y: Number(pos_y) || 0 },
    name: typeof data.name === 'string' ? data.name : data.id,
  }));
}

function runOf({ outcomes, isOver, problem }: Begun): ConnectRun {
  const steps = outcomes.map(({ step, state, problem: why }) => ({
    ...{ words: words(stepInWords(step)), state },
    ...(why === undefined ? {} : { problem: words(why) }),
  }));
  const canUndo = isOver && undoOf(changedBy(outcomes)).length > 0;
  return { steps, isOver, canUndo, ...(problem ? { failed: problem } : {}) };
}

function told({ id, level, said, mend = [] }: Row): CheckedRow {
  return { id, level, words: words(said), mend: mend.map((step) => words(stepInWords(step))) };
}

/** Whoever sets MISP up from the editor leaves a trace: what, for which trigger, with what result. */
function note(
  RED: NodeAPI,
  acting: { node: string; nodeType: string },
  outcomes: readonly StepOutcome[],
  url: string,
): void {
  const actor = { flow: '', flowName: '', ...acting, nodeName: '', run: '' };
  const results = outcomes.flatMap(({ step, state, problem }) => {
    if (state === 'left') return [];
    const failures = problem === undefined ? {} : { failures: [{ problem }] };
    return [{ operation: step, state, ...failures }];
  });
  auditOf(RED).did(actor, results, url);
}

/** The node in whose form it was done. */
function actingNode({ trigger, services }: Body): { node: string; nodeType: string } {
  if (!isRecord(services)) return { node: textField(trigger), nodeType: 'misp-trigger' };
  return { node: textField(services.listener), nodeType: 'misp-listener' };
}
