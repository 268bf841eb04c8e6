import type { Between } from '../../nodes/plugin/api';
import { ask, refusalOf } from '../ask';
import { nameOf } from '../checks/texts';
import { text } from './texts';
import { showTree } from './tree';

/** Shows what a run began with and, where it was kept, the data between its nodes; each is read when it is opened. */
export function showData(place: JQuery, run: string): void {
  const params = { id: run };
  const box = $('<div class="misp-run-data">').appendTo(place);
  ask('GET /runs/:id/data', { params })
    .done((answer) => {
      if ('problem' in answer) return void $('<p>').text(answer.problem).appendTo(box);
      if (answer.entry) part(box, run, 'entry', text('data.entry'));
      else $('<p class="misp-tip">').text(text('data.noEntry')).appendTo(box);
      answer.between.forEach((between, index) => {
        if (between.kept) part(box, run, String(index), placeOf(between));
        else
          $('<p class="misp-tip">')
            .text(text('data.notKept', { place: placeOf(between) }))
            .appendTo(box);
      });
    })
    .fail(
      (failed) =>
        void $('<p class="misp-tip">')
          .text(refusalOf(failed) ?? text('data.failed'))
          .appendTo(box),
    );
}

const placeOf = ({ from, port, to }: Between) =>
  text('data.between', { from: nameOf(from), output: port + 1, to: nameOf(to) });

function part(box: JQuery, run: string, name: string, title: string): void {
  const details = $('<details>').attr('data-part', name).appendTo(box);
  $('<summary>').text(title).appendTo(details);
  const tree = $('<div>').appendTo(details);
  let isRead = false;
  details.on('toggle', () => {
    if (isRead) return;
    isRead = true;
    ask('GET /runs/:id/data/:part', { params: { id: run, part: name } })
      .done((answer) => {
        if ('problem' in answer) tree.text(answer.problem);
        else showTree(tree, answer.data);
      })
      .fail((failed) => void tree.text(refusalOf(failed) ?? text('data.failed')));
  });
}
