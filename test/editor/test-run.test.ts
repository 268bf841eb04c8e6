import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { freePort } from '../support/misp';
import type { FlowNode } from '../support/node-red';
import { openEditor, picture, type Editor } from './browser';
import { answerQuestion } from './questions';
import { tab } from './flows';

const HOSTILE = '<img src=x onerror="globalThis.ran=1"> supplier of harbor cranes';
const node = (
  id: string,
  type: string,
  x: number,
  y: number,
  wires: string[][],
  more: object = {},
): FlowNode => ({
  ...{ id, type, z: 'tab', x, y, version: 1, name: id, wires },
  ...more,
});

describe('test runs in the editor', function () {
  this.timeout(120000);
  let editor: Editor;
  let misp: StandInMisp;
  before(async () => {
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    const shown = misp.event('1');
    if (shown) shown.info = HOSTILE;
    editor = await openEditor();
    const listener = { id: 'l', type: 'misp-listener', version: 1, host: '127.0.0.1', authentication: false };
    const trigger = { trigger: 'event-publish', module: 'gate', goOn: 'response', listener: 'l', version: 2 };
    const tags = { scope: 'event', condition: 'in_or', tags: ['tlp:red'], clusters: [] };
    await editor.open(
      [
        tab,
        { ...listener, port: await freePort() },
        { id: 'm', type: 'misp-server', version: 1, name: '', url: misp.url, verify: true, timeout: 5 },
        node('gate', 'misp-trigger', 140, 200, [['red', 'side']], trigger),
        node('red', 'misp-if-tag', 340, 200, [['stop'], ['go']], tags),
        node('stop', 'misp-response', 540, 180, [], { answer: 'block', message: 'no' }),
        node('go', 'misp-response', 540, 240, [], { answer: 'allow' }),
        node('side', 'exec', 340, 320, [[], [], []], { command: 'true', addpay: '', useSpawn: 'false' }),
      ],
      { m: { apiKey: API_KEY } },
    );
  });
  after(async () => {
    await editor.close();
    await misp.close();
  });
  afterEach(() => assert.deepEqual(editor.problems.splice(0), []));

  const lit = () =>
    editor.page.$$eval('.red-ui-flow-node-group.misp-lit', (groups) => groups.map(({ id }) => id).sort());
  const litWires = () => editor.page.locator('.red-ui-flow-link.misp-lit').count();

  it('name what really acts before, and take an event of MISP, as text', async () => {
    const { page } = editor;
    await editor.edit('gate');
    assert.match(
      (await page.textContent('[data-state=acting]')) ?? '',
      /really act.*exec "side".*msg\.misp\.test/,
    );
    assert.match((await page.textContent('#dialog-form')) ?? '', /msg\.misp\.test is true/);
    await page.locator('#misp-test-event').pressSequentially('harbor cranes');
    const option = page.locator('#misp-test-event-options li');
    await option.waitFor({ timeout: 10000 });
    assert.ok(((await option.textContent()) ?? '').includes(HOSTILE));
    await picture(page, 'test-run-event.png');
    await option.click();
    assert.equal(await page.inputValue('#misp-test-event'), '1');
    const runs: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/test')) runs.push(request.url());
    });
    // Nodes behind it act: whoever presses twice means it once.
    await page.dblclick('button:text("with this event")');
    const result = page.locator('.misp-test[data-state=warning]');
    await result.waitFor({ timeout: 15000 });
    assert.equal(runs.length, 1, runs.join());
    assert.match((await result.textContent()) ?? '', /Tested with event 1: MISP would stop/);
    assert.equal(await page.evaluate('globalThis.ran'), undefined);
    await page.fill('#misp-test-event', '999');
    await page.click('button:text("with this event")');
    await page.locator('.misp-test[data-state=error]').waitFor({ timeout: 15000 });
    await editor.cancel();
  });

  it('light the way on the canvas, for a while', async () => {
    const { page } = editor;
    assert.deepEqual(await lit(), ['gate', 'red', 'side', 'stop']);
    assert.equal(await litWires(), 3);
    await picture(page, 'test-run-way.png');
    await page.waitForFunction('document.querySelectorAll(".misp-lit").length === 0', undefined, {
      timeout: 20000,
    });
  });

  it('ask first when they are started on the canvas; the notice covers no button of a form', async () => {
    const { page } = editor;
    await page.locator('[id="gate"] .red-ui-flow-node-button-button').click();
    await page.waitForSelector('.red-ui-notification:has-text("really act")');
    assert.deepEqual(await lit(), []);
    await editor.edit('red');
    await picture(page, 'test-run-notice.png');
    const covered = await page.evaluate(() => {
      const buttons = ['#node-dialog-ok', '#node-dialog-cancel', '#node-dialog-delete'];
      return buttons.filter((selector) => {
        const button = document.querySelector(selector);
        const { left, right, top, bottom } = button?.getBoundingClientRect() ?? new DOMRect();
        const points = [left + 2, right - 2].flatMap((x) => [top + 2, bottom - 2].map((y) => [x, y]));
        return points.some(([x, y]) => !button?.contains(document.elementFromPoint(x, y)));
      });
    });
    assert.deepEqual(covered, []);
    await editor.cancel();
    await answerQuestion(page, 'Run the test');
    await page.waitForSelector('.red-ui-notification:has-text("Tested with a sample")');
    assert.ok((await lit()).includes('side'));
  });
});
