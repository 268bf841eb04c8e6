import type { NodeAPI } from 'node-red';
import { sampleFor } from '../last-message';
import type { Saved } from '../migrate';
import { bodyOf, idsOf, textOf } from './body';
import { attempt } from './trial/trials';

/** The route behind "Try it" in the forms of logic nodes. It evaluates what is sent: that is more than reading. */
export function serveTrials(RED: NodeAPI): void {
  const mayWrite = RED.auth.needsPermission('misp.write');
  RED.httpAdmin.post('/misp-workflows/try/node', mayWrite, (request, response) => {
    const { type, settings, event, triggers } = bodyOf(request);
    const sample = sampleFor(RED, idsOf(triggers));
    const job = { type: textOf(type), settings: bodyOf({ body: settings }) as Saved, event: textOf(event) };
    void attempt({ do: 'node', ...job, sample }).then((answer) => response.json(answer));
  });
}
