import type { Field } from '../nodes/definition';
import { applies, problemText } from './settings';

/**
 * When a field is left by a click, words that come at once would move what is clicked from under the mouse; in
 * milliseconds.
 */
const CLICK_MS = 200;

/** A field of an open form. */
export interface ShownField {
  name: string;
  field: Field;
  row: JQuery;
  /** What a user works with. */
  control: JQuery;
  read: () => unknown;
}

/**
 * Says under each field of a form, in words, what is wrong with its value: at once for what is saved, then when a field
 * is left. While it is mended the words stay as long as they are true; what is wrong in another way is said when the
 * field is left.
 * @param valueOf the value that the form shows, by name
 */
export function showProblems(
  node: EditorNode,
  fields: ShownField[],
  valueOf: (name: string) => unknown,
): void {
  const check = ({ name, field, row, control, read }: ShownField, isTyping: boolean) => {
    const isUsed = applies(field, valueOf);
    const text = isUsed ? problemText(node, name, field, read(), valueOf) : '';
    const words = isTyping && text !== row.children('.misp-problem').text() ? '' : text;
    mark(control, 'value', words !== '');
    tell(row, control, isShownByWidget(field, read()) ? '' : words);
  };
  const checkAll = () => {
    for (const one of fields) check(one, false);
  };
  let timer: number | undefined;
  fields[0]?.row
    .closest('form')
    .on('change focusout', () => {
      clearTimeout(timer);
      timer = window.setTimeout(checkAll, CLICK_MS);
    })
    .on('input keyup', ({ target }) => {
      for (const one of fields) if (one.row.has(target).length > 0) check(one, true);
    });
  checkAll();
}

/** Marks a control as wrong, for eyes and screen readers, as long as there is any reason. */
export function mark(control: JQuery, reason: string, isWrong: boolean): void {
  const reasons = (control.data('misp-wrong') as Set<string> | undefined) ?? new Set();
  if (isWrong) reasons.add(reason);
  else reasons.delete(reason);
  control.data('misp-wrong', reasons).attr('aria-invalid', String(reasons.size > 0));
}

/** Adds to what a screen reader says of a control. */
export function describe(control: JQuery, id: string): void {
  const ids = new Set((control.attr('aria-describedby') ?? '').split(' ').filter(Boolean));
  control.attr('aria-describedby', [...ids.add(id)].join(' '));
}

/** The runtime reads a path, and the field shows what it says of it. */
function isShownByWidget({ kind }: Field, value: unknown): boolean {
  return kind === 'filter' || (kind === 'hashpath' && value !== '');
}

function tell(row: JQuery, control: JQuery, words: string): void {
  const id = `${control.attr('id')}-problem`;
  let place = row.children('.misp-problem');
  if (place.length === 0) {
    if (words === '') return;
    place = $('<div class="misp-problem" role="status">').attr('id', id);
    const tip = row.children('.misp-tip').first();
    if (tip.length > 0) place.insertBefore(tip);
    else place.appendTo(row);
    describe(control, id);
  }
  if (place.text() !== words) place.text(words);
  place.toggle(words !== '');
}
