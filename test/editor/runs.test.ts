import { strict as assert } from 'node:assert';
import { DEBUG_RUNS, debugLogin, postDebug } from '../support/debug-posts';
import type { RunList } from '../../nodes/plugin/api';
import { allow, block, credentials, idOf, ifTag, listener, tab, trigger } from '../support/flows';
import { call, event, freePort, listening, query } from '../support/misp';
import { deploy } from '../support/node-red';
import { becomes } from '../support/until';
import { openEditor, picture, type Editor } from './browser';
import { answerQuestion } from './questions';
import { unreadable } from './contrast';

for (const colours of ['light', 'dark'] as const) {
  describe(`the runs in the editor, ${colours}`, function () {
    this.timeout(90000);
    let editor: Editor;
    let port = 0;
    const place = (flow: ReturnType<typeof allow>[]) =>
      flow.map((node, index) => ({ ...node, x: 140 + 180 * index, y: 120 + 40 * index }));
    const flow = (tag: string) =>
      place([trigger(['if']), ifTag('if', tag, ['stop'], ['go']), block(), allow()]);

    before(async () => {
      editor = await openEditor(colours);
      port = await freePort();
      await editor.open([tab, listener(port), ...flow('tlp:red')], credentials);
      await listening(port);
    });
    after(() => editor.close());
    afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

    const ask = (tags: string[], info: string) => query(port, 'test_module', event(tags, { info }));
    const names = () => editor.page.locator('.misp-run-name').allTextContents();
    const shows = async (expected: string[]) => {
      // Runs of the suite before are still known: Node-RED was started again in its process.
      await becomes(async () => (await names()).slice(0, expected.length), expected);
    };

    async function counted(): Promise<{ runs: number; blocked: number }> {
      const { counts } = await editor.page.evaluate<RunList>(
        "fetch('misp-workflows/runs').then((response) => response.json())",
      );
      return counts.find(({ node }) => node.id === idOf('trigger')) ?? { runs: 0, blocked: 0 };
    }

    it('come as they happen, as text, and are found', async () => {
      const { page } = editor;
      await page.evaluate("RED.sidebar.show('misp-runs')");
      await page.waitForFunction("document.querySelector('.misp-runs [role=status]').textContent !== ''");
      // Other suites of this process have counted too.
      const before = await counted();
      await ask(['tlp:red'], '<img src=x onerror="window.hacked = 1">');
      await ask(['tlp:green'], 'Everyday phishing');
      await shows(['Everyday phishing', '<img src=x onerror="window.hacked = 1">']);
      assert.equal(await page.evaluate('window.hacked'), undefined);
      const states = await page.locator('.misp-run-state').allTextContents();
      assert.deepEqual(states.slice(0, 2), ['go on', 'stopped']);
      await picture(page, `runs-list-${colours}.png`);
      await page.selectOption('.misp-run-filters select >> nth=1', 'block');
      await shows(['<img src=x onerror="window.hacked = 1">']);
      await page.selectOption('.misp-run-filters select >> nth=1', '');
      await page.fill('.misp-run-filters input', 'PHISH');
      await shows(['Everyday phishing']);
      await page.fill('.misp-run-filters input', '');
      await shows(['Everyday phishing', '<img src=x onerror="window.hacked = 1">']);
      await page.click('.misp-runs summary');
      const after = await counted();
      assert.deepEqual([after.runs - before.runs, after.blocked - before.blocked], [2, 1]);
      const rows = await page.locator('.misp-run-counts tbody tr').all();
      const cells = await Promise.all(rows.map((row) => row.locator('td').allTextContents()));
      assert.ok(
        cells.some(([runs, blocked]) => runs === String(after.runs) && blocked === String(after.blocked)),
        JSON.stringify([after, cells]),
      );
    });

    it('show their way and why it was taken, by the keyboard too, and a replay what has changed', async () => {
      const { page } = editor;
      await page.locator('.misp-run').nth(1).focus();
      await page.keyboard.press('Enter');
      await page.waitForSelector('.misp-run-steps li');
      assert.match(
        (await page.textContent('.misp-run-page')) ?? '',
        /stopped after \d+ ms \(a response node\): blocked by the flow/,
      );
      assert.match((await page.textContent('.misp-run-steps')) ?? '', /went: then.*found: \["tlp:red"\]/);
      const lit = () => page.$$eval('.misp-lit', (all) => all.map(({ id }) => id).filter(Boolean));
      assert.deepEqual((await lit()).sort(), ['if', 'stop', 'trigger'].map(idOf));
      await picture(page, `runs-page-${colours}.png`);
      await page.click('[data-action=replay]');
      await page.waitForSelector('.misp-run-compared');
      assert.match((await page.textContent('.misp-run-compared')) ?? '', /went as it was recorded/);

      await page.click('[data-action=back]');
      await deploy(editor.nodeRed.RED, [tab, listener(port), ...flow('tlp:amber')], credentials);
      await listening(port);
      await page.locator('.misp-run').nth(2).click();
      await page.click('[data-action=replay]');
      await page.waitForSelector('.misp-run-compared li');
      const compared = (await page.locator('.misp-run-compared li').allTextContents()).join('\n');
      assert.match(compared, /: else \(recorded: then\)/);
      assert.match(compared, /the answer: allow \(recorded: block: blocked by the flow\)/);
      await picture(page, `runs-replay-${colours}.png`);
      await page.click('[data-action=back]');
    });

    it("show what MISP's own workflows did, as its debug mode posts it", async () => {
      const { page } = editor;
      const ofMisp = page.locator('.misp-run', { hasText: 'workflow in MISP' });
      const before = await ofMisp.count();
      for (const { path: url, body } of DEBUG_RUNS[0].posts)
        assert.equal(await postDebug(port, url, body, debugLogin(credentials.listener.password)), 200);
      await becomes(() => ofMisp.count(), before + 1);
      await ofMisp.first().click();
      await page.locator('.misp-run-steps li', { hasText: 'nodered_block' }).waitFor();
      const steps = (await page.textContent('.misp-run-steps')) ?? '';
      assert.match(steps, /tag-if.*went well.*nodered_block.*debug block/);
      await picture(page, `runs-of-misp-${colours}.png`);
      await page.click('[data-action=back]');
    });

    it('are opened by a click, whatever comes while the button is down', async () => {
      const { page } = editor;
      await ask(['tlp:green'], 'To be pressed');
      await shows(['To be pressed']);
      const box = await page.locator('.misp-run').first().boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + 20, box.y + box.height / 2);
      await page.mouse.down();
      const said = () => page.textContent('.misp-runs > p[role=status]');
      const before = await said();
      await ask(['tlp:green'], 'While a run was pressed');
      await becomes(async () => (await said()) !== before, true);
      await page.mouse.up();
      await page.waitForSelector('.misp-run-steps li');
      assert.match((await page.textContent('.misp-run-page')) ?? '', /To be pressed/);
      await page.click('[data-action=back]');
      await shows(['While a run was pressed']);
    });

    it('are shown to their end, also if that came while the page was on its way', async () => {
      const { page } = editor;
      const login = debugLogin(credentials.listener.password);
      const [first, ...others] = DEBUG_RUNS[1].posts;
      await postDebug(port, first.path, first.body, login);
      const underWay = page.locator('.misp-run[data-state=open]', { hasText: 'workflow in MISP' });
      await underWay.waitFor();
      let isOver: () => void = () => undefined;
      const over = new Promise<void>((resolve) => (isOver = resolve));
      let isAsked: () => void = () => undefined;
      const asked = new Promise<void>((resolve) => (isAsked = resolve));
      await page.route('**/misp-workflows/runs/misp-*', async (route) => {
        const response = await route.fetch();
        isAsked();
        await over;
        await route.fulfill({ response });
      });
      await underWay.click();
      await asked;
      for (const { path: url, body } of others) await postDebug(port, url, body, login);
      await page.locator('.misp-run[data-state=allow]', { hasText: 'workflow in MISP' }).first().waitFor();
      // All that is told of it has been told.
      await page.waitForTimeout(1000);
      isOver();
      await becomes(() => page.locator('.misp-run-steps li').count(), others.length - 1);
      await page.unroute('**/misp-workflows/runs/misp-*');
      await page.click('[data-action=back]');
    });

    it('show accepted requests that were put aside, start them again, and delete them when asked twice', async () => {
      const { page } = editor;
      const stored = { version: 3, trigger: 'event-after-save', module: 'stored', intake: 'stored' };
      await deploy(editor.nodeRed.RED, [tab, listener(port), trigger([], stored)], credentials);
      await listening(port);
      for (const info of ['one', 'two'])
        assert.deepEqual((await call(`{"module": "stored", "data": {"info": "${info}"`, { port })).json, {
          data: true,
        });
      const shown = async () => (await page.textContent('.misp-run-accepted')) ?? '';
      const showsAside = (pattern: string) =>
        page.waitForFunction(
          `/${pattern}/.test(document.querySelector('.misp-run-accepted')?.textContent ?? '')`,
        );
      await showsAside('2 accepted requests were put aside');
      assert.match(await shown(), /stored, accepted .*, 1 KB.*it cannot be read/);
      await picture(page, `runs-aside-${colours}.png`);
      assert.deepEqual(await unreadable(page, '.misp-run-accepted', '.misp-run-aside'), []);
      // Nobody can read it this time either.
      await page.locator('[data-action=restartAside]').first().click();
      await showsAside('2 accepted requests were put aside');
      await page.locator('[data-action=forgetAside]').first().click();
      await answerQuestion(page, 'Keep');
      await page.locator('[data-action=forgetAside]').first().click();
      await answerQuestion(page, 'Delete');
      await showsAside('1 accepted request was put aside');
      await page.locator('[data-action=forgetAside]').click();
      await answerQuestion(page, 'Delete');
      await showsAside('^$');
    });
  });
}
