import type { Page } from 'playwright-core';
import type { Field } from '../../nodes/definition';

/** What cannot be read, by type of value. */
const BAD_VALUES: Record<string, string> = { json: '{', jsonata: '(', num: 'x', msg: 'a..b' };
/** One of these breaks any pattern. */
const ODD_TEXTS = ['§ odd', 'odd', '/', 'http://odd'];

/** The fields of a form that are shown, whatever they are drawn with. */
export async function isShown(page: Page, id: string): Promise<boolean> {
  // An empty list has nothing to see but its row.
  const row = `.form-row:has(${id}-list, ${id}-value):visible`;
  return (await page.locator(`${id}:visible, ${row}`).count()) > 0;
}

/**
 * Makes the value of a field wrong, as a user could.
 * @returns what carries the mark then; undefined if nothing that can be entered there is wrong
 */
export async function spoil(page: Page, id: string, field: Field): Promise<string | undefined> {
  switch (field.kind) {
    case 'text':
    case 'area': {
      const pattern = field.kind === 'text' && field.pattern ? new RegExp(field.pattern) : undefined;
      const odd = pattern ? ODD_TEXTS.find((text) => !pattern.test(text)) : field.required ? '' : undefined;
      return odd === undefined ? undefined : write(page, id, odd);
    }
    case 'number':
      return write(page, id, String(field.max + 1));
    case 'hashpath':
      return write(page, id, 'Event.Tag[');
    case 'template':
      return write(page, id, '{% if %}');
    case 'filter':
      return write(page, `${id}-list-path`, 'Tag[');
    case 'typed': {
      const type = field.types.find((one) => one in BAD_VALUES);
      if (!type) return undefined;
      await setTyped(page, id, type, BAD_VALUES[type]);
      return `${id}-value`;
    }
    case 'picker':
    case 'list': {
      if (!field.required || field.orElse) return undefined;
      const remove =
        field.kind === 'picker'
          ? `${id}-list .misp-chip button`
          : `${id}-list li:not(.red-ui-editableList-item-deleting) .red-ui-editableList-item-remove`;
      await removeAll(page, remove);
      return field.kind === 'picker' ? `${id}-entry` : `${id}-list`;
    }
    // Nothing is chosen or entered in a new node.
    case 'config':
    case 'secret':
      return field.required && (await page.inputValue(id)) === '' ? id : undefined;
    default:
      return undefined;
  }
}

/** Clicks one after the other; a row that is removed fades out first. */
async function removeAll(page: Page, selector: string): Promise<void> {
  const buttons = page.locator(selector);
  for (let left = await buttons.count(); left > 0; left = await buttons.count()) {
    await buttons.last().click();
    await page.waitForFunction(
      ([query, count]) => document.querySelectorAll(query as string).length < (count as number),
      [selector, left],
    );
  }
}

async function write(page: Page, selector: string, text: string): Promise<string> {
  await page.fill(selector, text);
  await page.locator(selector).blur();
  return selector;
}

/** What a form says of a control that is wrong, as a screen reader would. */
export async function complaint(page: Page, selector: string): Promise<string> {
  const control = page.locator(`${selector}[aria-invalid=true]`);
  await control.waitFor({ state: 'attached', timeout: 3000 });
  // Some words come from the runtime.
  const words = await page.waitForFunction(
    (wrong) => {
      const ids = document.querySelector(wrong)?.getAttribute('aria-describedby')?.split(' ') ?? [];
      const places = ids.map((id) => document.getElementById(id));
      const shown = places.filter((place) => place?.matches('.misp-problem, [data-state=error]'));
      return shown
        .map((place) => (place?.offsetParent ? place.innerText : ''))
        .join(' ')
        .trim();
    },
    `${selector}[aria-invalid=true]`,
    { timeout: 3000 },
  );
  return words.jsonValue();
}

export async function setTyped(page: Page, id: string, type: string, value: string): Promise<void> {
  await page.evaluate(
    ([selector, chosen, text]) => {
      const { $ } = globalThis as unknown as {
        $: (selector: string) => { typedInput(property: string, value: string): void };
      };
      $(selector).typedInput('type', chosen);
      $(selector).typedInput('value', text);
    },
    [id, type, value],
  );
}
