import type { NodeAPI } from 'node-red';
import { stepInWords } from '../../src/connect/in-words';
import { planWayBack, type WayBack } from '../../src/connect/way-back';
import type { KeptRun } from '../../src/connect/memory';
import { words } from '../../src/text';
import type { BackPreview } from './api';
import { textField } from './body';
import { closedMisps } from './closed-misps';
import { actingNode, type Body, type ConnectRuns } from './connect-runs';
import { serve } from './route';
import { clientOfAdmin } from './server-form';

/** The routes by which what was done can be taken back later, also when Node-RED was started anew. */
export function serveWayBack(RED: NodeAPI, runs: ConnectRuns): void {
  const { memory } = runs;

  serve(RED, 'GET /connect/kept', { permission: 'misp.read' }, ({ query }) => ({
    kept: memory.of(textField(query.node)).map(({ at, url }) => ({ at, url })),
  }));
  serve(RED, 'GET /connect/closed', { permission: 'misp.read' }, async ({ query }) => ({
    closed: await closedMisps(RED, memory, textField(query.trigger)),
  }));
  serve(RED, 'POST /connect/back', { permission: 'misp.write' }, async ({ body }) =>
    previewOf((await planned(body)).back),
  );
  serve(RED, 'POST /connect/back/start', { permission: 'misp.write' }, async ({ body }) => {
    const { back, kept, url } = await planned(body);
    const preview = previewOf(back);
    // Nothing is done that was not seen.
    if (JSON.stringify(preview) !== JSON.stringify(body.seen)) return { ...preview, changed: true as const };
    return { run: runs.begin(body, back.steps, { at: url, takesBack: kept.map(({ id }) => id) }) };
  });

  /** All that was done in this form in the MISP that is asked. */
  async function planned(body: Body): Promise<{ back: WayBack; kept: KeptRun[]; url: string }> {
    const client = clientOfAdmin(RED, body);
    try {
      const { url } = client;
      const kept = memory.of(actingNode(body).node, url);
      const steps = kept.flatMap((run) => run.steps);
      return { back: await planWayBack(client, steps), kept, url };
    } finally {
      client.close();
    }
  }
}

function previewOf({ steps, notes }: WayBack): BackPreview {
  return { steps: steps.map((step) => words(stepInWords(step))), notes: notes.map(words) };
}
