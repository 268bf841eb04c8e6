import type { ConnectPreview, ConnectQuestion } from '../../nodes/plugin/api';
import { ask } from '../ask';
import { failureOf, problemOf } from '../workflows/answers';
import { button, listOf, sayIn } from './parts';
import { placesPicture } from './places';
import { followRun } from './run';
import { text } from './texts';

type Decisions = Pick<ConnectQuestion, 'otherService' | 'others' | 'place'>;
type Other = Extract<ConnectPreview['questions'][number], { ask: 'otherService' }>;

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
  const say = (words: string, state?: string) => sayIn(place, words, state);
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
          if ('run' in answer) return followRun(place, answer.run, question, look);
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
}
