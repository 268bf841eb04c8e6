import { applies, problemText } from './settings.js';

/** Problems that a widget asks the runtime about, and shows itself. */
const SHOWN_BY_WIDGET = { hashpath: ['path'], filter: ['path'] };

/**
 * Says under each field of an open form, in words, what is wrong with its value: at once for what is saved, then when
 * a field is left; while it is mended, the words go as soon as it is right.
 * @param fields of the form: `{ name, field, row, control, read }`, where `control` is what a user works with
 */
export function showProblems(node, form, fields) {
  const valueOf = (name) => fields.find((one) => one.name === name)?.read();
  const check = ({ name, field, row, control, read }, onlyClear) => {
    const isUsed = applies(field, valueOf);
    const type = $(`${form.prefix}${name}Type`).val();
    const text = isUsed ? problemText(node, name, field, read(), type) : '';
    if (text !== '' && onlyClear) return;
    const words = RED.utils && SHOWN_BY_WIDGET[field.kind] && !isMissing(field, read()) ? '' : text;
    tell(row, control, words);
    mark(control, 'value', text !== '');
  };
  form.element.on('input.misp keyup.misp change.misp focusout.misp', ({ target, type }) => {
    const isTyping = type === 'input' || type === 'keyup';
    for (const one of fields) if (!isTyping || one.row.has(target).length > 0) check(one, isTyping);
  });
  for (const one of fields) check(one, false);
}
