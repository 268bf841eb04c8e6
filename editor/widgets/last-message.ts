import { refusalOf } from '../ask';

/**
 * Asks for something on the last message of triggers, the newest question alone. Who may not see the data of events
 * gets the same without a message, and is told why.
 * @param show gets what came of it, and why there is no message if who asks may not see it
 * @returns asks, with the ids of the triggers
 */
export function onLastMessage<Answer>(
  question: (triggers: string[]) => JQueryRequest<Answer>,
  show: (answer: Answer, refusal: string | undefined) => void,
): (triggers: string[]) => void {
  let request: JQueryRequest<Answer> | undefined;
  let refusal: string | undefined;
  return function ask(triggers) {
    request?.abort();
    request = question(refusal === undefined ? triggers : [])
      .done((answer) => show(answer, refusal))
      .fail((failed) => {
        const words = refusalOf(failed);
        if (words === undefined || refusal !== undefined) return;
        refusal = words;
        ask(triggers);
      });
  };
}
