import type { NodeAPI } from 'node-red';
import { changedBy, carryOutSteps } from '../../src/connect/carry-out';
import { checkRows, type Row } from '../../src/connect/check';
import { askedRows } from '../../src/connect/check-gate';
import { closingTag } from '../../src/connect/fail-closed';
import { gateIn } from '../../src/connect/gate-shape';
import { planAsked, readAsked } from '../../src/connect/gate';
import { GATED } from '../../src/connect/services-wish';
import { stepInWords } from '../../src/connect/in-words';
import { planFor, type ConnectPlan } from '../../src/connect/plan';
import { knownServiceHost } from '../../src/connect/services';
import { look } from '../../src/connect/state';
import { undoOf } from '../../src/connect/undo';
import { canFailClosed, type Wish } from '../../src/connect/wish';
import type { MispClient } from '../../src/misp/client';
import { text, words, WorkflowError } from '../../src/text';
import { deployedServices, enrichmentsAt } from '../connect-services-wish';
import { decisionsOf, deployedTrigger, knownHost } from '../connect-wish';
import { localTagNodes } from '../local-tags';
import type { CheckedRow, ConnectPreview, ConnectRun } from './api';
import { textField } from './body';
import { serveWayBack } from './connect-back';
import { ConnectRuns, noteSetUp, type Begun, type Body, type Clears } from './connect-runs';
import { serve } from './route';
import { clientOfAdmin } from './server-form';

/** Nothing that was changed in MISP meanwhile is done without being seen. */
const write = { permission: 'misp.write' } as const;

/** The routes behind "Connect to MISP" and "Check". The key of a site admin comes with each question, and is not kept. */
export function serveConnect(RED: NodeAPI): void {
  const runs = new ConnectRuns(RED);
  serveWayBack(RED, runs);

  serve(RED, 'POST /connect/plan', write, ({ body }) =>
    asking(RED, body, async (client) => previewOf(await planned(RED, client, body))),
  );
  serve(RED, 'POST /connect/start', write, async ({ body }) => {
    const plan = await asking(RED, body, (client) => planned(RED, client, body));
    const preview = previewOf(plan);
    // Nothing is done that was not seen.
    if (JSON.stringify(preview.steps) !== JSON.stringify(body.seen)) return { ...preview, changed: true };
    return { run: runs.begin(body, plan.steps, { clears: plan.clears }) };
  });
  serve(RED, 'GET /connect/runs/:id', { permission: 'misp.read' }, ({ params }) => {
    const found = runs.get(params.id);
    return found && runOf(found);
  });
  serve(RED, 'POST /connect/runs/:id/undo', write, ({ params, body }) => {
    const found = runs.get(params.id);
    if (!found) return undefined;
    if (!found.isOver) {
      found.stop.abort();
      throw new WorkflowError('connect.stillRunning');
    }
    // What takes back a way back is kept as what was done.
    const takesBack = found.kept === undefined ? {} : { takesBack: [found.kept] };
    return { run: runs.begin(body, undoOf(changedBy(found.outcomes)), { at: found.url, ...takesBack }) };
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
      noteSetUp(RED, body, outcomes, client.url);
      const failed = outcomes.find(({ state }) => state === 'failed');
      const rows = (await rowsOf(RED, client, body)).map(told);
      return { rows, ...(failed?.problem === undefined ? {} : { failed: words(failed.problem) }) };
    }),
  );
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
  const { clearTag: tag } = wish;
  if (tag) return { ...plan, opens: false, clears: { trigger: wish.trigger, module: wish.module, tag } };
  const opens = canFailClosed(wish.trigger);
  const isClosed = closingTag(trigger.graph, wish.module) !== undefined;
  const why = isClosed
    ? text('check.clearsNothing', { trigger: trigger.adHoc ?? wish.trigger })
    : text('connect.failsOpen');
  const offer = GATED.includes(wish.trigger) && !gateIn(trigger.graph) ? [text('connect.gateOffer')] : [];
  return { ...plan, opens, notes: [...(opens ? [why] : []), ...offer, ...plan.notes] };
}

async function plannedServices(RED: NodeAPI, client: MispClient, body: Body, host: string): Promise<Planned> {
  const wish = deployedServices(RED, body, textField(body.server), host);
  if (!isHost(host)) throw new WorkflowError('connect.noHost');
  const { place } = decisionsOf(body);
  const asked = wish.gate && place ? { ...wish, gate: { ...wish.gate, place } } : wish;
  return { ...planAsked(await readAsked(client, asked), asked), opens: false };
}

/** `opens`: MISP would go on without the flow, and need not. */
type Planned = ConnectPlan & { opens: boolean; clears?: Clears };

/** A name or address, without anything that would lead elsewhere. */
const isHost = (host: string) => /^(?:[a-z\d](?:[\w.-]*[a-z\d])?|\[[\da-f:]+\])$/i.test(host);

async function rowsOf(RED: NodeAPI, client: MispClient, body: Body): Promise<Row[]> {
  const named = textField(body.host).trim();
  if (body.services) {
    const asked = deployedServices(RED, body, textField(body.server), named);
    const state = await readAsked(client, asked);
    const host = named || knownServiceHost(state.services, asked);
    return askedRows(state, { ...asked, service: { ...asked.service, host } });
  }
  const server = textField(body.server);
  const { wish, listener } = deployedTrigger(RED, textField(body.trigger), server, named);
  const { misp, trigger } = await look(client, wish);
  const host = wish.service.host || knownHost(misp, wish.service.port) || '127.0.0.1';
  const localTags = localTagNodes(RED, server);
  const enrichments = enrichmentsAt(RED, listener);
  const service = { ...wish.service, host };
  return checkRows(misp, trigger, { ...wish, localTags, enrichments, service });
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
