import type { NodeAPI } from 'node-red';
import { trialRequest } from '../last-message';
import { runtimeOf } from '../runtime';
import { serve } from './route';

/** The routes behind the button of a trigger. */
export function serveTestRuns(RED: NodeAPI): void {
  const runtime = runtimeOf(RED);

  serve(RED, 'GET /triggers/:id', { permission: 'misp.read' }, ({ params }) => {
    const trigger = runtime.trigger(params.id);
    return trigger && { receivedAt: trigger.last.receivedAt, contact: trigger.contact() };
  });

  const write = { permission: 'misp.write' } as const;
  serve(RED, 'POST /triggers/:id/test', write, async ({ params, body, needsData }) => {
    const trigger = runtime.trigger(params.id);
    if (!trigger) return undefined;
    const { kind, request } = trialRequest(trigger, body.use === 'sample' ? 'sample' : 'received');
    // The reason is the flow's own text, with what it takes from the event.
    if (kind === 'received') needsData();
    const { outcome, cause, reason = '' } = await trigger.rehearse(request);
    return { kind, outcome, cause, reason };
  });
}
