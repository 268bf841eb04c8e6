import { textFrom } from '../show';
import type { Answer, TemplateAnswer } from '../../nodes/plugin/api';
import { ask } from '../ask';
import { describe, mark } from '../problems';
import type { Slot } from '../slot';
import { triggersAbove } from '../upstream';
import { onLastMessage } from './last-message';

/** How long typing rests before the runtime is asked, in milliseconds. */
const REST_MS = 300;

/** A Jinja2 template: a larger editor, and a preview on the last message of the trigger. */
export function template({ input, node, type }: Slot): void {
  const text = (key: string, values?: object) => textFrom(node, `${type}.template.${key}`, values);
  const tools = $('<div class="misp-tools">').insertAfter(input);
  const id = `${input.attr('id')}-preview`;
  const preview = $('<pre class="misp-preview" role="status">').attr('id', id).hide().insertAfter(tools);
  describe(input, id);
  let isPreviewing = false;
  const button = (key: string, icon: string, act: () => void) =>
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .append($('<i>').addClass(`fa ${icon}`), document.createTextNode(` ${text(key)}`))
      .on('click', act)
      .appendTo(tools);

  /** Checks the template, and shows what becomes of it once that was asked for. */
  const look = onLastMessage<Answer<'POST /try/template'>>(
    (triggers) => ask('POST /try/template', { body: { template: input.val(), triggers } }),
    show,
  );
  const refresh = () => look(isPreviewing ? triggersAbove(node) : []);
  function show(answer: TemplateAnswer, refusal: string | undefined): void {
    const problem = 'problem' in answer ? answer.problem : undefined;
    mark(input, 'runtime', problem !== undefined);
    preview.attr('data-state', problem ? 'error' : 'ok').toggle(problem !== undefined || isPreviewing);
    if ('problem' in answer) preview.text(answer.problem);
    else if (answer.source) preview.text(`${text(`on.${answer.source}`, answer)}\n${answer.rendered}`);
    else preview.text(refusal ?? text('noMessage'));
  }

  button('preview', 'fa-eye', () => {
    isPreviewing = true;
    refresh();
  });
  button('expand', 'fa-expand', () =>
    RED.editor.editText({
      // Jinja2 by another name; Node-RED's other editor does not know it.
      mode: 'monaco' in globalThis ? 'twig' : 'handlebars',
      value: input.val(),
      width: 'Infinity',
      complete(value) {
        input.val(value).trigger('change');
        refresh();
      },
    }),
  );
  let timer: number | undefined;
  input
    .on('input', () => {
      clearTimeout(timer);
      // What is being written is looked at once its preview is open, or to take back what was said of it.
      const isShown = isPreviewing || input.attr('aria-invalid') === 'true';
      if (isShown) timer = window.setTimeout(refresh, REST_MS);
    })
    .on('blur', refresh);
}
