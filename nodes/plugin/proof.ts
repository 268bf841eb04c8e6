import type { NodeAPI } from 'node-red';
import { prove, proofEffects, proofHindrances, type ProofRow, type ProofWish } from '../../src/connect/proof';
import { addressOf } from '../../src/audit/entry';
import { look } from '../../src/connect/state';
import type { MispClient } from '../../src/misp/client';
import { saidBy, words, WorkflowError } from '../../src/text';
import { deployedTrigger } from '../connect-wish';
import { auditOf } from '../kept-audit';
import { runtimeOf } from '../runtime';
import type { ProofPreview, ProofRun } from './api';
import { textField } from './body';
import { serve } from './route';
import { clientOfAdmin } from './server-form';

type Body = Partial<Record<string, unknown>>;

interface Begun {
  rows: ProofRow[];
  isOver: boolean;
  problem?: string;
}

const MOST_KEPT = 20;
const write = { permission: 'misp.write' } as const;

/** The routes behind "Test the round trip". One proof at a time: a second one would meet the first one's events. */
export function serveProof(RED: NodeAPI): void {
  const begun = new Map<string, Begun>();
  let last = 0;
  let isBusy = false;

  serve(RED, 'POST /proof/plan', write, async ({ body }) => {
    const client = clientOfAdmin(RED, body);
    try {
      return (await previewed(RED, client, body)).preview;
    } finally {
      client.close();
    }
  });
  serve(RED, 'POST /proof/start', write, async ({ body }) => {
    if (isBusy) throw new WorkflowError('connect.stillRunning');
    const client = clientOfAdmin(RED, body);
    isBusy = true;
    let isBegun = false;
    try {
      const { wish, preview } = await previewed(RED, client, body);
      // Nothing is done that was not read before.
      if (preview.hindrances.length > 0 || JSON.stringify(preview.effects) !== JSON.stringify(body.seen)) {
        return { ...preview, changed: true as const };
      }
      const run = begin(client, wish, textField(body.trigger));
      isBegun = true;
      return { run };
    } finally {
      if (!isBegun) {
        client.close();
        isBusy = false;
      }
    }
  });
  serve(RED, 'GET /proof/runs/:id', { permission: 'misp.read' }, ({ params }) => {
    const found = begun.get(params.id);
    return found && runOf(found);
  });

  function begin(client: MispClient, wish: ProofWish, trigger: string): string {
    const id = String(++last);
    const own: Begun = { rows: [], isOver: false };
    begun.set(id, own);
    for (const old of [...begun.keys()].slice(0, -MOST_KEPT)) begun.delete(old);
    const { proofs, flows } = runtimeOf(RED);
    const stop = new AbortController();
    // Without its flow nothing is proved any more; what is left is to take the event away.
    const abort = () => stop.abort();
    flows.once('stopping', abort);
    const told = (rows: ProofRow[]) => (own.rows = rows);
    prove(client, wish, (event, answer) => proofs.expect(wish.module, event, answer), {
      signal: stop.signal,
      told,
    })
      .then(told)
      .catch((error: unknown) => (own.problem = words(saidBy(error))))
      .finally(() => {
        own.isOver = true;
        isBusy = false;
        flows.off('stopping', abort);
        client.close();
        note(RED, trigger, client.url, own.rows);
      });
    return id;
  }
}

async function previewed(
  RED: NodeAPI,
  client: MispClient,
  body: Body,
): Promise<{ wish: ProofWish; preview: ProofPreview }> {
  const trigger = textField(body.trigger);
  const { wish: connected, watches } = deployedTrigger(RED, trigger, textField(body.server), '127.0.0.1');
  const wish: ProofWish = { ...connected, watches, dead: body.dead === true };
  const state = await look(client, wish);
  const hindrances = proofHindrances(state.misp, state.trigger, wish).map(words);
  return { wish, preview: { effects: proofEffects(wish).map(words), hindrances } };
}

function runOf({ rows, isOver, problem }: Begun): ProofRun {
  const seen = rows.map(({ id, level, said }) => ({ id, level, words: words(said) }));
  return { rows: seen, isOver, ...(problem === undefined ? {} : { failed: problem }) };
}

/** An event was made and published in a MISP: that leaves a trace. */
function note(RED: NodeAPI, trigger: string, system: string, rows: readonly ProofRow[]): void {
  const actor = { flow: '', flowName: '', node: trigger, nodeType: 'misp-trigger', nodeName: '', run: '' };
  const bad = rows.filter(({ level }) => level === 'red');
  const [said] = bad.map((row) => row.said);
  auditOf(RED).note(actor, {
    ...{ system: addressOf(system), what: 'prove', target: [], count: 1, failed: bad.length },
    result: bad.length > 0 ? 'failed' : 'done',
    problem: typeof said === 'object' ? said.key : '',
  });
}
