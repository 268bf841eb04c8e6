import { strict as assert } from 'node:assert';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Description } from '../../nodes/definition';
import { definitions } from '../support/definitions';
import { block, credentials, ifTag, listener, node, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import type { FlowNode } from '../support/node-red';
import { becomes } from '../support/until';
import { openEditor, picture, TRAY_MS, type Editor } from './browser';
import { answerQuestion } from './questions';
import { idOf, withDefaults } from './flows';

/** Text that runs a script wherever it becomes markup. */
const HOSTILE = [
  '<img src=x onerror=window.pwned=1>',
  '"><script>window.pwned=2</script>',
  "'><svg onload=window.pwned=3>",
  '<a href="javascript:window.pwned=4">x</a>',
  '&lt;img src=x onerror=window.pwned=5&gt;',
  '[x](javascript:window.pwned=6) `<img src=x onerror=window.pwned=7>` **<img src=x onerror=window.pwned=8>**',
].join(' ');
/** Short enough for a node that is seen as a whole. */
const NAME = '<img src=x onerror=window.pwned=11>';
const COLOUR = 'red;background:url(javascript:window.pwned=9)"><img src=x onerror=window.pwned=10>';
/** Elements that the text would become. */
const FROM_TEXT =
  'img[src="x"], [onerror], svg[onload], script:not([src]):empty, a[href^="javascript:window"], [style*="javascript"]';

/** A MISP whose every text is hostile. */
async function startHostileMisp() {
  const named = { id: HOSTILE, name: HOSTILE, description: HOSTILE, type: HOSTILE, nationality: HOSTILE };
  const param = (type: string, more: object = {}) => ({
    ...{ id: `p_${type}`, label: HOSTILE, type, placeholder: HOSTILE, default: HOSTILE, ...more },
  });
  const options = { [HOSTILE]: HOSTILE, other: HOSTILE };
  const params = [
    param('input'),
    param('textarea'),
    param('hashpath'),
    param('select', { options }),
    param('picker', { options, picker_options: { placeholder_text: HOSTILE } }),
    param('picker', { id: 'many', multiple: true, options }),
  ];
  const modules = [
    {
      id: 'hostile',
      name: HOSTILE,
      description: HOSTILE,
      html_template: HOSTILE,
      module_type: 'action',
      params,
    },
    { id: HOSTILE, name: HOSTILE, description: HOSTILE, module_type: 'logic', params: [] },
  ];
  const answers: [RegExp, unknown][] = [
    [/^\/tags\/index/, { Tag: [{ ...named, name: `tlp:${HOSTILE}`, colour: COLOUR, is_galaxy: false }] }],
    [/^\/tags\/search/, [{ Tag: { ...named, name: `tlp:${HOSTILE}`, colour: COLOUR } }]],
    [/^\/organisations\/index/, [{ Organisation: named }]],
    [/^\/galaxies\/index/, [{ Galaxy: named }]],
    [/^\/sharing_groups/, { response: [{ SharingGroup: named }] }],
    [/^\/admin\/users/, [{ User: { email: HOSTILE }, Organisation: named }]],
    [/^\/warninglists/, { Warninglists: [{ Warninglist: named }] }],
    [/^\/decayingModel/, [{ DecayingModel: named }]],
    [/^\/workflows/, modules],
    [/^\/servers\/getVersion/, { version: HOSTILE }],
    [
      /^\/users\/view/,
      { User: { email: HOSTILE }, Role: { name: HOSTILE, perm_site_admin: true }, Organisation: named },
    ],
  ];
  let refuses = false;
  const server = http.createServer((request, response) => {
    if (request.url === '/busy') return response.writeHead(503).end(HOSTILE.repeat(5000));
    const [, body] = answers.find(([pattern]) => pattern.test(request.url ?? '')) ?? [];
    const isKnown = body !== undefined && !refuses;
    response.writeHead(isKnown ? 200 : 403, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKnown ? body : { name: HOSTILE, message: HOSTILE, errors: HOSTILE }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse: (yes: boolean) => (refuses = yes),
    close: () => server.close(),
  };
}

/** A node with hostile text in its name and wherever its settings take one. */
function hostileNode(description: Description): FlowNode {
  const flow = withDefaults(description);
  const more: Record<string, unknown> = { name: HOSTILE };
  for (const [name, field] of Object.entries(description.fields)) {
    if (['text', 'area', 'template', 'hashpath'].includes(field.kind)) more[name] = HOSTILE;
    if (['list', 'picker'].includes(field.kind)) more[name] = [HOSTILE, 'tlp:red'];
    if (field.kind === 'keyvalue') more[name] = [{ name: HOSTILE, value: HOSTILE }];
    if (field.kind === 'params') more[name] = [{ name: HOSTILE, type: HOSTILE, value: HOSTILE }];
    if (field.kind === 'filter')
      more[name] = { selector: HOSTILE, value: HOSTILE, operator: 'in', path: HOSTILE };
    if (field.kind === 'typed') more[name] = HOSTILE;
    if (field.kind === 'config' && field.type === 'misp-server') more[name] = 'misp';
  }
  // Those of the same names work, and are opened too.
  return { ...flow, ...more, ...(description.family === 'config' ? {} : { z: 'others' }) };
}

describe('hostile text in the editor', function () {
  this.timeout(180_000);
  let editor: Editor;
  let misp: Awaited<ReturnType<typeof startHostileMisp>>;

  before(async () => {
    misp = await startHostileMisp();
    editor = await openEditor();
    const port = await freePort();
    const server = { id: 'misp', type: 'misp-server', name: HOSTILE, url: misp.url, timeout: 5, version: 1 };
    const speaker = node('speaker', 'function', [[]], {
      name: NAME,
      func: `node.status({ fill: 'red', shape: 'dot', text: ${JSON.stringify(HOSTILE)} });
        node.warn(${JSON.stringify(HOSTILE)});
        node.error(${JSON.stringify(HOSTILE)});
        return null;`,
    });
    const flow = [
      { id: 'tab', type: 'tab', label: HOSTILE, info: HOSTILE },
      { id: 'others', type: 'tab', label: HOSTILE, disabled: true },
      listener(port, { name: HOSTILE }),
      { ...server, verify: true, tls: '' },
      { ...server, id: 'misp2', verify: true, tls: '' },
      trigger(['red', 'module', 'speaker', 'path'], { x: 200, y: 40, name: NAME }),
      trigger(
        ['late'],
        { x: 200, y: 360, name: NAME, module: 'other_module', trigger: 'event-after-save' },
        'after',
      ),
      { ...block('late'), name: NAME, x: 600, y: 360 },
      { ...ifTag('red', HOSTILE, ['stop']), name: NAME, x: 500, y: 40 },
      { ...block('stop', '{{ Event.info }}'), name: NAME, x: 800, y: 40 },
      { ...node('module', 'misp-run-module', [[]], { server: 'misp', module: 'hostile' }), x: 400, y: 120 },
      { ...speaker, x: 400, y: 200 },
      node('hook', 'misp-webhook', [[]], {
        // Its name is longer than the workspace.
        ...{ x: 800, y: 120, l: false },
        ...{ name: HOSTILE, url: `${misp.url}/busy`, payload: '{{ Event.info }}', contentType: 'text' },
        ...{ version: 1, method: 'POST', retry: true, retryHours: 6, onFailure: 'continue' },
      }),
      node('path', 'misp-if', [['stop'], []], { hash_path: 'Event.info', name: NAME, x: 400, y: 280 }),
      ...definitions.map(({ description }) => hostileNode(description)),
    ];
    await editor.open(flow, { ...credentials, misp: { apiKey: 'x'.repeat(40) }, misp2: { apiKey: 'x' } });
    await listening(port);
    const hostileEvent = event([HOSTILE], {
      info: HOSTILE,
      Orgc: { name: HOSTILE },
      [HOSTILE]: HOSTILE,
      Attribute: [{ id: '1', type: 'text', value: HOSTILE, comment: HOSTILE, [HOSTILE]: HOSTILE }],
    });
    const { json } = await query(port, 'test_module', hostileEvent);
    assert.ok(json.error?.includes(HOSTILE), 'the reason is hostile');
  });
  after(async () => {
    await editor.close();
    misp.close();
  });
  afterEach(async () => {
    await harmless();
    assert.deepEqual(editor.problems.splice(0), []);
  });

  async function harmless(): Promise<void> {
    await editor.page.waitForTimeout(150);
    const [pwned, found] = await editor.page.evaluate<[unknown, string[]]>(
      `[window.pwned ?? null, [...document.querySelectorAll(${JSON.stringify(FROM_TEXT)})].map((one) => one.outerHTML)]`,
    );
    assert.deepEqual([pwned, found], [null, []]);
  }
  async function edit(id: string): Promise<void> {
    await editor.page.evaluate(`(() => {
      const node = RED.nodes.node(${JSON.stringify(id)});
      if (node._def.category === 'config') RED.editor.editConfig('', node.type, node.id);
      else RED.editor.edit(node);
    })()`);
    await editor.page.waitForSelector('#node-dialog-ok, #node-config-dialog-ok');
    await editor.page.waitForTimeout(500);
  }
  async function close(): Promise<void> {
    await editor.page.click('#node-dialog-cancel, #node-config-dialog-cancel');
    await editor.page.waitForTimeout(450);
  }

  it('stays text in nodes, tabs, labels, statuses and the list of checks', async () => {
    const { page } = editor;
    await page.evaluate("RED.sidebar.show('misp-checks')");
    await page.locator('.misp-checks li').first().waitFor({ state: 'attached' });
    assert.ok((await page.locator('.misp-checks').textContent())?.includes('<img src=x'));
    await page.evaluate("RED.sidebar.show('config')");
    await page.evaluate("RED.sidebar.show('info')");
    await page.evaluate("RED.sidebar.show('debug')");
    for (const badge of await page.locator('.misp-check:not(.hide)').all()) {
      if (await badge.isVisible()) await badge.hover({ force: true });
    }
    for (const id of ['trigger', 'red', 'stop', 'speaker']) {
      await page
        .locator(`[id="${idOf(id)}"] rect.red-ui-flow-node`)
        .first()
        .hover({ force: true });
      await page.waitForTimeout(100);
    }
    for (const port of await page.locator('.red-ui-flow-port').all()) await port.hover({ force: true });
    await page.waitForTimeout(TRAY_MS);
    await picture(page, 'hostile-workspace.png');
  });

  it('stays text in the list of what is tried again, of any length and with any keys', async () => {
    const { page, nodeRed } = editor;
    const text = HOSTILE.repeat(3000);
    const hostile = JSON.parse(
      `{"Event":{"id":"1","info":${JSON.stringify(text)},"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}`,
    ) as object;
    for (let count = 0; count < 2; count++)
      nodeRed.RED.nodes.getNode(idOf('hook'))?.receive({ payload: structuredClone(hostile) });
    await page.evaluate("RED.sidebar.show('misp-runs')");
    const list = page
      .locator('.misp-run-accepted li')
      .filter({ hasText: '<img src=x onerror=window.pwned=1>' });
    await list.nth(1).waitFor();
    const shown = await list.first().innerText();
    assert.ok(shown.length < 5000, `${shown.length} characters`);
    await harmless();
    await picture(page, 'hostile-retries.png');
    // Those that ask, too.
    await list.first().locator('[data-action=cancelRetry]').click();
    await answerQuestion(page, 'Do not try again');
    await list.nth(1).waitFor({ state: 'detached' });
    await list.first().locator('[data-action=cancelRetry]').click();
    await answerQuestion(page, 'Do not try again');
    await list.first().waitFor({ state: 'detached' });
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it("stays text in the result of the trigger's button", async () => {
    const { page } = editor;
    await page.click(`[id="${idOf('trigger')}"] .red-ui-flow-node-button-button`);
    const notification = page.locator('.red-ui-notification').filter({ hasText: 'MISP would stop' });
    await notification.waitFor();
    assert.ok((await notification.innerText()).includes('<img src=x onerror=window.pwned=1>'));
    await picture(page, 'hostile-notification.png');
  });

  it('stays text in the tests of the trigger’s form', async () => {
    const { page } = editor;
    await edit(idOf('trigger'));
    await page.click('button:text("with the last request")');
    const result = page.locator('.misp-test[role=status]').filter({ hasText: 'MISP would stop' });
    await result.waitFor();
    assert.ok((await result.innerText()).includes('<img src=x'));
    await harmless();
    await close();
  });

  for (const { description } of definitions) {
    it(`stays text in the form of ${description.type}`, async () => {
      await edit(idOf(description.type));
      await editor.page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))");
      const inputs = editor.page.locator('.red-ui-editor input[type=text]:visible');
      for (const input of (await inputs.all()).slice(0, 8)) await input.focus();
      await editor.page.waitForTimeout(300);
      await harmless();
      await close();
    });
  }

  it('stays text in what a picker offers, and no colour but a colour is taken', async () => {
    const { page } = editor;
    for (const type of ['misp-tag', 'misp-if-organisation', 'misp-email', 'misp-decay', 'misp-warninglist']) {
      await edit(idOf(type));
      const entry = page.locator('.misp-picker input[role=combobox]:visible').first();
      if ((await entry.count()) > 0) {
        await entry.pressSequentially('x');
        await page.waitForTimeout(700);
        await harmless();
        await entry.press('ArrowDown');
        await entry.press('Enter');
        await page.waitForTimeout(100);
        const colours = await page
          .locator('.misp-chip, .misp-colour')
          .evaluateAll((list) => list.map((one) => one.getAttribute('style') ?? ''));
        assert.ok(
          colours.every((style) => !/url|red;/.test(style)),
          colours.join(),
        );
      }
      await close();
    }
    await edit(idOf('misp-tag'));
    await page.locator('#node-input-tags-entry').pressSequentially('tlp');
    const offered = page.locator('#node-input-tags-options li').first();
    await offered.waitFor();
    assert.ok((await offered.innerText()).includes('<img src=x'));
    await picture(page, 'hostile-picker.png');
    await close();
  });

  it('stays text in previews and in "Try it"', async () => {
    const { page } = editor;
    await edit(idOf('path'));
    await page.fill('#node-input-hash_path', 'Event.');
    await page.locator('.misp-options li').filter({ hasText: '<img' }).first().waitFor();
    await harmless();
    await page.fill('#node-input-hash_path', 'Event.info');
    await page.locator('.misp-preview').filter({ hasText: '<img' }).first().waitFor();
    await harmless();
    await page.click('.misp-trial summary');
    await page.click('.misp-trial button');
    await page.locator('.misp-trial [role=status]').filter({ hasText: '<img' }).waitFor();
    await page.fill('#misp-trial-event', HOSTILE);
    await page.click('.misp-trial button');
    await page.locator('.misp-trial [role=status]').filter({ hasText: 'not JSON' }).waitFor();
    await harmless();
    await close();
    await edit(idOf('stop'));
    await page.click('.misp-tools button >> nth=0');
    await page.locator('pre.misp-preview').filter({ hasText: '<img' }).waitFor();
    await harmless();
    await page.fill('#node-input-message', `{{ ${HOSTILE} }}`);
    await page.locator('#node-input-message').blur();
    await page.waitForTimeout(500);
    await harmless();
    await close();
  });

  it('stays text in modules and errors of a MISP', async () => {
    const { page } = editor;
    for (const refuses of [false, true]) {
      misp.refuse(refuses);
      await edit(idOf('module'));
      await page.waitForTimeout(500);
      const shown = await page.locator('.red-ui-editor').innerText();
      assert.ok(shown.includes('<img src=x'), `refused: ${refuses}`);
      await harmless();
      await close();
      await edit('misp');
      await page.click('button:text("Test connection")');
      await page.locator('.misp-test').filter({ hasText: 'img src=x' }).waitFor();
      await harmless();
      await close();
    }
    misp.refuse(false);
  });

  it('stays text in what is imported', async () => {
    const { page } = editor;
    const imported = [
      { id: 'i1', type: 'misp-trigger', name: HOSTILE, module: 'test_module', listener: 'listener' },
      { id: 'i2', type: 'misp-tag', name: HOSTILE, tags: [HOSTILE], server: 'misp' },
      { id: 'i3', type: 'misp-run-module', name: HOSTILE, module: HOSTILE },
      { id: 'i4', type: `misp-${HOSTILE}`, name: HOSTILE },
    ].map((one) => ({ ...one, z: 'i0', x: 200, y: 100, version: 1, wires: [[]] }));
    const flow = [{ id: 'i0', type: 'tab', label: HOSTILE }, ...imported];
    await page.evaluate("RED.actions.invoke('core:show-import-dialog')");
    await page.fill('#red-ui-clipboard-dialog-import-text', JSON.stringify(flow));
    await page.press('#red-ui-clipboard-dialog-import-text', 'End');
    await page.waitForTimeout(500);
    await page.click('#red-ui-clipboard-dialog-ok');
    await becomes(() => page.evaluate("RED.nodes.filterNodes({ type: 'misp-run-module' }).length > 2"), true);
    await page.evaluate("RED.sidebar.show('misp-checks')");
    await page.waitForTimeout(800);
    await picture(page, 'hostile-import.png');
  });

  it('would be found: the same text as markup runs', async () => {
    const { page } = editor;
    await page.evaluate(`RED.notify(${JSON.stringify(HOSTILE)})`);
    await page.waitForFunction('window.pwned');
    await page.reload();
    await page.waitForSelector('#red-ui-header-button-sidemenu');
  });
});
