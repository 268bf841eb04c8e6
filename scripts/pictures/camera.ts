import type { Page } from 'playwright-core';

/** A part of the window, in pixels. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Free space around what is shown. */
const MARGIN = 24;
/** A window that any drawing has room in. */
const LARGE = { width: 3400, height: 1600 };
const RESIZES_MS = 300;
/** What lies over the rest for a moment only. */
const WITHOUT = `
  .red-ui-notification, .red-ui-popover, .red-ui-view-navigator-container { display: none !important; }
  .red-ui-tray { box-shadow: none !important; }
  * { caret-color: transparent !important; transition: none !important; }`;

/** The drawing of the open tab: all its nodes, with their statuses. */
export async function ofDrawing(page: Page, margin = MARGIN): Promise<Buffer> {
  const before = page.viewportSize();
  await page.setViewportSize(LARGE);
  await page.waitForTimeout(RESIZES_MS);
  const box = await around(
    page,
    '#red-ui-workspace-chart .red-ui-flow-node-group, #red-ui-workspace-chart .red-ui-flow-group',
  );
  const png = await take(page, grown(box, margin));
  if (before) await page.setViewportSize(before);
  return png;
}

/** The form that is open, without what stands beside it. */
export async function ofForm(page: Page): Promise<Buffer> {
  const tray = await around(page, '.red-ui-tray:last-child');
  const content = await around(
    page,
    '.red-ui-tray:last-child .red-ui-tray-header, .red-ui-tray:last-child .form-row',
  );
  const bottom = Math.min(tray.y + tray.height, content.y + content.height + MARGIN);
  return take(page, { ...tray, height: bottom - tray.y });
}

/** Each of these, and what lies between them. */
export async function of(page: Page, selector: string, margin = 0): Promise<Buffer> {
  return take(page, grown(await around(page, selector), margin));
}

async function take(page: Page, box: Box): Promise<Buffer> {
  const style = await page.addStyleTag({ content: WITHOUT });
  const png = await page.screenshot({ clip: inside(box, page.viewportSize()) });
  await style.evaluate((element) => (element as unknown as { remove(): void }).remove());
  return png;
}

/** The smallest box around all that is visible of these elements. */
function around(page: Page, selector: string): Promise<Box> {
  return page.$$eval(selector, (elements) => {
    const boxes = elements
      .map((element) => (element as unknown as { getBoundingClientRect(): DOMBox }).getBoundingClientRect())
      .filter(({ width, height }) => width > 0 && height > 0);
    interface DOMBox {
      left: number;
      top: number;
      right: number;
      bottom: number;
      width: number;
      height: number;
    }
    if (boxes.length === 0) throw new Error('Nothing of it is visible');
    const x = Math.min(...boxes.map(({ left }) => left));
    const y = Math.min(...boxes.map(({ top }) => top));
    const width = Math.max(...boxes.map(({ right }) => right)) - x;
    const height = Math.max(...boxes.map(({ bottom }) => bottom)) - y;
    return { x, y, width, height };
  });
}

function grown({ x, y, width, height }: Box, by: number): Box {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

function inside(box: Box, window: { width: number; height: number } | null): Box {
  const x = Math.max(0, box.x);
  const y = Math.max(0, box.y);
  const right = Math.min(box.x + box.width, window?.width ?? Infinity);
  const bottom = Math.min(box.y + box.height, window?.height ?? Infinity);
  return { x, y, width: right - x, height: bottom - y };
}
