import { text } from './texts';

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

/** Says one thing, in place of all that was there. */
export function sayIn(place: JQuery, words: string, state = 'error'): void {
  place
    .empty()
    .append($('<p class="misp-connect-said" role="status">').attr('data-state', state).text(words));
}
