import type { Locator, Page } from 'playwright-core';
import { TRAY_MS } from './browser';

/** Drags a node type from the palette to a place of the workspace, and returns the id of the new node. */
export async function dragFromPalette(page: Page, type: string, x: number, y: number): Promise<string> {
  const before = await nodeIds(page);
  await page.fill('#red-ui-palette-search input', type);
  await page.waitForTimeout(400);
  const item = page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
  await item.scrollIntoViewIfNeeded();
  const chart = await page.locator('#red-ui-workspace-chart').boundingBox();
  await drag(page, middle(await item.boundingBox()), { x: (chart?.x ?? 0) + x, y: (chart?.y ?? 0) + y });
  await page.waitForTimeout(200);
  const added = (await nodeIds(page)).filter((id) => !before.includes(id));
  if (added.length !== 1) throw new Error(`${added.length} nodes were added for ${type}`);
  return added[0];
}

/** Wires an output of a node to the input of another, by dragging from port to port. */
export async function wire(page: Page, from: string, to: string, output = 0): Promise<void> {
  const port = (id: string, kind: string) => page.locator(`[id="${id}"] .red-ui-flow-port-${kind}`);
  const start = await standing(page, port(from, 'output').nth(output));
  const end = await standing(page, port(to, 'input').first());
  await drag(page, start, end);
  await page.waitForTimeout(200);
}

/** The middle of what is shown, once it has stopped moving: a workspace is drawn over several turns. */
async function standing(page: Page, what: Locator): Promise<Point> {
  for (let before = middle(await what.boundingBox()); ;) {
    await page.waitForTimeout(100);
    const now = middle(await what.boundingBox());
    if (now.x === before.x && now.y === before.y) return now;
    before = now;
  }
}

/** Opens the form of a node by a double click on it. */
export async function openByDoubleClick(page: Page, id: string): Promise<void> {
  const { x, y } = await standing(page, page.locator(`[id="${id}"] .red-ui-flow-node`));
  await page.mouse.dblclick(x, y);
  await page.waitForSelector('#node-dialog-ok');
  await page.waitForTimeout(TRAY_MS);
}

export async function closeForm(page: Page): Promise<void> {
  await page.click('#node-dialog-ok');
  await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
  await page.waitForTimeout(300);
}

interface Point {
  x: number;
  y: number;
}

export async function drag(page: Page, from: Point, to: Point): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 5 });
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.waitForTimeout(100);
  await page.mouse.up();
}

export function middle(box: { x: number; y: number; width: number; height: number } | null): Point {
  if (!box) throw new Error('It is not shown');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

function nodeIds(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const ids: string[] = [];
    const { RED } = globalThis as unknown as {
      RED: { nodes: { eachNode(callback: (node: { id: string }) => void): void } };
    };
    RED.nodes.eachNode(({ id }) => void ids.push(id));
    return ids;
  });
}
