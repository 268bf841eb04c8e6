import type { Page } from 'playwright-core';

/** Least contrast of our texts with what is behind them, as WCAG has it for texts of this size. */
const LEAST_CONTRAST = 4.5;
/** Node-RED's own buttons and labels are its own. */
const LEAST_OF_OTHERS = 2;

/**
 * Texts that hardly differ from what is behind them.
 * @param within where it is looked for
 * @param ours which of the texts are of this package
 */
export function unreadable(page: Page, within: string, ours: string): Promise<string[]> {
  return page.evaluate(
    ({ within, ours, least, leastOfOthers }) => {
      const channels = (colour: string) => {
        const numbers = (colour.match(/[\d.]+/g) ?? []).map(Number);
        // What was mixed is told in parts of one.
        return colour.startsWith('color(srgb')
          ? numbers.map((part, index) => (index < 3 ? part * 255 : part))
          : numbers;
      };
      const light = (colour: number[]) => {
        const [red, green, blue] = colour.map((part) => {
          const share = part / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return red * 0.2126 + green * 0.7152 + blue * 0.0722;
      };
      const isSeen = (colour: number[]) => colour.length === 3 || colour[3] > 0.5;
      // A text in a picture stands on the box that was drawn before it.
      const boxBehind = (element: Element) => {
        const box = element instanceof SVGTextElement ? element.previousElementSibling : null;
        return box instanceof SVGRectElement ? channels(getComputedStyle(box).fill) : [];
      };
      const behind = (element: Element | null): number[] => {
        if (!element) return [255, 255, 255];
        const box = boxBehind(element);
        if (box.length > 0 && isSeen(box)) return box;
        const colour = channels(getComputedStyle(element).backgroundColor);
        return isSeen(colour) ? colour : behind(element.parentElement);
      };
      const contrast = (element: Element) => {
        const style = getComputedStyle(element);
        const own = element instanceof SVGElement ? style.fill : style.color;
        const [a, b] = [channels(own), behind(element)].map(light);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      };
      const isOurs = (element: Element) => element.closest(ours) && !element.closest('.red-ui-button');
      const isShown = (element: Element) => element.getClientRects().length > 0;
      const texts =
        'label, input, select, textarea, div, span, button, summary, code, pre, p, h4, li, strong, text';
      return (
        Array.from(document.querySelectorAll(within))
          .flatMap((root) => Array.from(root.querySelectorAll(texts)))
          .filter(isShown)
          .filter((element) =>
            Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.textContent?.trim()),
          )
          // What cannot be used is meant to be pale.
          .filter((element) => !element.closest('[disabled]'))
          .filter((element) => contrast(element) < (isOurs(element) ? least : leastOfOthers))
          .map(
            (element) =>
              `${element.tagName} ${contrast(element).toFixed(2)} ${element.textContent?.trim().slice(0, 40)}`,
          )
      );
    },
    { within, ours, least: LEAST_CONTRAST, leastOfOthers: LEAST_OF_OTHERS },
  );
}
