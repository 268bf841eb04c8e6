import type { WorkflowEntry } from '../../src/misp/workflow-entry';
import { ask } from '../ask';
import { text } from '../flows/texts';
import { failureOf, problemOf } from './answers';

/**
 * A button that lists the workflows and blueprints of a MISP, and the list to choose from.
 * @param take gets the text of the chosen one
 */
export function listFromMisp(
  server: JQuery,
  take: (words: string) => void,
  refuse: (problem: string) => void,
): JQuery {
  const row = $('<div class="form-row misp-workflow-list">');
  const choice = $('<select>').attr('aria-label', text('fromMisp')).hide();
  const button = $('<button type="button" class="red-ui-button">').text(text('fromMisp'));
  button.on('click', () => {
    choice.hide();
    ask('GET /workflows', { query: { server: server.val() } })
      .done((answer) => {
        const problem = problemOf(answer);
        if (problem !== undefined) return refuse(problem);
        const { workflows } = answer as { workflows: WorkflowEntry[] };
        choice.empty().append([$('<option value="">').text(text('choose')), ...workflows.map(optionOf)]);
        choice.show().trigger('focus');
      })
      .fail((request) => refuse(failureOf(request)));
  });
  choice.on('change', () => {
    const [kind, id] = choice.val().split(' ');
    if (!id) return;
    ask('GET /workflows/:kind/:id', { params: { kind, id }, query: { server: server.val() } })
      .done((answer) => {
        const problem = problemOf(answer);
        if (problem === undefined) take((answer as { text: string }).text);
        else refuse(problem);
      })
      .fail((request) => refuse(failureOf(request)));
  });
  return row.append(button).append(choice);
}

function optionOf({ kind, id, name, trigger }: WorkflowEntry): JQuery {
  const words = text(`listed.${kind}`, { name: name || id, trigger });
  return $('<option>').attr('value', `${kind} ${id}`).text(words);
}
