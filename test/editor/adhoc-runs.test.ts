import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { deploy, type FlowNode } from '../support/node-red';
import { openEditor, picture, type Editor } from './browser';
import { unreadable } from './contrast';
import { tab } from './flows';

const HOSTILE = '<img src=x onerror="globalThis.ran=1"><b>cranes</b>';
const LABEL = '<i onclick=x>Which & why</i>';
const TAG = 'lab:checked';

const node = (id: string, type: string, x: number, wires: string[][], more: object): FlowNode => ({
  ...{ id, type, z: 'tab', x, y: 200, version: 1, name: id, wires },
  ...more,
});
const flowFor = (url: string): FlowNode[] => [
  tab,
  { id: 'm', type: 'misp-server', version: 1, name: '', url, verify: true, timeout: 5 },
  node('adhoc', 'misp-adhoc-run', 500, [['mark', 'side'], []], {
    ...{ server: 'm', name: HOSTILE, description: HOSTILE, most: 100, concurrency: 1, timeout: 10 },
    parameters: [{ name: 'why', type: 'text', value: '', label: LABEL, required: true }],
  }),
  node('mark', 'misp-tag', 800, [[]], {
    ...{ server: 'm', action: 'add', scope: 'event', locality: 'local', tags: [TAG], create: true },
  }),
  node('side', 'exec', 800, [[], [], []], { command: 'true', addpay: '', useSpawn: 'false', name: HOSTILE }),
];
const USERS: Record<string, string[]> = { analyst: ['misp.run'], reader: ['read'] };
const adminAuth = {
  type: 'credentials',
  users: (username: string) => Promise.resolve(userOf(username)),
  authenticate: (username: string, password: string) =>
    Promise.resolve(password === 'right' ? userOf(username) : null),
};
const userOf = (username: string) =>
  Object.hasOwn(USERS, username) ? { username, permissions: USERS[username] } : null;

async function startMisp(): Promise<StandInMisp> {
  const misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
  for (const id of ['1', '2']) misp.event(id)!.info = `${HOSTILE} harbor ${'x'.repeat(200)}`;
  return misp;
}
const isMarked = (misp: StandInMisp, id: string) =>
  misp.event(id)!.Tag.some(({ name, local }) => name === TAG && Boolean(local));

