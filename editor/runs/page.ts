import type { RunPage } from '../../nodes/plugin/api';
import type { RunRecord } from '../../src/history/record';
import { courseOf, differences, type Difference } from '../../src/replay/course';
import { showData } from './data';
import { forgetButton } from './forget';
import { nodeName, showSteps } from './steps';
import { answerOf, kindOf, text, triggerName } from './texts';

/** What can be done with a run that is shown. */
export interface PageActions {
  back: () => void;
  light: (record: RunRecord) => void;
  replay: (record: RunRecord, acts: boolean) => void;
  save: (run: string) => void;
}

/** Shows a run: what it was about, what happened at which node and why, and what it answered. */
export function showPage(
  place: JQuery,
  { record, replayable }: RunPage,
  actions: PageActions,
  before?: RunRecord,
): void {
  const { about, at, trigger, run, steps, more } = record;
  place.empty();
  const tools = $('<p class="misp-run-tools">').appendTo(place);
  const button = (key: string, click: () => void) =>
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .attr('data-action', key)
      .text(text(`actions.${key}`))
      .on('click', click)
      .appendTo(tools);
  button('back', actions.back);
  if (record.way) button('light', () => actions.light(record));
  if (replayable) {
    button('replay', () => actions.replay(record, false));
    button('replayForReal', () => actions.replay(record, true));
    button('save', () => actions.save(run));
  }
  forgetButton(run, actions.back).appendTo(tools);
  $('<h4>')
    .text(about?.info ?? triggerName(trigger))
    .appendTo(place);
  const kind = kindOf(record);
  const facts = [
    `${new Date(at).toLocaleString()} · ${triggerName(trigger)}${kind ? ` · ${kind}` : ''}`,
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
  showSteps(list, record);
  if (more > 0) $('<p>').text(text('more', { more })).appendTo(place);
  if (record.source === 'misp') return;
  $('<h5>').text(text('data.title')).appendTo(place);
  showData(place, run);
}

function showDifferences(place: JQuery, before: RunRecord, now: RunRecord): void {
  const found = differences(courseOf(before), now);
  const box = $('<div class="misp-run-compared" role="status">').appendTo(place);
  const told = { recorded: answerOf(before), now: answerOf(now) };
  $('<p>')
    .text(text(found.length === 0 ? 'replay.same' : 'replay.differs'))
    .appendTo(box);
  const list = $('<ul>').appendTo(box);
  for (const difference of found) {
    const { node, what } = difference;
    const [was, is] = [wordsOf(what, difference.was), wordsOf(what, difference.is)];
    const words = { node: node ? nodeName(node) : text('replay.answer'), was, is };
    $('<li>').text(text('replay.difference', words)).appendTo(list);
  }
  for (const key of ['recorded', 'now'] as const)
    $('<p>')
      .text(text(`replay.told.${key}`, { answer: told[key] }))
      .appendTo(box);
}

function wordsOf(what: Difference['what'], value: string | undefined): string {
  if (value === undefined) return text('replay.nothing');
  if (what !== 'passed') return value || text('replay.nothing');
  return value === '' ? text('replay.reached') : text('replay.outputs', { outputs: value });
}
