import { strict as assert } from 'node:assert';
import { allow, credentials, listener, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { until } from '../support/until';
import { openEditor, picture, type Editor } from './browser';

const RUNS = 10_000;
/** The page must not stand still for longer, in milliseconds. */
const MOST_GAP = 200;

describe('a list of ten thousand runs', function () {
  this.timeout(180_000);
  let editor: Editor;
  let port = 0;
  before(async () => {
    editor = await openEditor('light');
    port = await freePort();
    await editor.open([tab, listener(port), trigger(['go'], { goOn: 'watch' }), allow()], credentials);
    await listening(port);
  });
  after(() => editor.close());

  it('scrolls without a stall, to its end, and stays where it is when new ones come', async () => {
    const { page, problems } = editor;
    const small = (index: number) => query(port, 'test_module', event([], { info: `number ${index}` }));
    const kept = async () => {
      const answer = await fetch(`${editor.nodeRed.url}/misp-workflows/runs`);
      return ((await answer.json()) as { total: number }).total;
    };
    for (let index = 0; index < RUNS; index += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, more) => small(index + more)));
      // However fast the machine is: what comes faster than it can be written is left out, and said.
      if ((index + 20) % 1000 === 0) await until(async () => (await kept()) === index + 20);
    }
    await page.evaluate("RED.sidebar.show('misp-runs')");
    await page.waitForSelector('.misp-run');
    const scroll = () =>
      page.evaluate(async (runs) => {
        const list = document.querySelector<HTMLElement>('.misp-runs')!;
        const lines = document.querySelector<HTMLElement>('.misp-run-list')!;
        const tasks: number[] = [];
        new PerformanceObserver((found) => {
          for (const { duration } of found.getEntries()) tasks.push(duration);
        }).observe({ type: 'longtask' });
        const height = document.querySelector<HTMLElement>('.misp-run-list li')!.offsetHeight;
        const frame = () => new Promise((next) => requestAnimationFrame(next));
        let widest = 0;
        let most = 0;
        let last = performance.now();
        // As fast as somebody who drags the scroll bar: until the end is reached.
        for (let still = 0; still < 100;) {
          const before = list.scrollTop;
          list.scrollTop += 1500;
          await frame();
          const now = performance.now();
          widest = Math.max(widest, now - last);
          last = now;
          most = Math.max(most, lines.children.length);
          still = list.scrollTop === before ? still + 1 : 0;
          const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 1;
          if (lines.offsetHeight >= runs * height && isAtEnd) break;
        }
        return {
          gap: Math.round(widest),
          longest: Math.round(Math.max(0, ...tasks)),
          rows: Math.round(lines.offsetHeight / height),
          shown: most,
        };
      }, RUNS);
    let { gap, longest, rows, shown } = await scroll();
    // What else the machine does for a moment is no stall of the list: that one would come again.
    for (const words of ['number', 'num']) {
      if (gap < MOST_GAP && longest < MOST_GAP) break;
      await page.evaluate("document.querySelector('.misp-runs').scrollTop = 0");
      await page.fill('.misp-run-filters input >> nth=0', words);
      await page.waitForTimeout(1000);
      ({ gap, longest, rows, shown } = await scroll());
    }
    console.log(
      `      ${rows} runs, ${shown} lines at once; longest gap ${gap} ms, longest task ${longest} ms`,
    );
    assert.ok(rows >= RUNS, `${rows} runs`);
    assert.ok(shown < 100, `${shown} lines`);
    assert.ok(gap < MOST_GAP && longest < MOST_GAP, `gap ${gap}, task ${longest}`);
    await page.waitForFunction(
      "[...document.querySelectorAll('.misp-run-name')].some((e) => e.textContent === 'number 0')",
    );

    // What is looked at stays in its place while new runs come.
    await page.evaluate("document.querySelector('.misp-runs').scrollTop = 20000");
    await page.waitForTimeout(200);
    const middle = () =>
      page.evaluate<string | null>(`(() => {
        const { left, top, width, height } = document.querySelector('.misp-runs').getBoundingClientRect();
        return document.elementFromPoint(left + width / 2, top + height / 2)?.closest('.misp-run')?.dataset.run;
      })()`);
    const before = await middle();
    assert.ok(before);
    for (let index = 0; index < 5; index++) await small(RUNS + index);
    await page.waitForTimeout(1000);
    assert.equal(await middle(), before);
    await picture(page, 'runs-many.png');

    // For the keyboard and screen readers they stay in their order, when those above come back too.
    await page.evaluate("document.querySelector('.misp-runs').scrollTop -= 150");
    await page.waitForTimeout(200);
    const places = await page.evaluate<number[]>(
      "[...document.querySelectorAll('.misp-run-list li')].map((line) => Number(line.ariaPosInSet))",
    );
    assert.ok(places.length > 5);
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );

    await page.evaluate("document.querySelector('.misp-runs').scrollTop = 0");
    await page.fill('.misp-run-filters input >> nth=0', 'number 4321');
    await page.waitForFunction("document.querySelectorAll('.misp-run').length === 1");
    assert.deepEqual(problems, []);
  });
});
