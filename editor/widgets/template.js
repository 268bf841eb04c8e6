import { triggersAbove } from '../upstream.js';

/** A Jinja2 template: a larger editor, and a preview on the last message of the trigger. */
export function template({ input, node, type }) {
  const text = (key, values) =>
    node._(`${type}.template.${key}`, { ...values, interpolation: { escapeValue: false } });
  const tools = $('<div class="misp-tools">').insertAfter(input);
  const preview = $('<pre class="misp-preview" role="status" aria-live="polite">').hide().insertAfter(tools);
  const button = (key, icon, act) =>
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .append($('<i>').addClass(`fa ${icon}`), document.createTextNode(` ${text(key)}`))
      .on('click', act)
      .appendTo(tools);

  const ask = (shown) =>
    $.ajax({
      url: 'misp-workflows/try/template',
      type: 'POST',
      contentType: 'application/json',
      data: JSON.stringify({ template: input.val(), triggers: shown ? triggersAbove(node) : [] }),
    }).done(({ problem, source, trigger, rendered }) => {
      input.attr('aria-invalid', String(Boolean(problem))).toggleClass('input-error', Boolean(problem));
      if (problem) return preview.attr('data-state', 'error').text(problem).show();
      if (!shown) return preview.hide();
      const on = source ? text(`on.${source}`, { trigger }) : '';
      preview
        .attr('data-state', 'ok')
        .text(source ? `${on}\n${rendered}` : text('noMessage'))
        .show();
    });

  button('preview', 'fa-eye', () => ask(true));
  button('expand', 'fa-expand', () =>
    RED.editor.editText({
      mode: 'handlebars',
      value: input.val(),
      width: 'Infinity',
      complete(value) {
        input.val(value).trigger('change');
        ask(false);
      },
    }),
  );
  input.on('blur', () => ask(false));
}
