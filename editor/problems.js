import { applies, problemText } from './settings.js';

/**
 * When a field is left by a click, words that come at once would move what is clicked from under the mouse; in
 * milliseconds.
 */
const CLICK_MS = 200;

/**
 * Says under each field of a form, in words, what is wrong with its value: at once for what is saved, then when a field
 * is left. While it is mended the words stay until it is right.
 * @param fields `{ name, field, row, control, read }` each; `control` is what a user works with
 * @param valueOf the value that the form shows, by name
 */
export function showProblems(node, fields, valueOf) {
  const check = ({ name, field, row, control, read }, isTyping) => {
    const isUsed = applies(field, valueOf);
    const text = isUsed ? problemText(node, name, field, read(), valueOf) : '';
    if (text !== '' && isTyping) return;
    mark(control, 'value', text !== '');
    tell(row, control, isShownByWidget(field, read()) ? '' : text);
  };
  const checkAll = () => {
    for (const one of fields) check(one, false);
  };
  let timer;
  fields[0]?.row
    .closest('form')
    .on('change focusout', () => {
      clearTimeout(timer);
      timer = setTimeout(checkAll, CLICK_MS);
    })
    .on('input keyup', ({ target }) => {
      for (const one of fields) if (one.row.has(target).length > 0) check(one, true);
    });
  checkAll();
}

/** Marks a control as wrong, for eyes and screen readers, as long as there is any reason. */
export function mark(control, reason, isWrong) {
  const reasons = control.data('misp-wrong') ?? new Set();
  if (isWrong) reasons.add(reason);
  else reasons.delete(reason);
  control.data('misp-wrong', reasons).attr('aria-invalid', String(reasons.size > 0));
}

/** Adds to what a screen reader says of a control. */
export function describe(control, id) {
  const ids = new Set((control.attr('aria-describedby') ?? '').split(' ').filter(Boolean));
  control.attr('aria-describedby', [...ids.add(id)].join(' '));
}

/** The runtime reads a path, and the field shows what it says of it. */
function isShownByWidget({ kind }, value) {
  return kind === 'filter' || (kind === 'hashpath' && value !== '');
}

function tell(row, control, words) {
  let place = row.children('.misp-problem');
  if (place.length === 0) {
    if (words === '') return;
    place = $('<div class="misp-problem" role="status">').attr('id', `${control.attr('id')}-problem`);
    const tip = row.children('.misp-tip').first();
    if (tip.length > 0) place.insertBefore(tip);
    else place.appendTo(row);
    describe(control, place.attr('id'));
  }
  if (place.text() !== words) place.text(words);
  place.toggle(words !== '');
}