/** Presses Tab until an element has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${selector}`);
}

for (const colours of ['light', 'dark'] as const) {
  describe(`the page of ad hoc runs, ${colours}, on a telephone, by keyboard alone`, function () {
    this.timeout(60000);
    let editor: Editor;
    let misp: StandInMisp;
    const complaints: string[] = [];
    before(async () => {
      misp = await startMisp();
      const telephone = { viewport: { width: 360, height: 740 } };
      editor = await openEditor(colours, [], { adminAuth }, telephone);
      editor.page.on('console', (message) => {
        if (/Content Security Policy|Trusted/i.test(message.text())) complaints.push(message.text());
      });
      await deploy(editor.nodeRed.RED, flowFor(misp.url), { m: { apiKey: API_KEY } });
    });
    after(async () => {
      await editor.close();
      await misp.close();
    });
    afterEach(() => assert.deepEqual([...editor.problems.splice(0), ...complaints.splice(0)], []));

    async function looksRight(name: string): Promise<void> {
      const { page } = editor;
      await picture(page, `ad-hoc-${name}-${colours}.png`, { fullPage: true });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 360, `${name} is ${width} wide`);
      assert.deepEqual(await unreadable(page, 'main', 'main *'), []);
      assert.equal(await page.evaluate('globalThis.ran'), undefined);
      assert.equal(await page.locator('main img, main b, main i').count(), 0);
    }

    it('lets in who may run, and nobody else', async () => {
      const { page, nodeRed } = editor;
      const answer = await page.goto(`${nodeRed.url}/misp-workflows/ad-hoc-runs/`);
      assert.match(answer!.headers()['content-security-policy'], /default-src 'none'; script-src 'self'/);
      await page.waitForSelector('form');
      await looksRight('login');
      for (const [user, password] of [
        ['reader', 'right'],
        ['analyst', 'wrong'],
      ]) {
        await page.locator('input[type=text]').fill('');
        await page.locator('input[type=text]').focus();
        await page.keyboard.type(user);
        await tabTo(page, 'input[type=password]');
        await page.keyboard.type(password);
        await page.keyboard.press('Enter');
        await page.locator('[role=alert]:has-text("refused")').waitFor();
        await page.locator('input[type=password]').fill('');
      }
      await page.locator('input[type=text]').fill('');
      await page.locator('input[type=text]').focus();
      await page.keyboard.type('analyst');
      await tabTo(page, 'input[type=password]');
      await page.keyboard.type('right');
      await page.keyboard.press('Enter');
      await page.waitForSelector('legend');
      const other = await page.evaluate(async () => {
        const token = sessionStorage.getItem('misp-ad-hoc-token');
        const headers = { authorization: `Bearer ${token}` };
        return (await fetch('../flows', { headers })).status;
      });
      assert.equal(other, 401);
      editor.problems.length = 0;
    });

    it('shows the plan first, and carries it out but for what is unticked', async () => {
      const { page } = editor;
      await looksRight('form');
      const words = (await page.textContent('main')) ?? '';
      for (const text of [HOSTILE, LABEL, `exec "${HOSTILE}"`]) assert.ok(words.includes(text), text);
      await tabTo(page, '.misp-ad-hoc-row input[type=text]');
      await page.keyboard.type('harbor');
      await page.keyboard.press('Enter');
      await page.locator('.misp-ad-hoc-problem:has-text("must be filled in")').first().waitFor();
      await tabTo(page, '[aria-required=true]');
      await page.keyboard.type('because');
      await page.keyboard.press('Enter');
      await page.waitForSelector('[data-do=carryOut]:not(:disabled)');
      await looksRight('plan');
      const shown = (await page.textContent('.misp-ad-hoc-events')) ?? '';
      assert.ok(shown.includes(`1: ${HOSTILE} harbor`));
      assert.match(shown, /"mark": .*lab:checked/);
      assert.ok(!isMarked(misp, '1'));
      assert.ok(await page.evaluate(() => document.activeElement?.matches('.misp-ad-hoc-run')));
      await tabTo(page, '[aria-label="Include event 2"]');
      await page.keyboard.press('Space');
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Shift+Tab');
      await tabTo(page, '[data-do=carryOut]');
      await page.keyboard.press('Enter');
      await page.locator('h3:has-text("Run, by analyst")').waitFor();
      await page.waitForSelector('[data-state=done]');
      await page.waitForSelector('[data-do=save]');
      await looksRight('report');
      assert.deepEqual([isMarked(misp, '1'), isMarked(misp, '2')], [true, false]);
      await page.locator('details:has-text("by analyst")').waitFor({ state: 'attached' });
    });

    it('logs out', async () => {
      const { page } = editor;
      await tabTo(page, 'header button');
      await page.keyboard.press('Enter');
      await page.waitForSelector('input[type=password]');
      editor.problems.length = 0;
    });
  });
}

describe('ad hoc runs in the editor', function () {
  this.timeout(60000);
  let editor: Editor;
  let misp: StandInMisp;
  before(async () => {
    misp = await startMisp();
    editor = await openEditor();
    await editor.open(flowFor(misp.url), { m: { apiKey: API_KEY } });
  });
  after(async () => {
    await editor.close();
    await misp.close();
  });
  afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

  it('begin with the button of the node', async () => {
    const { page } = editor;
    await page.locator('[id="adhoc"] .red-ui-flow-node-button-button').click();
    await page.waitForSelector('.misp-ad-hoc-place form');
    await page.locator('label:has-text("A list of ids") input').check();
    await page.fill('.misp-ad-hoc textarea', '1 2');
    await page.fill('[aria-required=true]', 'because');
    await page.click('.misp-ad-hoc-place button:text-is("Dry run")');
    await page.waitForSelector('[data-do=carryOut]:not(:disabled)');
    await picture(page, 'ad-hoc-dialog.png');
    assert.ok(((await page.textContent('.misp-ad-hoc-events')) ?? '').includes(HOSTILE));
    assert.deepEqual(await unreadable(page, '.misp-tray', '.misp-tray *'), []);
    await page.click('[data-do=carryOut]');
    await page.waitForSelector('h3:has-text("Run, ")');
    await page.waitForSelector('[data-do=save]');
    const shown = (await page.textContent('.misp-ad-hoc-place')) ?? '';
    assert.deepEqual([isMarked(misp, '1'), isMarked(misp, '2')], [true, true], shown);
    assert.equal(await page.evaluate('globalThis.ran'), undefined);
    await page.keyboard.press('Escape');
    await page.waitForSelector('.misp-ad-hoc-place', { state: 'detached' });
  });

  it('have the address of their page in the form', async () => {
    await editor.edit('adhoc');
    assert.match((await editor.page.textContent('#dialog-form')) ?? '', /misp-workflows\/ad-hoc-runs#adhoc/);
    await editor.cancel();
  });
});
