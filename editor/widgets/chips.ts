import { colourOf } from '../show';

/** A value with what MISP says of it. */
interface Known {
  value: string;
  label: string;
  colour?: string;
}

interface Chips {
  values(): string[];
  add(values: string[]): void;
  removeLast(): void;
  /** Tells labels and colours of values. */
  learn(items: Known[]): void;
}

interface ChipsOptions {
  place: JQuery;
  /** What is chosen, for screen readers. */
  label: string;
  text: (key: string, values?: object) => string;
  onRemove: () => void;
}

/** What was chosen in a picker, as chips that can be removed. */
export function chips({ place, label, text, onRemove }: ChipsOptions): Chips {
  const box = $('<div class="misp-chips" role="list">').attr('aria-label', label).appendTo(place);
  const values: string[] = [];
  const known = new Map<string, Known>();

  function show(): void {
    box.empty().append(values.map(chipOf));
  }
  function chipOf(value: string): JQuery {
    const { label: shown = value, colour }: Partial<Known> = known.get(value) ?? {};
    const chip = $('<span class="misp-chip" role="listitem">').attr({ 'data-value': value, title: value });
    $('<span>').text(shown).appendTo(chip);
    const background = colourOf(colour);
    if (background) chip.css({ backgroundColor: background, color: readable(background) });
    $('<button type="button">')
      .text('×')
      .attr('aria-label', text('remove', { value: shown }))
      .on('click', () => remove(value))
      .appendTo(chip);
    return chip;
  }
  function remove(value: string): void {
    values.splice(values.indexOf(value), 1);
    show();
    onRemove();
  }
  return {
    values: () => [...values],
    add(added) {
      for (const value of added.map((one) => one.trim()).filter(Boolean)) {
        if (!values.includes(value)) values.push(value);
      }
      show();
    },
    removeLast() {
      const last = values.at(-1);
      if (last !== undefined) remove(last);
    },
    learn(items) {
      for (const item of items) known.set(item.value, item);
      if (values.some((value) => items.some((item) => item.value === value))) show();
    },
  };
}

/** Black or white, whichever can be read on a colour such as `#1a2b3c`. */
function readable(colour: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 > 150 ? '#000' : '#fff';
}
