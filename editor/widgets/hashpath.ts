import { textFrom } from '../show';
import type { Answer, PathAnswer } from '../../nodes/plugin/api';
import { ask } from '../ask';
import { describe, mark } from '../problems';
import type { Slot } from '../slot';
import { triggersAbove } from '../upstream';
import { onLastMessage } from './last-message';
import { suggestions } from './suggestions';

/** How long typing rests before the runtime is asked, in milliseconds. */
const REST_MS = 200;

interface PathField {
  input: JQuery;
  node: EditorNode;
  type: string;
  /** The path is one inside the items of this selector, if it is given. */
  within?: () => string;
  /** Paths to propose whatever the message is. */
  usual?: readonly string[];
}

/** A hash path: proposes what comes next, and shows what the path finds in the last message. */
export function hashpath({ input, node, type }: Slot): void {
  attachPath({ input, node, type });
}

/** Makes a field for a hash path of an input. */
export function attachPath({ input, node, type, within, usual = [] }: PathField): void {
  const text = (key: string, values?: object) => textFrom(node, `${type}.path.${key}`, values);
  const box = $('<div class="misp-path-help">').insertAfter(input);
  const list = suggestions({ id: `${input.attr('id')}-options`, input, place: box, onPick: pick });
  const id = `${input.attr('id')}-preview`;
  const preview = $('<div class="misp-preview" role="status">').attr('id', id).appendTo(box);
  describe(input, id);
  const triggers = triggersAbove(node);
  let timer: number | undefined;

  const look = onLastMessage<Answer<'POST /try/path'>>(
    (seen) => ask('POST /try/path', { body: { path: input.val(), selector: within?.(), triggers: seen } }),
    show,
  );
  const after = (rest: number) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => look(triggers), rest);
  };
  function show(answer: PathAnswer, refusal: string | undefined): void {
    const isFocused = input.is(':focus');
    const offered = [
      ...usual.filter((path) => path !== input.val() && path.startsWith(input.val())),
      ...(answer.next ?? []),
    ];
    // While it is written, a path that can still become right is not called wrong.
    const words = 'problem' in answer && !(isFocused && offered.length > 0) ? answer.problem : '';
    mark(input, 'runtime', words !== '');
    preview.attr('data-state', words ? 'error' : 'ok');
    preview.text(words || found(answer, refusal));
    if (isFocused) list.show([...new Set(offered)].map((path) => ({ value: path, label: path })));
    else list.close();
  }
  function found(answer: PathAnswer, refusal: string | undefined): string {
    if ('problem' in answer || input.val() === '') return '';
    const { source, trigger, count, values } = answer;
    if (!source) return refusal ?? text('noMessage');
    const on = text(`on.${source}`, { trigger });
    return count === 0 ? text('nothing', { on }) : text('found', { on, count, values: values.join(', ') });
  }
  function pick(path: string): void {
    list.close();
    input.val(path).trigger('change').trigger('focus');
    after(0);
  }

  input.on('input focus', () => after(REST_MS)).on('blur', () => after(0));
  if (input.val()) after(0);
}
