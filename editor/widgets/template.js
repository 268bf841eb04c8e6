import { describe, mark } from '../problems.js';
import { triggersAbove } from '../upstream.js';

/** A Jinja2 template: a larger editor, and a preview on the last message of the trigger. */
export function template({ input, node, type }) {
  const text = (key, values) =>
    node._(`${type}.template.${key}`, { ...values, interpolation: { escapeValue: false } });
  const tools = $('<div class="misp-tools">').insertAfter(input);
  const id = `${input.attr('id')}-preview`;
  const preview = $('<pre class="misp-preview" role="status">').attr('id', id).hide().insertAfter(tools);
  describe(input, id);
  let isPreviewing = false;
  let request;
  const button = (key, icon, act) =>
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .append($('<i>').addClass(`fa ${icon}`), document.createTextNode(` ${text(key)}`))
      .on('click', act)
      .appendTo(tools);

  /** Checks the template, and shows what becomes of it once that was asked for. */
  function ask() {
    request?.abort();
    request = $.ajax({
      url: 'misp-workflows/try/template',
      type: 'POST',
      contentType: 'application/json',
      data: JSON.stringify({ template: input.val(), triggers: isPreviewing ? triggersAbove(node) : [] }),
    }).done(show);
  }
  function show({ problem, source, trigger, rendered }) {
    mark(input, 'runtime', Boolean(problem));
    preview.attr('data-state', problem ? 'error' : 'ok').toggle(Boolean(problem) || isPreviewing);
    if (problem) return preview.text(problem);
    preview.text(source ? `${text(`on.${source}`, { trigger })}\n${rendered}` : text('noMessage'));
  }

  button('preview', 'fa-eye', () => {
    isPreviewing = true;
    ask();
  });
  button('expand', 'fa-expand', () =>
    RED.editor.editText({
      // Jinja2 by another name; Node-RED's other editor does not know it.
      mode: globalThis.monaco ? 'twig' : 'handlebars',
      value: input.val(),
      width: 'Infinity',
      complete(value) {
        input.val(value).trigger('change');
        ask();
      },
    }),
  );
  input.on('blur', ask);
}
