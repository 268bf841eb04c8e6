import { exampleNames } from '../../test/support/examples';
import type { Studio } from './studio';

/** A picture of the documentation. */
export interface Picture {
  /** `docs/images/NAME.png` */
  name: string;
  colours?: 'dark';
  take(studio: Studio, name: string): Promise<void>;
}

const DEMO = 'Block the publication of tlp-red';

/** The drawing of an example. */
const drawing = (name: string, example: string, colours?: 'dark'): Picture => ({
  name,
  ...(colours ? { colours } : {}),
  async take(studio) {
    await studio.example(example);
    await studio.drawing(name);
  },
});

/** The form of a node of an example. */
const form = (name: string, example: string, id: string): Picture => ({
  name,
  async take(studio) {
    await studio.example(example);
    await studio.form(name, id);
  },
});

const TRIGGER = 'd000000000000011';
const ALLOW = 'd000000000000014';
const MODULE = 'nodered_event_publish';

/** What the checks say of the demo flow when its _allow_ is missing, and the tag of its condition. */
const checks: Picture = {
  name: 'checks',
  async take(studio, name) {
    const flow = await studio.example(DEMO);
    const broken = flow
      .filter(({ id }) => id !== ALLOW)
      .map((node) =>
        node.type === 'misp-if-tag'
          ? { ...node, name: 'is it tlp:red?', tags: [], wires: [(node.wires as string[][])[0], []] }
          : node,
      );
    await studio.flow(broken);
    await studio.page.evaluate("RED.sidebar.show('misp-checks')");
    await studio.page.waitForTimeout(500);
    await studio.part(name, '.misp-checks > :not(:empty)');
  },
};

/** What a test run of the demo flow says, on the last event that MISP asked about. */
const testRun: Picture = {
  name: 'test-run',
  async take(studio, name) {
    await studio.example(DEMO);
    await studio.publish('1', MODULE);
    await studio.editor.edit(TRIGGER);
    await studio.page.locator('.form-row:has(.misp-test) button:enabled').first().click();
    await studio.page.waitForSelector('.misp-test:not([data-state="busy"]):visible');
    await studio.page.evaluate(`$('.misp-test').parent()[0].scrollIntoView({ block: 'center' })`);
    await studio.part(name, '.form-row:has(.misp-test) > *');
    await studio.editor.cancel();
  },
};

/** The runs of the demo flow, and the way that the one went which was stopped. */
const runs: Picture = {
  name: 'runs',
  async take(studio, name) {
    const { page } = studio;
    const before = page.viewportSize();
    await page.setViewportSize({ width: 1240, height: 560 });
    await studio.example(DEMO);
    for (const event of ['2', '1']) await studio.publish(event, MODULE);
    await page.evaluate("RED.sidebar.show('misp-runs')");
    await page.locator('.misp-run').first().click();
    await page.waitForSelector('.misp-run-steps li');
    await studio.part(name, '#red-ui-workspace-chart .red-ui-flow-node-group, #red-ui-sidebar', 0);
    if (before) await page.setViewportSize(before);
  },
};

/** MISP's side: the event that the demo flow stopped. */
const standIn: Picture = {
  name: 'stand-in',
  async take(studio, name) {
    await studio.example(DEMO);
    studio.misp.workflows['event-publish'] = { module: MODULE };
    await studio.standIn(name, async (page) => {
      await page.click('#publish-1');
      await page.waitForSelector('#outcome.stopped');
    });
  },
};

export const PICTURES: Picture[] = [
  drawing('demo-flow', DEMO),
  drawing('demo-flow-dark', DEMO, 'dark'),
  drawing('second-look', 'Second look - an attribute that is tagged tlp-red'),
  form('form-trigger', DEMO, TRIGGER),
  form('form-if-tag', DEMO, 'd000000000000012'),
  form('form-response', DEMO, 'd000000000000013'),
  checks,
  testRun,
  runs,
  standIn,
  // The gallery's page shows all of them.
  ...exampleNames.map((name) => drawing(`examples/${name}`, name)),
];
