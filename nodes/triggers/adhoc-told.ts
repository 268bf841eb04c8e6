import type { NodeAPI } from 'node-red';
import type { EventResult } from '../../src/adhoc/report';
import { briefText } from '../../src/history/brief';
import type { OperationBrief, RunRecord, Step } from '../../src/history/record';
import type { Verdict } from '../../src/runs/verdict';
import { words } from '../../src/text';
import type { Translate } from '../definition';

/** How many lines a report has of one event, and how long they are. */
const MOST_LINES = 10;
const MOST_CHARACTERS = 300;

/**
 * What came of an event in its run, in words.
 * @param record what its journal said
 */
export function resultOf(
  RED: NodeAPI,
  text: Translate,
  verdict: Verdict,
  record: RunRecord | undefined,
  dryRun: boolean,
): EventResult {
  const { outcome, cause, reason } = verdict;
  const lines = (record?.steps ?? []).flatMap((step) => linesOf(RED, text, step, dryRun));
  const more = lines.length - MOST_LINES;
  const kept = more > 0 ? [...lines.slice(0, MOST_LINES), text('told.more', { more })] : lines;
  const why = reason === undefined ? [] : [words(reason)];
  const result = (state: EventResult['state'], ...last: string[]) => ({
    state,
    lines: [...kept, ...last].map((line) => briefText(line, MOST_CHARACTERS)),
  });
  if (cause === 'gone') return result('unknown', text('told.gone'));
  if (cause === 'deadline') return result('unknown', text('told.late'), ...why);
  if (cause === 'response' && outcome === 'block') return result('blocked', ...why);
  if (record?.failed) return result('failed');
  if (cause === 'error') return result('failed', ...why);
  const nothing = kept.length === 0 ? [text(dryRun ? 'told.nothingPlanned' : 'told.nothingDone')] : [];
  return result(dryRun ? 'planned' : 'done', ...nothing);
}

function linesOf(RED: NodeAPI, text: Translate, step: Step, dryRun: boolean): string[] {
  const label = step.node?.label ?? '';
  const line = (what: string) => [label, what].filter(Boolean).join(': ');
  if (step.what === 'failed') return [line(step.problem)];
  if (step.what !== (dryRun ? 'planned' : 'did')) return [];
  const told = step.operations.map((operation) => line(operationWords(RED, text, operation)));
  return step.more > 0 ? [...told, text('told.more', { more: step.more })] : told;
}

function operationWords(RED: NodeAPI, text: Translate, operation: OperationBrief): string {
  const { do: name, with: details, state, problems = [] } = operation;
  const key = `@misp-flows/node-red-misp/misp-editor:misp-editor.runs.states.${state}`;
  const came = state === undefined || state === 'planned' ? '' : ` (${RED._(key)})`;
  const failures = problems.length > 0 ? `: ${problems.join('; ')}` : '';
  return `${text(`operations.${name}`)}${came} ${details}${failures}`;
}
