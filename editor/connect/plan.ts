import type { ConnectPreview, ConnectQuestion, ConnectRun } from '../../nodes/plugin/api';
import { ask } from '../ask';
import { failureOf, problemOf } from '../workflows/answers';
import { placesPicture } from './places';
import { text } from './texts';

type Decisions = Pick<ConnectQuestion, 'otherService' | 'others' | 'place'>;
type Other = Extract<ConnectPreview['questions'][number], { ask: 'otherService' }>;

const PAUSE_MS = 400;
const MARKS = { done: 'fa-check', unchanged: 'fa-check', failed: 'fa-times', left: 'fa-circle-o' } as const;

/**
 * Shows what would be done in a MISP, what is to be decided before, and does it when it is told to.
 * @param read what is asked with, each time anew
 * @param letClear has the trigger clear in this MISP what may be published
 */
export function showPlan(
  place: JQuery,
  read: () => ConnectQuestion | undefined,
  letClear: (server: string) => void,
): void {
  const chosen: Decisions = {};
  look();

  function look(): void {
    const question = read();
    place.empty();
    if (!question) return say(text('noServer'));
    say(text('looking'), 'busy');
    ask('POST /connect/plan', { body: { ...question, ...chosen } })
      .done((answer) => {
        const problem = problemOf(answer);
        if (problem !== undefined) say(problem);
        else show(answer as ConnectPreview, question);
      })
      .fail((request) => say(failureOf(request)));
  }

  function say(words: string, state = 'error'): void {
    place
      .empty()
      .append($('<p class="misp-connect-said" role="status">').attr('data-state', state).text(words));
  }

  function show(preview: ConnectPreview, question: ConnectQuestion): void {
    const { steps, questions, hindrances, notes, opens } = preview;
    place.empty().append(listOf(notes, 'misp-connect-notes'));
    if (opens)
      place.append(
        button('letClear', () => {
          letClear(question.server);
          say(text('letClearDone'), 'ok');
        }),
      );
    if (hindrances.length > 0) return void place.append(listOf(hindrances, 'misp-connect-hindrances'));
    for (const asked of questions) {
      if (asked.ask === 'otherService') place.append(otherService(asked));
      else place.append(placesPicture(asked, (where) => decide({ place: where })));
    }
    if (questions.length > 0) return;
    if (steps.length === 0) return say(text('nothing'), 'ok');
    place.append($('<h4>').text(text('plan'))).append(listOf(steps, 'misp-connect-steps', 'ol'));
    const go = button('do', () => {
      go.prop('disabled', true);
      ask('POST /connect/start', { body: { ...question, ...chosen, seen: steps } })
        .done((answer) => {
          const problem = problemOf(answer);
          if (problem !== undefined) return say(problem);
          if ('run' in answer) return follow(answer.run, question);
          show(answer as ConnectPreview, question);
          place.append($('<p class="misp-connect-said" role="status">').text(text('changed')));
        })
        .fail((request) => say(failureOf(request)));
    });
    place.append(go);
    go.trigger('focus');
  }

  function decide(more: Decisions): void {
    Object.assign(chosen, more);
    look();
  }

  function otherService({ address, service, decisions = [] }: Other): JQuery {
    const question = $('<div class="misp-connect-question">');
    if (service !== undefined) {
      const words = text(service === 'Debug' ? 'otherDebug' : 'otherOf', { service, address });
      const keys = { 'in-front': 'inFront', replace: 'replace', leave: 'leaveService' } as const;
      const buttons = decisions.map((decision) =>
        button(keys[decision], () => decide({ others: { ...chosen.others, [service]: decision } })),
      );
      return question.attr('data-service', service).append($('<p>').text(words), ...buttons);
    }
    return question
      .append($('<p>').text(text('otherService', { address })))
      .append(button('inFront', () => decide({ otherService: 'in-front' })))
      .append(button('replace', () => decide({ otherService: 'replace' })));
  }

  /** Shows how far it is, until it is over. */
  function follow(run: string, question: ConnectQuestion): void {
    ask('GET /connect/runs/:id', { params: { id: run } })
      .done((answer) => {
        const problem = problemOf(answer);
        if (problem !== undefined) return say(problem);
        const state = answer as ConnectRun;
        showRun(state, run, question);
        if (!state.isOver && place[0].isConnected) window.setTimeout(() => follow(run, question), PAUSE_MS);
      })
      .fail((request) => say(failureOf(request)));
  }

  function showRun(
    { steps, isOver, canUndo, failed }: ConnectRun,
    run: string,
    question: ConnectQuestion,
  ): void {
    const list = $('<ol class="misp-connect-steps" aria-live="polite">');
    for (const { words, state, problem } of steps) {
      const mark = $('<i class="fa" aria-hidden="true">').addClass(MARKS[state]);
      const line = $('<li>').attr('data-state', state).append(mark).append($('<span>').text(words));
      line.append($('<span class="misp-connect-state">').text(text(`state.${state}`)));
      if (problem) line.append($('<p class="misp-connect-said" data-state="error">').text(problem));
      line.appendTo(list);
    }
    place.empty().append(list);
    if (failed) place.append($('<p class="misp-connect-said" data-state="error">').text(failed));
    if (!isOver) return;
    const isDone = steps.every(({ state }) => state === 'done' || state === 'unchanged');
    const words = text(isDone ? 'connected' : 'notConnected');
    place.append(
      $('<p class="misp-connect-said" role="status">')
        .attr('data-state', isDone ? 'ok' : 'error')
        .text(words),
    );
    if (!isDone) place.append(button('again', look));
    if (canUndo) place.append(button('undo', () => undo(run, question)));
  }

  function undo(run: string, question: ConnectQuestion): void {
    ask('POST /connect/runs/:id/undo', { params: { id: run }, body: question })
      .done((answer) => {
        const problem = problemOf(answer);
        if (problem !== undefined) return say(problem);
        follow((answer as { run: string }).run, question);
      })
      .fail((request) => say(failureOf(request)));
  }
}

export function button(key: string, click: () => void): JQuery {
  return $('<button type="button" class="red-ui-button">')
    .attr('data-do', key)
    .text(text(key))
    .on('click', click);
}

export function listOf(lines: readonly string[], name: string, kind: 'ol' | 'ul' = 'ul'): JQuery {
  const list = kind === 'ol' ? $('<ol>') : $('<ul>');
  return list.addClass(name).append(lines.map((words) => $('<li>').text(words)));
}
