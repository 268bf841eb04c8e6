import { strict as assert } from 'node:assert';
import type { Browser, Page } from 'playwright-core';
import { addTag } from '../../sandbox/misp/rest/tag-objects';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { ADMIN, PUBLISHER, PUBLISHER_KEY } from '../../sandbox/misp/users';
import { allow, credentials, listener, node, tab, trigger } from '../support/flows';
import { until } from '../support/until';
import { freePort, listening } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';
import { contentOf, TestMailServer } from '../support/smtp';
import { launchBrowser, picture } from './browser';
import { unreadable } from './contrast';

const PHONE = { width: 360, height: 740 };
const HOSTILE =
  '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>{{7*7}} ' + 'W'.repeat(300);

describe('the page of those who approve', function () {
  this.timeout(60_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let smtp: TestMailServer;
  let browser: Browser;
  let port: number;
  const anna = { username: 'anna', permissions: ['read', 'misp.approve'] };
  const find = (name: string) => Promise.resolve(name === 'anna' ? anna : null);

  before(async () => {
    port = await freePort();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:secret@127.0.0.1', port },
      workflows: { 'event-publish': { module: 'test_module' } },
    });
    smtp = await TestMailServer.start();
    const adminAuth = {
      type: 'credentials',
      users: find,
      tokens: find,
      authenticate: () => Promise.resolve(null),
    };
    nodeRed = await startNodeRed({ settings: { adminAuth } });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
    await smtp.stop();
    await misp.close();
  });

  async function asked(settings: object): Promise<string> {
    const server = { id: 'server', type: 'misp-server', url: misp.url, timeout: 5, verify: true };
    const smtpNode = {
      ...{ id: 'smtp', type: 'misp-mail-server', from: 'misp@example.org', host: '127.0.0.1' },
      ...{ port: smtp.port, security: 'none', verify: false, timeout: 2 },
    };
    const mail = {
      ...{ mailServer: 'smtp', recipients: [PUBLISHER.User.email] },
      ...{ mail_template_subject: 'Approve', mail_template_body: '{{ _approval.link }}' },
    };
    const flow = [
      ...[tab, listener(port), server, smtpNode, trigger(['approval'], { module: 'test_module' })],
      node('approval', 'misp-approval', [['go'], ['mail'], [], []], {
        ...{ server: 'server', address: nodeRed.url, findings: `${HOSTILE.replace('{{7*7}}', '')}` },
        ...settings,
      }),
      allow('go'),
      node('mail', 'misp-email', [[]], mail),
    ];
    await deploy(nodeRed.RED, flow, { ...credentials, server: { apiKey: API_KEY } });
    await listening(port);
    const event = misp.event('2')!;
    Object.assign(event, { published: false, info: HOSTILE, Tag: [] });
    addTag(event, misp.tags.make('"><b>bold</b>'), true);
    const before = smtp.mails.length;
    await misp.publish('2');
    await until(() => smtp.mails.length > before);
    return contentOf(smtp.mails.at(-1)!).replace(/=\r\n/g, '').replace(/=3D/g, '=');
  }

  /** A telephone, and what is wrong on it. */
  async function phone(colorScheme: 'light' | 'dark') {
    const context = await browser.newContext({ viewport: PHONE, colorScheme });
    await context.addInitScript('globalThis.__name = (named) => named');
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (line) => line.type() === 'error' && problems.push(line.text()));
    page.on('request', (request) => {
      const { origin } = new URL(request.url());
      if (origin !== nodeRed.url && !request.url().startsWith('data:')) problems.push(request.url());
    });
    return { context, page, problems };
  }

  const state = (page: Page) => page.locator('#state');
  const isNarrow = async (page: Page) => {
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(width <= PHONE.width, `${width} pixels wide`);
  };

  for (const colours of ['light', 'dark'] as const) {
    it(`works on a telephone by the keyboard alone, ${colours}: key, event, approved, published`, async () => {
      const link = await asked({});
      const { context, page, problems } = await phone(colours);
      await page.goto(link);
      await page.waitForSelector('#who:not([hidden])');
      assert.equal(await page.evaluate('document.activeElement.id'), 'key');
      await picture(page, `approval-key-${colours}.png`);
      await page.keyboard.type(API_KEY);
      await page.keyboard.press('Enter');
      await page.waitForSelector('#asked:not([hidden])');
      assert.ok(((await page.textContent('#info')) ?? '').startsWith('<img src=x'));
      assert.equal(await page.evaluate('window.hacked'), undefined);
      assert.equal(await page.locator('#asked img, #asked b, #asked script').count(), 0);
      const facts = (await page.textContent('#facts')) ?? '';
      assert.ok(facts.includes(ADMIN.User.email) && facts.includes('"><b>bold</b> (local)'), facts);
      await isNarrow(page);
      await picture(page, `approval-event-${colours}.png`, { fullPage: true });
      assert.deepEqual(await unreadable(page, 'main', 'main'), []);
      // The author looks, and cannot approve.
      assert.equal(await page.evaluate('document.activeElement.id'), 'comment');
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate('document.activeElement.id'), 'approve');
      await page.keyboard.press('Enter');
      await state(page).filter({ hasText: 'You made this event yourself' }).waitFor();
      assert.equal(misp.event('2')?.published, false);

      await page.reload();
      await page.waitForSelector('#who:not([hidden])');
      await page.keyboard.type(PUBLISHER_KEY);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#asked:not([hidden])');
      await page.keyboard.type('well done');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await state(page).filter({ hasText: 'Approved, and published.' }).waitFor();
      assert.equal(misp.event('2')?.published, true);
      await isNarrow(page);

      await page.reload();
      await page.waitForSelector('#who:not([hidden])');
      await page.keyboard.type(PUBLISHER_KEY);
      await page.keyboard.press('Enter');
      await state(page).filter({ hasText: 'has approved this already' }).waitFor();
      assert.deepEqual(problems, []);
      await context.close();
    });
  }

  it('takes the login of the editor in this browser, and says so without one', async () => {
    const logins = [{ name: 'anna', value: 'anna@example.org' }];
    const link = await asked({ who: 'node-red', logins, address: `${nodeRed.url}/admin` });
    const { context, page, problems } = await phone('light');
    await page.goto(link);
    await state(page).filter({ hasText: 'Log in to Node-RED' }).waitFor();
    assert.equal(await page.getAttribute('#node-red', 'href'), '../../');
    problems.length = 0;
    await page.evaluate(
      `localStorage.setItem('auth-tokens-admin', JSON.stringify({ access_token: 'anna' }))`,
    );
    await page.reload();
    await page.waitForSelector('#asked:not([hidden])');
    assert.match((await page.textContent('#facts')) ?? '', /anna \(anna@example\.org\)/);
    await page.keyboard.type('no');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.id'), 'refuse');
    await page.keyboard.press('Enter');
    await state(page).filter({ hasText: 'Refused. The author is told.' }).waitFor();
    assert.equal(misp.event('2')?.published, false);
    assert.deepEqual(problems, []);
    await context.close();
  });

  it('says what is wrong with a link that is none, or is not whole', async () => {
    await asked({});
    const { context, page } = await phone('light');
    await page.goto(`${nodeRed.url}/misp-approval`);
    await state(page).filter({ hasText: 'opened from a link' }).waitFor();
    await page.goto(`${nodeRed.url}/misp-approval/#abc`);
    await page.reload();
    await page.waitForSelector('#who:not([hidden])');
    await page.keyboard.type(PUBLISHER_KEY);
    await page.keyboard.press('Enter');
    await state(page).filter({ hasText: 'This link is not known here' }).waitFor();
    await context.close();
  });
});
