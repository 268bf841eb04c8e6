import type { NodeAPI } from 'node-red';
import { choiceOf } from '../../src/adhoc/choice';
import { valuesFor } from '../../src/adhoc/parameters';
import { rowsSince, type Report } from '../../src/adhoc/report';
import type { AdHocRun } from '../../src/adhoc/run';
import { WorkflowError } from '../../src/text';
import { runtimeOf } from '../runtime';
import type { AdHocFlow } from '../triggers/adhoc-flow';
import type { AdHocEntry, AdHocSummary, AdHocView } from './api';
import { idsOf, textField } from './body';
import { recordOf, serve } from './route';

/** The routes by which people run flows on events that they choose: behind a permission of their own. */
export function serveAdHocRuns(RED: NodeAPI): void {
  const { adHocFlows } = runtimeOf(RED);
  const run = { permission: 'misp.run' } as const;
  const start = { ...run, json: true } as const;
  /** By its id, or as it is drawn in the editor: a node in a subflow runs under another one. */
  const flowOf = (id: string) =>
    adHocFlows.get(id) ?? [...adHocFlows.values()].find(({ settings }) => settings.drawnAs === id);

  serve(RED, 'GET /ad-hoc-runs/flows', run, () => ({ flows: [...adHocFlows.values()].map(entryOf) }));

  serve(RED, 'GET /ad-hoc-runs/flows/:id', run, ({ params }) => {
    const flow = flowOf(params.id);
    if (!flow) return undefined;
    const { parameters, most, acting } = flow.settings;
    const latest = flow.latest && viewOf(flow, flow.latest, Infinity);
    const shared = { parameters: [...parameters], most, acting: acting(), past: flow.past.map(summaryOf) };
    return { ...entryOf(flow), ...shared, latest };
  });

  serve(RED, 'POST /ad-hoc-runs/flows/:id/dry-runs', start, async ({ params, body, user }) => {
    const flow = flowOf(params.id);
    if (!flow) return undefined;
    const { run: begun } = await flow.start({
      ...{ by: user, byMessage: false, dryRun: true },
      choice: choiceOf({ events: body.events, search: recordOf(body.search) }),
      values: valuesFor(flow.settings.parameters, recordOf(body.parameters)),
    });
    return { run: begun.head.run };
  });

  serve(RED, 'POST /ad-hoc-runs/flows/:id/runs', start, async ({ params, body, user }) => {
    const flow = flowOf(params.id);
    if (!flow) return undefined;
    const go = { by: user, of: textField(body.of), leaveOut: idsOf(body.leaveOut) };
    const { run: begun } = await flow.go(go);
    return { run: begun.head.run };
  });

  serve(RED, 'GET /ad-hoc-runs/flows/:id/runs/:run', run, ({ params, query }) => {
    const flow = flowOf(params.id);
    if (!flow) return undefined;
    const since = Math.max(0, Math.trunc(Number(textField(query.since)) || 0));
    if (flow.latest?.head.run === params.run) return viewOf(flow, flow.latest, since);
    const report = flow.past.find((one) => one.run === params.run);
    return report && viewOfReport(report, since);
  });

  serve(RED, 'POST /ad-hoc-runs/flows/:id/runs/:run/stop', start, ({ params }) => {
    const flow = flowOf(params.id);
    if (!flow) throw new WorkflowError('adHocRun.notRunning');
    flow.stop(params.run);
    return {};
  });
}

const entryOf = ({ settings: { id, name, description } }: AdHocFlow): AdHocEntry => ({
  id,
  name,
  description,
});

function viewOf(flow: AdHocFlow, run: AdHocRun, since: number): AdHocView {
  const { head, state, endedAt, problem, counts, total } = run;
  return {
    ...head,
    state,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(problem === undefined ? {} : { problem }),
    ...{ counts, total },
    usable: flow.isUsable(head.run),
    ...run.changedSince(since),
  };
}

function viewOfReport(report: Report, since: number): AdHocView {
  const total = report.events.length;
  return { ...summaryOf(report), total, usable: false, ...rowsSince(report, since) };
}

function summaryOf(report: Report): AdHocSummary {
  const summary: Partial<Report> = { ...report };
  delete summary.events;
  return summary as AdHocSummary;
}
