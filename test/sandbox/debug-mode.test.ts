import { strict as assert } from 'node:assert';
import http from 'node:http';
import { startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { plainGraph } from '../../sandbox/misp/workflows/graph';
import { moduleEntry, TestActionService } from './support/action-service';
import { recording } from './support/recordings';

interface Seen {
  path: string;
  headers: [string, string][];
  body: Record<string, unknown>;
}
interface Recorded {
  experiment: string;
  status: number;
  requests: {
    path: string;
    headers: [string, string][];
    keys: string[];
    dataKeys: string[];
    source: object;
    errors: string[] | null;
  }[];
  titles: string[];
}

/** How the service answers in each. */
const ANSWERS: Record<string, object> = {
  'debug run, blocked': { body: '{"error":"debug block"}' },
  'debug run, allowed': { body: '{"data":true}' },
  'debug run, service answers 500': { status: 500, body: 'x' },
};

describe('a workflow in debug mode', () => {
  let service: TestActionService;
  let misp: StandInMisp;
  let endpoint: http.Server;
  const seen: Seen[] = [];

  before(async () => {
    service = await new TestActionService([moduleEntry('nodered_block')]).start();
    endpoint = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Seen['body'];
        const raw = request.rawHeaders;
        const headers = raw.flatMap((name, at) => (at % 2 ? [] : [[name, raw[at + 1]] as [string, string]]));
        seen.push({ path: request.url ?? '', headers, body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    const { port } = endpoint.address() as { port: number };
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: service.port },
      settings: { 'Plugin.Workflow_debug_url': `http://127.0.0.1:${port}` },
      workflows: { 'event-publish': { module: 'nodered_block', params: { flow: 'debug' } } },
    });
    draw(misp);
  });
  after(async () => {
    await misp.close();
    await service.close();
    endpoint.close();
  });

  /** Trigger, tag-if, and our module behind it. */
  function draw({ workflowStore }: StandInMisp): void {
    const row = workflowStore.byTrigger('event-publish')!;
    type Drawn = Record<string, { id: number; data: object; outputs: object }>;
    const { 1: trigger, 2: module } = plainGraph('event-publish', 'nodered_block', 'nodered_block') as Drawn;
    const params = { scope: 'event', condition: 'in_or', tags: ['tlp:red'], clusters: [] };
    const data = {
      ...module.data,
      id: 'tag-if',
      name: 'tag-if',
      module_type: 'logic',
      indexed_params: params,
    };
    const outputs = { output_1: { connections: [{ node: '3', output: 'input_1' }] } };
    Object.assign(module.data, { indexed_params: { flow: 'debug' } });
    row.data = { 1: trigger, 2: { ...module, data, outputs }, 3: { ...module, id: 3 } };
    row.debug_enabled = true;
  }

  for (const recorded of recording<Recorded[]>('behaviour/debug-endpoint.json')) {
    it(`tells as recorded: ${recorded.experiment}`, async () => {
      service.query = ANSWERS[recorded.experiment];
      seen.length = 0;
      const before = misp.log.rows.length;
      const { answer } = await misp.publish('1');
      assert.equal(answer.status, recorded.status);
      const told = seen.map(({ path, body }) => ({
        ...{ path, keys: Object.keys(body), source: body.source, errors: body.errors ?? null },
      }));
      const wanted = recorded.requests.map(({ path, keys, source, errors }) => ({
        path,
        keys,
        source,
        errors,
      }));
      assert.deepEqual(told, wanted);
      seen.forEach(({ headers, body }, at) => {
        const names = (list: [string, string][]) =>
          list
            .filter(([name]) => !/^(?:Host|Content-Length)$/.test(name))
            .map((pair) => pair.join())
            .sort();
        assert.deepEqual(names(headers), names(recorded.requests[at].headers));
        if (at === 0) assert.deepEqual(Object.keys(body.data as object), recorded.requests[0].dataKeys);
      });
      const titles = misp.log.rows.slice(before).map(({ title }) => title);
      assert.deepEqual(
        titles.filter((title) => !title.startsWith('Event (')),
        recorded.titles.filter((title) => !title.startsWith('Event (')),
      );
    });
  }

  it('goes on when nobody is there to be told, and tells nothing when it is not in debug mode', async () => {
    misp.settings.set('Plugin.Workflow_debug_url', 'nowhere at all');
    service.query = ANSWERS['debug run, blocked'];
    assert.equal((await misp.publish('1')).answer.status, 403);
    misp.workflowStore.byTrigger('event-publish')!.debug_enabled = false;
    const before = misp.log.rows.length;
    await misp.publish('1');
    assert.match(misp.log.rows[before].title, /^Execution stopped/);
  });
});
