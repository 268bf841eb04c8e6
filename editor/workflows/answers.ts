import type { Problem, WorkflowNote } from '../../nodes/plugin/api';
import { text } from '../flows/texts';

/** What is wrong with an answer; undefined if nothing is. */
export function problemOf(answer: object): string | undefined {
  if (!('problem' in answer)) return undefined;
  const { problem } = answer as Problem;
  return problem === 'notDeployed' ? text('notDeployed') : problem;
}

/** Why a request failed, in words. */
export function failureOf({ status, responseJSON }: { status: number; responseJSON?: unknown }): string {
  const { problem } = (responseJSON ?? {}) as Partial<Problem>;
  if (problem) return problem;
  if (status === 413) return text('tooLarge');
  if (status === 401 || status === 403) return text('notPermitted');
  return status === 404 ? text('notDeployed') : text('noAnswer');
}

/** Notes as a list, the worst first. */
export function listOfNotes(notes: readonly WorkflowNote[]): JQuery {
  const order = ['error', 'warning', 'info'];
  const sorted = [...notes].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  const list = $('<ul class="misp-workflow-notes">').attr('aria-label', text('notes'));
  return list.append(
    sorted.map(({ level, words }) =>
      $('<li>')
        .attr('data-level', level)
        .append($('<strong>').text(`${text(`level.${level}`)}: `))
        .append($('<span>').text(words)),
    ),
  );
}
