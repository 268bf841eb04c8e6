import type { NodeAPI } from 'node-red';
import { trialRequest, type TrialRequest } from '../last-message';
import { runtimeOf } from '../runtime';
import { bodyOf } from './body';

/** What came of a test run, for the editor. */
export interface TestRunResult {
  kind: TrialRequest['kind'];
  outcome: 'allow' | 'block';
  cause: string;
  reason: string;
}

/** The routes behind the button of a trigger. */
export function serveTestRuns(RED: NodeAPI): void {
  const runtime = runtimeOf(RED);
  const path = '/misp-workflows/triggers/:id';

  RED.httpAdmin.get(path, RED.auth.needsPermission('misp.read'), (request, response) => {
    const trigger = runtime.trigger(request.params.id);
    if (!trigger) return void response.status(404).end();
    response.json({ receivedAt: trigger.last.receivedAt, contact: trigger.contact() });
  });

  RED.httpAdmin.post(`${path}/test`, RED.auth.needsPermission('misp.write'), (request, response) => {
    const trigger = runtime.trigger(request.params.id);
    if (!trigger) return void response.status(404).end();
    const wanted = bodyOf(request).use === 'sample' ? 'sample' : 'received';
    const { kind, request: trial } = trialRequest(trigger, wanted);
    trigger.rehearse(trial).then(
      ({ outcome, cause, reason = '' }) => {
        const result: TestRunResult = { kind, outcome, cause, reason };
        response.json(result);
      },
      () => response.status(500).end(),
    );
  });
}
