import { strict as assert } from 'node:assert';
import type { RunList, RunPage } from '../../nodes/plugin/api';
import { allow, block, credentials, idOf, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';
import { startStandInMisp, API_KEY, type StandInMisp } from '../../sandbox/misp/server';

describe('the runs that the editor shows', function () {
  this.timeout(60000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: StandInMisp;
  let port = 0;

  before(async () => {
    nodeRed = await startNodeRed();
    misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    port = await freePort();
  });
  after(async () => {
    await nodeRed.stop();
    await misp.close();
  });

  async function deployed(...flow: FlowNode[]): Promise<void> {
    const server = { id: 'misp', type: 'misp-server', url: misp.url };
    await deploy(nodeRed.RED, [tab, listener(port), server, ...flow], {
      ...credentials,
      misp: { apiKey: API_KEY },
    });
    await listening(port);
  }
  const admin = async <T>(path: string, method = 'GET') => {
    const response = await fetch(`${nodeRed.url}/admin/misp-workflows/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: '{}' } : {}),
    });
    return (await response.json()) as T;
  };
  const list = (filter = '') => admin<RunList>(`runs?${filter}`);
  const ask = (tags: string[], more: object = {}) => query(port, 'test_module', event(tags, more));
  const decides = [trigger(['if']), ifTag('if', 'tlp:red', ['stop'], ['go']), block(), allow()];

  it('are listed with what they were about and what came of them', async () => {
    await deployed(...decides);
    const { total, counts: before } = await list();
    const had = before.find(({ node: one }) => one.id === idOf('trigger')) ?? { runs: 0, blocked: 0 };
    await ask(['tlp:red'], { info: 'Secret operation' });
    await ask(['tlp:green'], { info: 'Everyday phishing' });
    const { rows, total: now, counts } = await list();
    assert.equal(now, total + 2);
    assert.deepEqual(
      rows
        .slice(0, 2)
        .map(({ about, outcome, cause, reason, test }) => [about?.info, outcome, cause, reason, test]),
      [
        ['Everyday phishing', 'allow', 'response', undefined, false],
        ['Secret operation', 'block', 'response', 'blocked by the flow', false],
      ],
    );
    assert.ok((rows[0].waited ?? -1) >= 0);
    assert.match((await list('text=SECRET+OP')).rows[0].about?.info ?? '', /Secret operation/);
    assert.ok((await list('outcome=block')).rows.every(({ outcome }) => outcome === 'block'));
    const counted = counts.find(({ node: one }) => one.id === idOf('trigger'));
    assert.deepEqual([counted?.runs, counted?.blocked], [had.runs + 2, had.blocked + 1]);
  });

  it('have their way, and why it was taken', async () => {
    await deployed(...decides);
    await ask(['tlp:red']);
    const [{ run }] = (await list()).rows;
    const { record, replayable } = await admin<RunPage>(`runs/${run}`);
    assert.deepEqual(record.way, {
      nodes: ['trigger', 'if', 'stop'].map(idOf),
      wires: [
        [idOf('trigger'), 0, idOf('if')],
        [idOf('if'), 0, idOf('stop')],
      ],
    });
    const [step] = record.steps;
    assert.ok(step.what === 'decided');
    assert.deepEqual([step.way, step.found, step.node?.id], ['then', '["tlp:red"]', idOf('if')]);
    assert.equal(record.ended, 'known');
    assert.equal(replayable, true);
  });

  it('are replayed as dry runs: what acted only plans, and a changed flow shows', async () => {
    const tag = node('tag', 'misp-tag', [['go']], {
      server: 'misp',
      scope: 'event',
      tags: ['tlp:amber'],
      version: 1,
    });
    await deployed(trigger(['if']), ifTag('if', 'tlp:red', ['stop'], ['tag']), tag, block(), allow());
    const runsOfTrigger = async () =>
      (await list()).counts.find(({ node: one }) => one.id === idOf('trigger'))?.runs ?? 0;
    const asked = await runsOfTrigger();
    await ask(['tlp:green'], { uuid: '5e4d3c2b-1a09-4f8e-8d7c-6b5a49382716' });
    const [{ run }] = (await list()).rows;
    const calls = misp.calls.writing.length;
    await deployed(trigger(['if']), ifTag('if', 'tlp:green', ['stop'], ['tag']), tag, block(), allow());
    const { record } = await admin<RunPage>(`runs/${run}/replay`, 'POST');
    assert.deepEqual([record.test, record.outcome, record.steps[0].what], [true, 'block', 'decided']);
    assert.equal(misp.calls.writing.length, calls);
    await deployed(...decides.slice(0, 1), ifTag('if', 'tlp:red', ['stop'], ['tag']), tag, block(), allow());
    const again = await admin<RunPage>(`runs/${run}/replay`, 'POST');
    const planned = again.record.steps.find(({ what }) => what === 'planned');
    assert.ok(planned?.what === 'planned' && planned.dryRun);
    assert.match(planned.operations[0].with, /tlp:amber/);
    assert.equal(misp.calls.writing.length, calls);
    // Replays are no runs of MISP.
    assert.equal(await runsOfTrigger(), asked + 1);
  });

  it('say what is wrong when they cannot be replayed', async () => {
    await deployed(...decides);
    await ask(['tlp:red'], { info: 'x'.repeat(1024 * 1024) });
    const [{ run }] = (await list()).rows;
    assert.equal((await admin<RunPage>(`runs/${run}`)).replayable, false);
    assert.match(
      (await admin<{ problem: string }>(`runs/${run}/replay`, 'POST')).problem,
      /not at hand any more/,
    );
    await deployed();
    const [older] = (await list('outcome=allow')).rows;
    assert.match(
      (await admin<{ problem: string }>(`runs/${older.run}/replay`, 'POST')).problem,
      /not deployed any more/,
    );
  });
});
