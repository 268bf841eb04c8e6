import { colourOf } from '../show';

export interface Suggestion {
  value: string;
  label: string;
  colour?: string;
  hint?: string;
}

interface SuggestionsOptions {
  /** Of the list. */
  id: string;
  input: JQuery;
  place: JQuery;
  /** Gets the value that was chosen. */
  onPick: (value: string) => void;
}

/** A list of suggestions under an input, as a combobox: arrows, Enter and Tab choose, Escape closes. */
export function suggestions({ id, input, place, onPick }: SuggestionsOptions): {
  show(items: Suggestion[]): void;
  close(): void;
} {
  const list = $('<ul role="listbox" class="misp-options">').attr('id', id).hide().appendTo(place);
  input.attr({ role: 'combobox', autocomplete: 'off', 'aria-autocomplete': 'list', 'aria-controls': id });
  let active = -1;

  function close(): void {
    list.hide().empty();
    input.attr('aria-expanded', 'false').removeAttr('aria-activedescendant');
    active = -1;
  }
  function show(items: Suggestion[]): void {
    close();
    items.forEach((item, index) => optionOf(item, `${id}-${index}`).appendTo(list));
    list.toggle(items.length > 0);
    input.attr('aria-expanded', String(items.length > 0));
  }
  function optionOf({ value, label, colour, hint }: Suggestion, optionId: string): JQuery {
    const option = $('<li role="option" aria-selected="false">').attr('id', optionId).data('value', value);
    const background = colourOf(colour);
    if (background) $('<span class="misp-colour">').css('background-color', background).appendTo(option);
    $('<span>').text(label).appendTo(option);
    if (hint) $('<small>').text(hint.slice(0, 80)).appendTo(option);
    // Before the input loses the focus, which would close the list.
    return option.on('mousedown', (event) => {
      event.preventDefault();
      onPick(value);
    });
  }
  function move(step: number): void {
    const options = list.children().attr('aria-selected', 'false');
    // From none, down goes to the first and up to the last.
    const from = active < 0 && step < 0 ? 0 : active;
    active = (from + step + options.length) % options.length;
    const option = options.eq(active).attr('aria-selected', 'true');
    option[0].scrollIntoView({ block: 'nearest' });
    input.attr('aria-activedescendant', option.attr('id') ?? '');
  }

  input.on('keydown', (event) => {
    const isOpen = list.children().length > 0;
    const isChoosing = active >= 0 && (event.key === 'Enter' || event.key === 'Tab');
    if (!isOpen) return;
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Escape') close();
    else if (isChoosing) onPick(list.children().eq(active).data('value') as string);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  close();
  return { show, close };
}
