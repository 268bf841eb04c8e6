import type { ConnectQuestion, ProofPreview, ProofRun } from '../../nodes/plugin/api';
import { ask } from '../ask';
import { failureOf, problemOf } from '../workflows/answers';
import { button, listOf } from './parts';
import { lineOf } from './rows';
import { text } from './texts';

const PAUSE_MS = 400;

/** Says what proving the round trip may set off, does it when told to, and shows what was seen. */
export function showProof(place: JQuery, read: () => ConnectQuestion | undefined): void {
  look(false);

  function look(dead: boolean): void {
    const asked = read();
    if (!asked) return say(text('noServer'));
    const { trigger, server, key } = asked;
    const question = { trigger, server, key, dead };
    say(text('looking'), 'busy');
    ask('POST /proof/plan', { body: question })
      .done((answer) => {
        const problem = problemOf(answer);
        if (problem !== undefined) say(problem);
        else show(answer as ProofPreview, question);
      })
      .fail((request) => say(failureOf(request)));
  }

  function say(words: string, state = 'error'): void {
    place
      .empty()
      .append($('<p class="misp-connect-said" role="status">').attr('data-state', state).text(words));
  }

  type Question = Pick<ConnectQuestion, 'trigger' | 'server' | 'key'> & { dead: boolean };

  function show({ effects, hindrances }: ProofPreview, question: Question): void {
    place.empty();
    if (hindrances.length > 0) return void place.append(listOf(hindrances, 'misp-connect-hindrances'));
    const dead = $('<input type="checkbox" id="misp-connect-dead">').prop('checked', question.dead);
    dead.on('change', () => look(dead.prop('checked') === true));
    const go = button('proofStart', () => {
      go.prop('disabled', true);
      ask('POST /proof/start', { body: { ...question, seen: effects } })
        .done((answer) => {
          const problem = problemOf(answer);
          if (problem !== undefined) return say(problem);
          if ('run' in answer) follow(answer.run);
          else show(answer as ProofPreview, question);
        })
        .fail((request) => say(failureOf(request)));
    });
    place
      .append($('<p>').text(text('proofWill')))
      .append(listOf(effects, 'misp-connect-notes'))
      .append($('<label class="misp-connect-dead">').append(dead, $('<span>').text(text('proofDead'))))
      .append(go);
    go.trigger('focus');
  }

  /** Shows what was seen, until it is over. */
  function follow(run: string): void {
    ask('GET /proof/runs/:id', { params: { id: run } })
      .done((answer) => {
        const problem = problemOf(answer);
        if (problem !== undefined) return say(problem);
        const state = answer as ProofRun;
        showRun(state);
        if (!state.isOver && place[0].isConnected) window.setTimeout(() => follow(run), PAUSE_MS);
      })
      .fail((request) => say(failureOf(request)));
  }

  function showRun({ rows, isOver, failed }: ProofRun): void {
    const isWell = !failed && rows.every(({ level }) => level !== 'red');
    const words = !isOver ? 'proofRunning' : isWell ? 'proofOk' : 'proofAmiss';
    say(text(words), !isOver ? 'busy' : isWell ? 'ok' : 'error');
    if (failed) place.append($('<p class="misp-connect-said" data-state="error">').text(failed));
    place.append($('<ul class="misp-connect-rows" aria-live="polite">').append(rows.map(lineOf)));
  }
}
