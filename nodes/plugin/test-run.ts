import type { NodeAPI } from 'node-red';
import { setImmediate as journalHandedOver } from 'node:timers/promises';
import type { Journal } from '../../src/runs/journal';
import { trialRequest } from '../last-message';
import { words, WorkflowError } from '../../src/text';
import { isEventKey, searchEvents } from '../../src/misp/event-search';
import { dataOfEvent } from '../../src/triggers/chosen-event';
import { runtimeOf, type KnownTrigger } from '../runtime';
import { deployedMisp } from './ask-misp';
import { textField } from './body';
import { serve } from './route';

/** The routes behind the button of a trigger. */
export function serveTestRuns(RED: NodeAPI): void {
  const runtime = runtimeOf(RED);

  serve(RED, 'GET /triggers/:id', { permission: 'misp.read' }, ({ params }) => {
    const trigger = runtime.trigger(params.id);
    return trigger && { receivedAt: trigger.last.receivedAt, contact: trigger.contact() };
  });

  serve(RED, 'GET /events', { permission: 'misp.read' }, ({ query, needsData }) => {
    needsData();
    const client = deployedMisp(RED, query.server);
    return client ? searchEvents(client, textField(query.search)) : { problem: 'notDeployed' };
  });

  const write = { permission: 'misp.write' } as const;
  serve(RED, 'POST /triggers/:id/test', write, async ({ params, body, needsData }) => {
    const trigger = runtime.trigger(params.id);
    if (!trigger) return undefined;
    const isChosen = body.use === 'event';
    if (isChosen) needsData();
    const { kind, request } = isChosen
      ? await chosenRequest(RED, trigger, body)
      : trialRequest(trigger, body.use === 'sample' ? 'sample' : 'received');
    // The reason is the flow's own text, with what it takes from the event.
    if (kind === 'received') needsData();
    const failures = watchFailures(runtime.journal);
    try {
      const { run, outcome, cause, reason = '', way } = await trigger.rehearse(request);
      return { kind, outcome, cause, reason: words(reason), failed: await failures.of(run), way };
    } finally {
      failures.end();
    }
  });
}

/** An event that a deployed MISP has, as the trigger would get it. */
async function chosenRequest(
  RED: NodeAPI,
  { trigger }: KnownTrigger,
  { server, event }: { server?: unknown; event?: unknown },
) {
  const client = deployedMisp(RED, server);
  if (!client) throw new WorkflowError('editor.mispNotDeployed');
  const key = textField(event).trim();
  if (!isEventKey(key)) throw new WorkflowError('editor.noEventChosen');
  const data = await dataOfEvent(client, trigger, key);
  return { kind: 'event', request: { module: '', data, params: {} } } as const;
}

/** Notes which nodes fail from now on, in the journals of all runs: the id of a test run is known when it is over. */
function watchFailures(journal: Journal): { of(run: string): Promise<string[]>; end(): void } {
  const failed: { run: string; id: string; label: string }[] = [];
  const end = journal.attach(({ what, run, node }) => {
    if (what === 'failed' && node) failed.push({ run, ...node });
  });
  return {
    end,
    async of(run) {
      await journalHandedOver();
      const labels = failed.filter((one) => one.run === run).map(({ id, label }) => [id, label] as const);
      return [...new Map(labels).values()];
    },
  };
}
