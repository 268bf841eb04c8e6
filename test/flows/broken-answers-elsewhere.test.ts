import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { MispClient } from '../../src/misp/client';
import { namesOf } from '../../src/misp/picker-names';
import { PICKER_SOURCES, searchPicker, type PickerAnswer } from '../../src/misp/pickers';
import type { PickerSource } from '../../src/misp/picker-item';
import { BREAKAGES, realAnswer, routeOf } from '../support/breakages';
import { allow, credentials, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { MailNodeTest } from '../support/mail-node';
import { freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';
import { recordCalls, type Recorder } from '../support/recorder';

/** Breaks every answer of one route. */
function breakRoute(recorder: Recorder, misp: StandInMisp, route: string, how: string): void {
  recorder.answer = (call, response) => {
    if (routeOf(call) !== route) return false;
    void realAnswer(misp.url, call, how).then((real) => BREAKAGES[how](response, real));
    return true;
  };
}

describe('a MISP whose answers are broken: what asks it besides the nodes that work on events', function () {
  this.timeout(180_000);
  let misp: StandInMisp;
  let recorder: Recorder;
  before(async () => {
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    recorder = await recordCalls(misp.url);
  });
  after(async () => {
    recorder.close();
    await misp.close();
  });

  /** Routes that a working one asks. */
  async function routesOf(work: () => Promise<unknown>): Promise<string[]> {
    recorder.answer = undefined;
    recorder.calls.length = 0;
    await work();
    return [...new Set(recorder.calls.map(routeOf))];
  }

  describe('pickers in the forms', () => {
    async function ask(work: (client: MispClient) => Promise<PickerAnswer>): Promise<string> {
      const settings = { url: recorder.url, apiKey: API_KEY, verify: true, timeoutMs: 500 };
      const client = new MispClient(settings);
      try {
        return JSON.stringify(await work(client));
      } catch (error) {
        return `error: ${(error as Error).message}`;
      } finally {
        client.close();
      }
    }
    /** A list of other things, or of none, is what MISP has: nobody asked for one of them. */
    const believed = ['an empty list', 'another id'];

    async function tryAll(
      work: (client: MispClient) => Promise<PickerAnswer>,
      ways: string[],
    ): Promise<void> {
      let healthy = '';
      const routes = await routesOf(async () => (healthy = await ask(work)));
      assert.doesNotMatch(healthy, /^error|"items":\[\]/);
      assert.ok(routes.length > 0);
      for (const route of routes) {
        for (const how of ways) {
          breakRoute(recorder, misp, route, how);
          const broken = await ask(work);
          assert.ok(broken === healthy || /^error: .{20}/.test(broken), `${how} at ${route}: ${broken}`);
        }
      }
    }
    const listed = Object.keys(BREAKAGES).filter((how) => !believed.includes(how));
    const SEARCHED: Partial<Record<PickerSource, string>> = { tags: 'tlp', clusters: 'country=' };
    for (const source of PICKER_SOURCES) {
      it(source, () => tryAll((client) => searchPicker(client, source, SEARCHED[source] ?? ''), listed));
    }

    it('the names of what was chosen by id', async () => {
      for (const [source, id] of [
        ['organisations', '1'],
        ['sharing-groups', '1'],
      ] as const) {
        const healthy = await ask((client) => namesOf(client, source, [id]));
        const routes = await routesOf(() => ask((client) => namesOf(client, source, [id])));
        for (const route of routes) {
          for (const how of Object.keys(BREAKAGES)) {
            breakRoute(recorder, misp, route, how);
            const broken = await ask((client) => namesOf(client, source, [id]));
            const isUnnamed = !/"label":"(?!1")/.test(broken);
            assert.ok(broken === healthy || isUnnamed, `${how} at ${route}: ${broken}`);
          }
        }
      }
    });
  });

  it('recipients of a mail: it is not sent to others, nor to nobody in silence', async () => {
    const test = await MailNodeTest.start();
    try {
      const own = await recordCalls(test.misp.url);
      const settings = { url: own.url, recipients: ['All admins'], onFailure: 'stop' };
      const mail = async (): Promise<string> => {
        await test.deploy(settings);
        test.sent.length = test.errors.length = test.smtp.mails.length = 0;
        test.nodeRed.RED.nodes
          .getNode('node-tested')
          ?.receive({ payload: { Event: { id: '1', info: 'x' } } });
        await until(() => test.sent.length + test.errors.length > 0, 10_000);
        return test.errors[0] ?? JSON.stringify(test.smtp.mails.map(({ to }) => to));
      };
      const healthy = await mail();
      assert.match(healthy, /admin@admin\.test/);
      const routes = [...new Set(own.calls.map(routeOf))];
      assert.ok(routes.length > 0);
      for (const route of routes) {
        for (const how of Object.keys(BREAKAGES)) {
          breakRoute(own, test.misp, route, how);
          const broken = await mail();
          const isRefused = test.errors.length === 1 && broken.length > 20 && test.smtp.mails.length === 0;
          assert.ok(isRefused || broken === healthy, `${how} at ${route}: ${broken}`);
          own.answer = undefined;
        }
      }
      own.close();
    } finally {
      await test.stop();
    }
  });

  it('the data that a trigger completes: a blocking one blocks, no flow gets the thin data', async () => {
    const received: unknown[] = [];
    const take = ({ payload, misp: { stored } }: { payload: unknown; misp: { stored?: unknown } }) =>
      received.push({ payload, stored });
    const nodeRed = await startNodeRed({ settings: { functionGlobalContext: { take } } });
    const run = async (type: string, how?: string): Promise<{ answer: string; log: string; got: string }> => {
      const port = await freePort();
      await deploy(
        nodeRed.RED,
        [
          tab,
          listener(port),
          { id: 'misp', type: 'misp-server', url: recorder.url, timeout: 1 },
          trigger(['take'], { trigger: type, complete: true, server: 'misp' }),
          node('take', 'function', [['go']], { func: "global.get('take')(msg); return msg;", outputs: 1 }),
          allow(),
        ],
        { ...credentials, misp: { apiKey: API_KEY } },
      );
      await listening(port);
      received.length = 0;
      if (how) breakRoute(recorder, misp, 'GET /events/view', how);
      else recorder.answer = undefined;
      const log = collectLog(nodeRed.RED);
      const reply = await query(port, 'test_module', { Event: { id: '2', info: 'thin' } });
      await until(() => received.length > 0 || log.lines.length > 0, 8000);
      log.stop();
      return { answer: reply.text, log: log.text(), got: JSON.stringify(received) };
    };
    try {
      for (const type of ['event-after-save', 'event-before-save']) {
        const healthy = await run(type);
        assert.deepEqual([healthy.answer, healthy.log], ['{"data":true}', '']);
        for (const how of Object.keys(BREAKAGES)) {
          const { answer, log, got } = await run(type, how);
          const where = `${type}, ${how}: ${answer} ${got} ${log}`;
          if (got === healthy.got) continue;
          assert.ok(got === '[]' && log.length > 20, where);
          if (type === 'event-before-save') assert.match(answer, /^\{"error":".{20}/, where);
        }
      }
    } finally {
      await nodeRed.stop();
    }
  });
});
