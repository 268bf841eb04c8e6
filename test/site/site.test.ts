import { strict as assert } from 'node:assert';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** What `npm run docs` has built. */
const DIST = path.resolve(__dirname, '../../site/.vitepress/dist');
const BASE = '/node-red-misp/';
const SHOTS = path.resolve(__dirname, '../../.editor-shots/site');
const WIDTHS = { telephone: 360, tablet: 820, desk: 1440 };
/** Text, tables, pictures, a diagram, and a page made from a definition. */
const LOOKED_AT = ['index', 'start', 'training', 'fail-closed', 'gallery', 'nodes/misp-if-tag'];
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
};

const pages = readdirSync(DIST, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.html') && file !== '404.html')
  .map((file) => file.replace(/\.html$/, ''));

describe('the site of the documentation', () => {
  let server: Server;
  let browser: Browser;
  let url: string;

  before(async () => {
    server = createServer(({ url: asked = '' }, response) => {
      const file = decodeURI(new URL(asked, 'http://site').pathname).replace(/\/$/, '/index.html');
      const body = file.startsWith(BASE) ? contentOf(file.slice(BASE.length)) : undefined;
      response.writeHead(body ? 200 : 404, { 'Content-Type': TYPES[path.extname(file)] ?? 'text/plain' });
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`;
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    if (process.env.EDITOR_SHOTS) mkdirSync(SHOTS, { recursive: true });
  });
  after(async () => {
    await browser.close();
    server.close();
  });

  /** A page of the site, and what went wrong on it: errors, what was not found, and what was asked of others. */
  async function open(options: BrowserContextOptions): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage(options);
    // What the TypeScript loader of the tests adds to functions that are sent to the page.
    await page.addInitScript('globalThis.__name = (value) => value');
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('request', (request) => {
      const asked = request.url();
      if (!asked.startsWith(url) && !asked.startsWith('data:')) problems.push(`asks for ${asked}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
    });
    return { page, problems };
  }

  it('shows every page on a telephone: nothing from elsewhere, nothing missing, nothing beside the screen', async function () {
    this.timeout(300_000);
    const { page, problems } = await open({ viewport: { width: WIDTHS.telephone, height: 740 } });
    for (const name of pages) {
      await page.goto(`${url}${name}.html`, { waitUntil: 'load' });
      const { heading, beside, broken } = await page.evaluate(lookAt);
      assert.ok(heading, `${name}: no heading`);
      assert.ok(beside <= 0, `${name}: ${beside} px beside the screen`);
      assert.deepEqual(broken, [], name);
      assert.deepEqual(problems, [], name);
    }
    await page.close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`can be read at three widths, ${colorScheme}`, async () => {
      for (const [device, width] of Object.entries(WIDTHS)) {
        const { page, problems } = await open({ viewport: { width, height: 900 }, colorScheme });
        for (const name of LOOKED_AT) {
          await page.goto(`${url}${name}.html`, { waitUntil: 'load' });
          const { beside, isDark, contrast } = await page.evaluate(lookAt);
          assert.equal(isDark, colorScheme === 'dark');
          assert.ok(beside <= 0, `${name}: ${beside} px beside the screen`);
          assert.ok(contrast >= 4.5, `${name}: contrast ${contrast}`);
          const shot = `${name.replace('/', '-')}-${device}-${colorScheme}.png`;
          if (process.env.EDITOR_SHOTS) await page.screenshot({ path: path.join(SHOTS, shot) });
        }
        assert.deepEqual(problems, []);
        await page.close();
      }
    });
  }

  it('shows the demo in the colours that the reader chooses', async () => {
    const { page } = await open({ viewport: { width: WIDTHS.desk, height: 900 }, colorScheme: 'light' });
    await page.goto(url, { waitUntil: 'load' });
    assert.deepEqual(await shownPictures(page), ['demo']);
    await page.locator('.VPNavBarAppearance button').click();
    assert.deepEqual(await shownPictures(page), ['demo-dark']);
    await page.close();
  });

  it('finds words in all pages', async () => {
    const { page, problems } = await open({ viewport: { width: WIDTHS.desk, height: 900 } });
    for (const [words, expected] of [
      ['fail closed', 'fail-closed'],
      ['Tag operation', 'nodes/misp-tag'],
      ['SIGKILL', 'limits'],
    ]) {
      await page.goto(url, { waitUntil: 'load' });
      await page.locator('#local-search button').click();
      await page.locator('#localsearch-input').fill(words);
      await page.locator('#localsearch-list a').first().waitFor();
      const found = page.locator(`#localsearch-list a[href^="${BASE}${expected}.html"]`);
      await found.first().waitFor();
      await found.first().click();
      await page.waitForURL(`${url}${expected}.html**`);
    }
    assert.deepEqual(problems, []);
    await page.close();
  });

  it('leads from each page to the next, in the order of the list of all pages', async () => {
    const { page } = await open({ viewport: { width: WIDTHS.desk, height: 900 } });
    await page.goto(`${url}start.html`, { waitUntil: 'load' });
    const groups = await page.locator('.VPSidebarItem.level-0 > .item h2').allInnerTexts();
    assert.deepEqual(groups, [
      ...['Start', 'Connect', 'Concepts', 'Nodes', 'Coming from MISP', 'Gallery', 'Operate', 'Scale'],
      ...['Security', 'Differences', 'Versions', 'Contributing'],
    ]);
    assert.equal(await page.locator('.pager-link.next').getAttribute('href'), `${BASE}connect.html`);
    await page.close();
  });
});

function contentOf(file: string): Buffer | undefined {
  const found = path.join(DIST, file);
  if (!found.startsWith(DIST)) return undefined;
  try {
    return readFileSync(found);
  } catch {
    return undefined;
  }
}

const shownPictures = async (page: Page) => {
  const sources = await page
    .locator('.vp-doc img[width="663"]:visible')
    .evaluateAll((images) => images.map((image) => (image as unknown as { src: string }).src));
  return sources.map((source) => path.basename(source).split('.')[0]);
};

/** Runs in the page. */
function lookAt() {
  interface Box {
    complete: boolean;
    naturalWidth: number;
    src: string;
    innerText: string;
  }
  interface Browser {
    document: {
      documentElement: { scrollWidth: number; clientWidth: number; className: string };
      querySelector(selector: string): Box;
      querySelectorAll(selector: string): Iterable<Box>;
    };
    getComputedStyle(element: unknown): { color: string; backgroundColor: string };
  }
  const browser = globalThis as unknown as Browser;
  const { document } = browser;
  const luminance = (colour: string) => {
    const [red, green, blue] = (colour.match(/[\d.]+/g) ?? [])
      .slice(0, 3)
      .map((value) => Number(value) / 255)
      .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const text = luminance(browser.getComputedStyle(document.querySelector('.vp-doc p, .vp-doc li')).color);
  const paper = luminance(browser.getComputedStyle(document.querySelector('body')).backgroundColor);
  const { scrollWidth, clientWidth, className } = document.documentElement;
  const images = [...document.querySelectorAll('.vp-doc img')];
  return {
    heading: document.querySelector('.vp-doc h1')?.innerText,
    beside: scrollWidth - clientWidth,
    isDark: className.includes('dark'),
    contrast: (Math.max(text, paper) + 0.05) / (Math.min(text, paper) + 0.05),
    broken: images.filter((one) => one.complete && one.naturalWidth === 0).map((one) => one.src),
  };
}
