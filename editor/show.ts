/**
 * The one way in which text is shown: as text. What comes from MISP, a message, an error or a file never becomes markup.
 * The linter knows all other ways into the page, and allows them nowhere but here.
 */

/**
 * Node-RED's notification, with plain text.
 * @param options as Node-RED has them; `buttons` have plain texts too, and the first that is pressed closes it
 */
export function notifyText(text: string, { buttons, ...options }: NotifyOptions = {}): EditorNotification {
  const content = document.createElement('p');
  content.textContent = text;
  // One that closes is seen, and can be pressed, for a while yet.
  let isOpen = true;
  const close = () => {
    isOpen = false;
    notification.close();
  };
  const press = (click?: () => void) => {
    if (!isOpen) return;
    close();
    click?.();
  };
  // Node-RED takes the text of a button for markup.
  const safe = buttons?.map((button) => ({
    ...button,
    text: RED.utils.sanitize(button.text),
    click: () => press(button.click),
  }));
  const notification = RED.notify(content, safe ? { ...options, buttons: safe } : options);
  return { close };
}

let asked: EditorNotification | undefined;

/**
 * Asks before something acts, or is lost. One question stands at a time.
 * @param buttons what they say
 * @param act is called once, if it is to be
 */
export function askFirst(question: string, buttons: { no: string; yes: string }, act: () => void): void {
  asked?.close();
  asked = notifyText(question, {
    type: 'warning',
    fixed: true,
    buttons: [{ text: buttons.no }, { text: buttons.yes, class: 'primary', click: act }],
  });
}

/**
 * A text of a node's type, or of Node-RED's editor, with its values as they are: it is shown as text, so nothing in it
 * is to be escaped.
 */
export function textFrom(
  source: { _(key: string, values?: object): string },
  key: string,
  values: object = {},
): string {
  return source._(key, { ...values, interpolation: { escapeValue: false } });
}

/** Words in the notation of our catalogues that are marked: `code`, **strong**, *emphasis*. */
const MARKED = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\b_([^_]+)_\b/g;
const ELEMENTS = ['code', 'strong', 'em', 'em'];

/** Fills an element with words: paragraphs apart by an empty line, and marked words in them. */
export function showWords(element: HTMLElement, words: string): void {
  const paragraphs = words.split(/\n{2,}/).map((text) => {
    const paragraph = document.createElement('p');
    paragraph.append(...partsOf(text));
    return paragraph;
  });
  element.replaceChildren(...paragraphs);
}

function partsOf(text: string): (string | Node)[] {
  const parts: (string | Node)[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKED)) {
    const kind = match.slice(1).findIndex((marked) => marked !== undefined);
    const marked = document.createElement(ELEMENTS[kind]);
    marked.textContent = match[kind + 1];
    parts.push(text.slice(end, match.index), marked);
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}

/** A colour such as `#1a2b3c`, as MISP has them; undefined for any other text. */
export function colourOf(text: unknown): string | undefined {
  return typeof text === 'string' && /^#[0-9a-f]{6}$/i.test(text) ? text : undefined;
}
