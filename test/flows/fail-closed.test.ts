import { strict as assert } from 'node:assert';
import { startStandInMisp, API_KEY, type Outcome, type StandInMisp } from '../../sandbox/misp/server';
import type { MispEvent } from '../../sandbox/misp/model';
import { addTag } from '../../sandbox/misp/rest/tag-objects';
import { sampleEvents } from '../../sandbox/misp/sample-events';
import { recording } from '../sandbox/support/recordings';
import { GRAPHS } from '../support/fail-closed-graphs';
import { allow, block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { freePort, listening } from '../support/misp';
import { forkNodeRed, type NodeRedProcess } from '../support/node-red-process';
import { until } from '../support/until';

interface Recorded {
  graph: string;
  what: string;
  how: 'inline' | 'queue';
  status: number;
  published: '0' | '1';
  tags: string[];
  calls: Record<string, number>;
  log: string[];
}

const CLEARED = 'node-red:cleared';
const MODULE = 'nodered_event_publish';
const OWN = ['tag_operation', 'reload-full-event', 'tag-if', 'stop-execution'];

describe('a workflow of MISP that fails closed', function () {
  this.timeout(60_000);
  let nodeRed: NodeRedProcess;
  let misp: StandInMisp;
  let lastId = 1000;
  let lateId = '';

  before(async () => {
    const port = await freePort();
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://misp:secret@127.0.0.1', port },
      events: [],
    });
    misp.workflowStore.add({ trigger_id: 'event-publish', name: 'WF event-publish' });
    misp.workflowStore.switchTrigger('event-publish', true);
    nodeRed = await forkNodeRed();
    const server = { id: 'server', type: 'misp-server', url: misp.url, timeout: 5 };
    const tagged = (name: string, tag: string, next: string) =>
      node(name, 'misp-tag', [[next]], {
        ...{ server: 'server', action: 'add', scope: 'event', locality: 'local', tags: [tag], create: true },
      });
    const flow = [
      tab,
      server,
      listener(port),
      trigger(['red'], { module: MODULE }),
      ifTag('red', 'tlp:red', ['stop'], ['plain']),
      block('stop', 'flow says no to event-publish: e3 BLOCKME'),
      ifTag('plain', 'no-clearance', ['go'], ['slow']),
      ifTag('slow', 'slow', ['seen'], ['clear']),
      tagged('seen', 'seen', 'wait'),
      node('wait', 'delay', [['clear']], {
        pauseType: 'delay',
        timeout: '1200',
        timeoutUnits: 'milliseconds',
      }),
      tagged('clear', CLEARED, 'go'),
      allow('go'),
    ];
    await nodeRed.deploy(flow, { ...credentials, server: { apiKey: API_KEY } });
    await listening(port);
  });
  after(async () => {
    nodeRed.kill();
    await misp.close();
  });

  /** As it was before each measurement. */
  function prepare(graph: string): void {
    const row = misp.workflowStore.byTrigger('event-publish')!;
    row.data = GRAPHS[graph]();
    for (const module of [...OWN, MODULE]) misp.workflowStore.switchModule(module, true);
    misp.actionService.timeoutMs = undefined;
  }

  function event(...tags: string[]): MispEvent {
    lastId += 1;
    const made = {
      ...structuredClone(sampleEvents()[1]),
      id: String(lastId),
      uuid: `00000000-0000-4000-8000-00000000${lastId}`,
      Tag: [],
    };
    for (const name of tags) addTag(made, misp.tags.make(name), false);
    misp.events.set(made.id, made);
    return made;
  }
  const clear = (target: MispEvent, local = true) => addTag(target, misp.tags.make(CLEARED), local);

  async function publish({ id }: MispEvent, how: 'inline' | 'queue' = 'inline') {
    const { answer, outcome } = await misp.publish(id, { inline: how === 'inline' });
    return { status: answer.status, outcome: (await outcome) as Outcome };
  }

  const tagsOf = ({ Tag }: MispEvent) =>
    Tag.filter(({ name }) => name === CLEARED).map(
      ({ name, local }) => `${name} (${local ? 'local' : 'global'})`,
    );

  /** What was measured, by its name; what the event was before. */
  const SETUPS: Record<string, () => MispEvent> = {
    'first publication, flow clears': () => event(),
    'again while published, a clearance set by hand, flow clears': () => published(),
    'again, clearance set by hand, Node-RED dead': () => published(),
    'Node-RED dead': () => event(),
    'flow blocks': () => event('tlp:red'),
    'flow allows without clearing': () => event('no-clearance'),
    'flow clears': () => event(),
    ...Object.fromEntries(
      OWN.map((module) => [
        `module ${module} disabled in MISP, Node-RED dead, old clearance there`,
        () => {
          misp.workflowStore.switchModule(module, false);
          const target = event();
          clear(target);
          return target;
        },
      ]),
    ),
  };
  function published(): MispEvent {
    const target = event();
    target.published = true;
    clear(target);
    return target;
  }

  const { cases } = recording<{ cases: Recorded[] }>('fail-closed/e3-fail-closed-final.json');
  const measured = cases.filter(({ what }) => !what.startsWith('ms of'));

  function asMeasured(recorded: Recorded): void {
    it(`as measured, graph ${recorded.graph}, ${recorded.how}: ${recorded.what}`, async () => {
      prepare(recorded.graph);
      const target = SETUPS[recorded.what]();
      const before = misp.log.rows.length;
      const { status, outcome } = await publish(target, recorded.how);
      assert.equal(status, recorded.status);
      assert.equal(target.published, recorded.published === '1');
      assert.deepEqual(tagsOf(target), recorded.tags);
      const asked = (path: string) => outcome.requests.filter((request) => request.path === path).length;
      assert.equal(asked('/modules'), recorded.calls['Action GET /modules']);
      assert.equal(asked('/query'), recorded.calls['Action POST /query'] ?? 0);
      sameRows(misp.log.rows.slice(before), recorded.log);
    });
  }

  /** Recorded rows are `id | action | model | id | title | change`, cut where they are long. */
  function sameRows(rows: { title: string; action: string }[], lines: string[]): void {
    const wanted = lines.map((line) => line.split(' | ')).filter(([, action]) => action !== 'edit');
    assert.deepEqual(
      rows.map(({ action }) => action),
      wanted.map(([, action]) => action),
    );
    rows.forEach(({ title, action }, index) => {
      if (action !== 'execute_workflow') return;
      const [, , , , recorded] = wanted[index];
      assert.equal(title.replaceAll('\n', '\\n').slice(0, recorded.length).trim(), recorded.trim());
    });
  }

  it('was measured in 17 ways', () => assert.equal(measured.length, 17));

  describe('while Node-RED is well', () => {
    for (const recorded of measured) if (!/dead/.test(recorded.what)) asMeasured(recorded);

    it('stops where our module is disabled in MISP', async () => {
      for (const graph of ['F', 'C']) {
        prepare(graph);
        misp.workflowStore.switchModule(MODULE, false);
        const target = event();
        clear(target);
        assert.equal((await publish(target)).status, 403);
        assert.equal(target.published, false);
      }
    });

    it('needs the event read before our module too: else an old clearance blocks for ever', async () => {
      prepare('C');
      const target = event();
      assert.equal((await publish(target)).status, 200);
      assert.deepEqual(tagsOf(target), [`${CLEARED} (local)`]);
      assert.equal((await publish(target)).status, 403);
    });

    it('lets nothing through that was not cleared when an event is published twice at once', async () => {
      prepare('F');
      const target = event();
      const both = await Promise.all([publish(target), publish(target)]);
      assert.ok(both.some(({ status }) => status === 200));
      assert.equal(target.published, both.at(-1)?.status === 200 || both[0].status === 200);
      const blocked = event('tlp:red');
      const none = await Promise.all([publish(blocked), publish(blocked)]);
      assert.deepEqual([none.map(({ status }) => status), blocked.published], [[403, 403], false]);
    });

    it('takes a clearance that comes too late for none', async () => {
      prepare('F');
      misp.actionService.timeoutMs = 400;
      const target = event('slow');
      const { status, outcome } = await publish(target);
      assert.deepEqual([status, target.published, tagsOf(target)], [403, false, []]);
      assert.match(outcome.failedOpen ?? '', /^no answer to POST \/query within 0.4 s$/);
      assert.match(outcome.reason ?? '', /^Execution stopped$/);
      await until(() => tagsOf(target).length > 0);
      lateId = target.id;
    });

    it('publishes nothing when Node-RED is killed in the middle of a run', async () => {
      prepare('F');
      const target = event('slow');
      const run = publish(target);
      await until(() => target.Tag.some(({ name }) => name === 'seen'));
      nodeRed.kill();
      const { status, outcome } = await run;
      assert.deepEqual([status, target.published, tagsOf(target)], [403, false, []]);
      assert.match(outcome.failedOpen ?? '', /connection/);
      assert.match(outcome.nodeError ?? '', /`stop-execution` \(9\).*Execution stopped$/);
    });
  });

  describe('when Node-RED is dead', () => {
    before(() => nodeRed.kill());

    for (const recorded of measured) if (/dead/.test(recorded.what)) asMeasured(recorded);

    it('does not take a late or a global clearance for a new one', async () => {
      prepare('F');
      const late = misp.event(lateId)!;
      assert.deepEqual(tagsOf(late), [`${CLEARED} (local)`]);
      const global = event();
      clear(global, false);
      for (const target of [late, global]) {
        assert.equal((await publish(target)).status, 403);
        assert.deepEqual([target.published, tagsOf(target)], [false, []]);
      }
    });

    it('publishes with our module alone, and with graphs that lack a part', async () => {
      misp.workflows['event-publish'] = { module: MODULE };
      assert.equal((await publish(event())).status, 200);
      const statusOf = async (graph: string, off?: string) => {
        prepare(graph);
        if (off) misp.workflowStore.switchModule(off, false);
        const target = event();
        clear(target);
        return (await publish(target)).status;
      };
      assert.equal(await statusOf('B'), 200, 'no removal: an old clearance is enough');
      assert.equal(await statusOf('C'), 403);
      assert.equal(await statusOf('C', 'tag_operation'), 200, 'the hole that the first tag-if closes');
      assert.equal(await statusOf('F', 'tag_operation'), 403);
      assert.equal(await statusOf('A'), 403);
    });
  });
});
