import { definitions } from '../../test/support/definitions';
import { exampleNames } from '../../test/support/examples';
import { cancel, openForm } from '../../test/editor/form-trays';
import type { Scene } from './film';
import { oneOfEach } from './forms';
import * as camera from './camera';
import type { Studio } from './studio';

/** A picture of the documentation. */
export interface Picture {
  /** `docs/images/NAME.png` */
  name: string;
  colours?: 'dark';
  take(studio: Studio): Promise<Buffer>;
}

/** Something that is shown as it happens: `docs/images/NAME.gif`. */
export interface Film {
  name: string;
  colours?: 'dark';
  take(studio: Studio): Promise<Scene[]>;
}

const DEMO = 'Block the publication of tlp-red';

/** The drawing of an example. */
const drawing = (name: string, example: string, colours?: 'dark'): Picture => ({
  name,
  ...(colours ? { colours } : {}),
  async take(studio) {
    await studio.example(example);
    return studio.drawing();
  },
});

/** The form of a node of an example. */
const form = (name: string, example: string, id: string): Picture => ({
  name,
  async take(studio) {
    await studio.example(example);
    return studio.form(id);
  },
});

/** The forms of all nodes, with all of their settings. */
const forms = definitions.map(({ description }): Picture => ({
  name: `forms/${description.type}`,
  async take(studio) {
    await studio.once('one of each', () => studio.flow(oneOfEach()));
    await studio.page.setViewportSize({ width: 1300, height: 2600 });
    await openForm(studio.editor, description);
    const picture = await camera.ofForm(studio.page);
    await cancel(studio.editor, description);
    await studio.page.setViewportSize({ width: 1300, height: 900 });
    return picture;
  },
}));

const TRIGGER = 'd000000000000011';
const ALLOW = 'd000000000000014';
const MODULE = 'nodered_event_publish';

/** What the checks say of the demo flow when its _allow_ is missing, and the tag of its condition. */
const checks: Picture = {
  name: 'checks',
  async take(studio) {
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
    return studio.part('.misp-checks > :not(:empty)');
  },
};

/** What a test run of the demo flow says, on the last event that MISP asked about. */
const testRun: Picture = {
  name: 'test-run',
  async take(studio) {
    await studio.example(DEMO);
    await studio.publish('1', MODULE);
    await studio.editor.edit(TRIGGER);
    await studio.page.locator('.form-row:has(.misp-test) button:enabled').first().click();
    await studio.page.waitForSelector('.misp-test:not([data-state="busy"]):visible');
    await studio.page.evaluate(`$('.misp-test').parent()[0].scrollIntoView({ block: 'center' })`);
    const picture = await studio.part('.form-row:has(.misp-test) > *');
    await studio.editor.cancel();
    return picture;
  },
};

/** The runs of the demo flow, and the way that the one went which was stopped. */
const runs: Picture = {
  name: 'runs',
  async take(studio) {
    const { page } = studio;
    const before = page.viewportSize();
    await page.setViewportSize({ width: 1240, height: 560 });
    await studio.example(DEMO);
    for (const event of ['2', '1']) await studio.publish(event, MODULE);
    await page.evaluate("RED.sidebar.show('misp-runs')");
    await page.locator('.misp-run').first().click();
    await page.waitForSelector('.misp-run-steps li');
    const picture = await studio.part('#red-ui-workspace-chart .red-ui-flow-node-group, #red-ui-sidebar', 0);
    if (before) await page.setViewportSize(before);
    return picture;
  },
};

/** What _Connect to MISP_ would do to a MISP that has no workflow yet. */
const connect: Picture = {
  name: 'connect',
  async take(studio) {
    const { page } = studio;
    const flow = await studio.example(DEMO);
    await studio.flow([...flow, { id: 'misp', type: 'misp-server', name: 'our MISP', url: '', timeout: 5 }]);
    await studio.editor.edit(TRIGGER);
    await page.click('#dialog-form [data-do="open"]');
    await page.waitForSelector('.misp-tray #misp-connect-host');
    await page.waitForTimeout(SLIDES_MS);
    await page.fill('.misp-tray #misp-connect-host', '127.0.0.1');
    await page.click('.misp-tray [data-do="showPlan"]');
    await page.waitForSelector('.misp-tray .misp-connect-steps');
    await page.waitForTimeout(SLIDES_MS);
    const picture = await studio.part('.misp-tray > :not(:empty)');
    await page.keyboard.press('Escape');
    await page.waitForTimeout(SLIDES_MS);
    await studio.editor.cancel();
    return picture;
  },
};

/** MISP's side: the event that the demo flow stopped. */
const standIn: Picture = {
  name: 'stand-in',
  async take(studio) {
    await studio.example(DEMO);
    studio.misp.workflows['event-publish'] = { module: MODULE };
    return studio.standIn(async (page, look) => {
      await page.click('#publish-1');
      await page.waitForSelector('#outcome.stopped');
      return look();
    });
  },
};

/** An event is published, the one with tlp:red is not: MISP above, the flow below. */
const demo = (name: string, colours?: 'dark'): Film => ({
  name,
  ...(colours ? { colours } : {}),
  async take(studio) {
    await studio.example(DEMO);
    studio.misp.workflows['event-publish'] = { module: MODULE };
    return studio.standIn(async (page, look) => {
      const scene = async (seconds: number): Promise<Scene> => ({
        parts: [await look(), await studio.drawing()],
        seconds,
      });
      const before = await scene(2);
      await page.click('#publish-2');
      await page.waitForSelector('#outcome.allowed');
      await page.waitForTimeout(SLIDES_MS);
      const published = await scene(3);
      await page.click('#publish-1');
      await page.waitForSelector('#outcome.stopped');
      await page.waitForTimeout(SLIDES_MS);
      return [before, published, await scene(5)];
    });
  },
});

/** How long a tray slides, and a status takes to come. */
const SLIDES_MS = 700;

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
  connect,
  standIn,
  ...forms,
  // The gallery's page shows all of them.
  ...exampleNames.map((name) => drawing(`examples/${name}`, name)),
];

export const FILMS: Film[] = [demo('demo'), demo('demo-dark', 'dark')];
