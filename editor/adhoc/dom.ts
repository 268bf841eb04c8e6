/** What an element is made with, besides its words: its class and other attributes. */
type Attributes = Record<string, string>;

/** An element with words, which stay words. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  words = '',
  attributes: Attributes = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (words) made.textContent = words;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

export function button(words: string, click: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element('button', words, { type: 'button', ...attributes });
  // Node-RED's own look, where its editor is around.
  made.classList.add('red-ui-button');
  made.addEventListener('click', click);
  return made;
}

let count = 0;

/** An input with its label, in a row. */
export function labelled<T extends HTMLElement>(words: string, control: T): { row: HTMLElement; control: T } {
  control.id = `misp-ad-hoc-${++count}`;
  const row = element('div', '', { class: 'misp-ad-hoc-row' });
  row.append(element('label', words, { for: control.id }), control);
  return { row, control };
}

/** Inputs that are one matter. */
export function group(words: string, ...inside: HTMLElement[]): HTMLFieldSetElement {
  const made = element('fieldset');
  made.append(element('legend', words), ...inside);
  return made;
}

export function select(options: readonly (readonly [value: string, words: string])[]): HTMLSelectElement {
  const made = element('select');
  for (const [value, words] of options) {
    const option = element('option', words);
    option.value = value;
    made.append(option);
  }
  return made;
}
