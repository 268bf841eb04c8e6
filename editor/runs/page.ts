import type { RunPage } from '../../nodes/plugin/api';
import type { OperationBrief, RunRecord, Step } from '../../src/history/record';
import { nameOf } from '../checks/texts';
import { differences } from './differences';
import { forgetButton } from './forget';
import { answerOf, operationName, text, timeOf, triggerName } from './texts';

/** What can be done with a run that is shown. */
export interface PageActions {
  back: () => void;
  light: (record: RunRecord) => void;
  replay: (run: string) => void;
}

/** Shows a run: what it was about, what happened at which node and why, and what it answered. */
export function showPage(
  place: JQuery,
  { record, replayable }: RunPage,
  { back, light, replay }: PageActions,
  before?: RunRecord,
): void {
  const { about, at, trigger, run, steps, more, test } = record;
  place.empty();
  const tools = $('<p class="misp-run-tools">').appendTo(place);
  const button = (key: string, click: () => void) =>
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .attr('data-action', key)
      .text(text(`actions.${key}`))
      .on('click', click)
      .appendTo(tools);
  button('back', back);
  if (record.way) button('light', () => light(record));
  if (replayable) button('replay', () => replay(run));
  forgetButton(run, back).appendTo(tools);
  $('<h4>')
    .text(about?.info ?? triggerName(trigger))
    .appendTo(place);
  const facts = [
    `${new Date(at).toLocaleString()} · ${triggerName(trigger)}${test ? ` · ${text('test')}` : ''}`,
    about?.id ? text('event', { id: about.id }) : '',
    answerOf(record),
    record.ended ? text(`ended.${record.ended}`) : text('ended.no'),
  ];
  for (const fact of facts) if (fact) $('<p>').text(fact).appendTo(place);
  if (before) showDifferences(place, before, record);
  const list = $('<ol class="misp-run-steps">').appendTo(place);
  if (steps.length === 0)
    $('<p>')
      .text(text(record.shortened ? 'shortened' : 'noSteps'))
      .insertBefore(list);
  for (const step of steps) list.append(lineOf(step));
  if (more > 0) $('<p>').text(text('more', { more })).appendTo(place);
}

function showDifferences(place: JQuery, before: RunRecord, now: RunRecord): void {
  const found = differences(before, now);
  const box = $('<div class="misp-run-compared" role="status">').appendTo(place);
  $('<p>')
    .text(text(found.length === 0 ? 'replay.same' : 'replay.differs'))
    .appendTo(box);
  const list = $('<ul>').appendTo(box);
  for (const { node, was, is } of found) {
    const words = { node: node ? nodeName(node) : text('replay.answer'), was: wordsOf(was), is: wordsOf(is) };
    $('<li>').text(text('replay.difference', words)).appendTo(list);
  }
}

const wordsOf = (value: string | undefined) => value ?? text('replay.nothing');

const nodeName = ({ id, label }: { id: string; label: string }) => nameOf(id) || label;

function lineOf(step: Step): JQuery {
  const { node, at, what } = step;
  const line = $('<li>').attr('data-what', what);
  const head = $('<button type="button" class="misp-run-node">').appendTo(line);
  head.text([timeOf(at), node ? nodeName(node) : ''].join(' '));
  if (node && RED.nodes.node(node.id)) head.on('click', () => RED.view.reveal(node.id));
  else head.prop('disabled', true);
  for (const words of sentencesOf(step)) $('<div>').text(words).appendTo(line);
  return line;
}

function sentencesOf(step: Step): string[] {
  switch (step.what) {
    case 'decided': {
      const words = text('steps.decided', { way: step.way });
      return step.found ? [words, text('steps.found', { found: step.found })] : [words];
    }
    case 'planned':
      if (!step.dryRun) return [];
      return [text('steps.planned'), ...step.operations.map(operationWords), ...moreOf(step.more)];
    case 'did':
      return [...step.operations.map(operationWords), ...moreOf(step.more)];
    case 'failed': {
      const { problem } = step;
      return [text(step.counts ? 'steps.failed' : 'steps.failedGoesOn', { problem })];
    }
  }
}

const moreOf = (more: number) => (more > 0 ? [text('more', { more })] : []);

function operationWords({ do: name, with: details, state, problems = [] }: OperationBrief): string {
  const result = state ? ` (${text(`states.${state}`)})` : '';
  const failures = problems.length > 0 ? `: ${problems.join('; ')}` : '';
  return `${operationName(name)}${result} ${details}${failures}`;
}
