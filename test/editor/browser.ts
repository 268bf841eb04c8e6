import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  chromium,
  type Browser,
  type BrowserContextOptions,
  type Page,
  type PageScreenshotOptions,
} from 'playwright-core';
import { root, startNodeRed, deploy, type FlowNode } from '../support/node-red';

/** Where the pictures of a run go: those of what failed, and with `EDITOR_SHOTS=1` those that are to be looked at. */
export const shots = path.join(root, '.editor-shots', process.env.EDITOR_RUN ?? 'node-red-4');

/** Dark themes for Node-RED 4, which has none of its own. */
const THEMES = path.join(root, 'node_modules/@node-red-contrib-themes/theme-collection');
const hasOwnDark = process.env.EDITOR_RUN === 'node-red-5';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The editor asks for the palette's catalogue: nothing from outside is needed here. A route of Playwright would turn the
  // browser's cache off.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** What slides or fades is drawn many times over by a browser without a graphics card. */
const STAND_STILL = `addEventListener('DOMContentLoaded', () => {
  const style = new CSSStyleSheet();
  style.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important }');
  document.adoptedStyleSheets.push(style);
})`;

/** A real editor in a real browser, on a real Node-RED. */
export interface Editor {
  page: Page;
  /** What went wrong in the browser: uncaught errors and console errors of ours. */
  problems: string[];
  nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  /** Deploys a flow and loads the editor anew. */
  open(flow: FlowNode[], credentials?: Record<string, object>): Promise<void>;
  /** Opens the form of a node, by its id, and waits until it stands still. */
  edit(id: string): Promise<void>;
  /** Leaves the open form without a change. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

/** A real browser, which asks nobody for anything by itself. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
}

/** How long a form takes to slide in, in milliseconds. */
export const TRAY_MS = 350;

/** Keeps a picture of what is shown, for somebody who wants to look at it: each costs as much as filling two fields. */
export async function picture(page: Page, name: string, options: PageScreenshotOptions = {}): Promise<void> {
  if (process.env.EDITOR_SHOTS) await page.screenshot({ path: path.join(shots, name), ...options });
}

export async function openEditor(
  colours: 'light' | 'dark' = 'light',
  packages: string[] = [],
  settings: object = {},
  view: BrowserContextOptions = {},
): Promise<Editor> {
  mkdirSync(shots, { recursive: true });
  const isDark = colours === 'dark';
  const nodeRed = await startNodeRed({
    editor: true,
    packages: isDark ? [...packages, THEMES] : packages,
    settings: {
      ...(isDark && !hasOwnDark ? { editorTheme: { tours: false, theme: 'dark' } } : {}),
      ...settings,
    },
  });
  // Node-RED 5 fails to show a tip, after some seconds, in an editor whose info sidebar was never seen.
  await fetch(`${nodeRed.url}/settings/user`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ editor: { view: { 'view-show-tips': false } } }),
  });
  const browser = await launchBrowser();
  const viewport = { width: 1300, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme: colours, ...view });
  // What the TypeScript loader of the tests adds to functions that are sent to the page.
  await context.addInitScript('globalThis.__name = (named) => named');
  await context.addInitScript(STAND_STILL);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
  return {
    page,
    problems,
    nodeRed,
    async open(flow, credentials = {}) {
      await deploy(nodeRed.RED, flow, credentials);
      await page.goto(nodeRed.url);
      await page.waitForSelector('#red-ui-header-button-sidemenu');
      await page.waitForFunction(
        'window.RED && RED.nodes && RED.nodes.registry.getNodeTypes().includes("misp-trigger")',
      );
      const ids = flow.map(({ id }) => id);
      await page.waitForFunction(
        `${JSON.stringify(ids)}.every((id) => RED.nodes.node(id) || RED.nodes.workspace(id) ||
          RED.nodes.subflow(id) || RED.nodes.group(id) || RED.nodes.junction(id))`,
      );
      // What the editor of Node-RED 5 does when its user chooses dark.
      if (isDark && hasOwnDark) {
        await page.evaluate(() => document.documentElement.classList.add('nr-theme-dark'));
      }
      await page.waitForTimeout(500);
    },
    async edit(id) {
      await page.evaluate(`RED.editor.edit(RED.nodes.node(${JSON.stringify(id)}))`);
      await page.waitForSelector('#node-dialog-ok');
      await page.waitForTimeout(TRAY_MS);
    },
    async cancel() {
      await page.click('#node-dialog-cancel');
      await page.waitForSelector('#node-dialog-cancel', { state: 'detached' });
    },
    async close() {
      await browser.close();
      await nodeRed.stop();
    },
  };
}
