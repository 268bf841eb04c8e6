import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { API_KEY, startStandInMisp } from '../../sandbox/misp/server';
import { ask, FORMS } from '../support/ask-as-misp';
import { credentials, listener, node, tab } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, root, startNodeRed, type FlowNode } from '../support/node-red';

interface Results {
  results: Record<string, Record<string, unknown>[]> & { values: string[]; types: string[] }[];
}

describe('misp-module-out', function () {
  this.timeout(60000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  before(async () => {
    nodeRed = await startNodeRed();
  });
  after(() => nodeRed.stop());

  const answering = async (
    found: unknown,
    more: object = {},
    kind: object = {},
    beside: { nodes: FlowNode[]; credentials: object } = { nodes: [], credentials: {} },
  ) => {
    port = await freePort();
    const moduleIn = { listener: 'listener', module: 'mine', kind: 'both', input: ['ip-dst'], ...kind };
    const out = { answer: 'results', found: JSON.stringify(found), foundType: 'json', ...more };
    await deploy(nodeRed.RED, [tab], {});
    await deploy(
      nodeRed.RED,
      [
        tab,
        listener(port),
        node('in', 'misp-module-in', [['out']], moduleIn),
        node('out', 'misp-module-out', [], out),
        ...beside.nodes,
      ],
      { ...credentials, ...beside.credentials },
    );
    await listening(port);
    return (await ask(port, FORMS.page('mine', {})[0])).json as unknown as Results & { error?: string };
  };

  it('makes attributes of values, with what the node says of them', async () => {
    const more = { valueType: 'domain', comment: 'of {{ payload }}', tags: ['tlp:amber'], toIds: 'no' };
    const { results } = await answering(
      ['a.example.org', { type: 'ip-dst', value: '192.0.2.1', id: '7' }],
      more,
    );
    const [first, second] = results.Attribute;
    assert.equal(first.type, 'domain');
    assert.equal(first.to_ids, false);
    assert.deepEqual(first.Tag, [{ name: 'tlp:amber' }]);
    assert.equal(second.type, 'ip-dst');
    assert.equal(second.id, undefined, 'an id would write over the attribute that has it');
    assert.match(String(first.uuid), /^[0-9a-f-]{36}$/);
  });

  it('makes objects that refer to what was asked, reports and tags', async () => {
    const found = {
      objects: [{ name: 'domain-ip', attributes: { ip: { value: '192.0.2.1', type: 'ip-dst' } } }],
      reports: [{ name: 'Report', content: '# Found' }],
      tags: ['seen'],
    };
    const { results } = await answering(found);
    const [object] = results.Object as { Attribute: object[]; ObjectReference: Record<string, string>[] }[];
    assert.equal(object.Attribute.length, 1);
    assert.equal(object.ObjectReference[0].relationship_type, 'related-to');
    assert.equal(object.ObjectReference[0].referenced_uuid, '8e075242-40ad-4940-9a21-5e7961bd3144');
    assert.equal(results.EventReport[0].content, '# Found');
    assert.deepEqual(results.Tag, [{ name: 'seen' }]);
  });

  it('makes objects by the templates of a MISP, asked for once', async () => {
    const misp = await startStandInMisp({ port: 0, actionService: { url: 'http://127.0.0.1', port: 1 } });
    const found = {
      name: 'domain-ip',
      attributes: { ip: ['192.0.2.1', '192.0.2.2'], domain: 'a.example.org' },
    };
    const server = { id: 'misp', type: 'misp-server', url: misp.url, verify: true, timeout: 5 };
    const beside = { nodes: [server], credentials: { misp: { apiKey: API_KEY } } };
    const { results } = await answering(found, { server: 'misp' }, {}, beside);
    const again = (await ask(port, FORMS.page('mine', {})[0])).json as unknown as Results;
    const [object] = results.Object as { Attribute: Record<string, string>[]; template_uuid: string }[];
    assert.deepEqual(
      object.Attribute.map(({ type, object_relation, value }) => [object_relation, type, value]),
      [
        ['ip', 'ip-dst', '192.0.2.1'],
        ['ip', 'ip-dst', '192.0.2.2'],
        ['domain', 'domain', 'a.example.org'],
      ],
    );
    assert.equal(object.template_uuid, '43b3b146-77eb-4931-b4cc-b66c60f28734');
    assert.equal(again.results.Object.length, 1);
    assert.deepEqual(misp.calls.list, ['GET /objectTemplates/getRaw']);
    const wrong: [object, RegExp][] = [
      [{ name: 'domain-ip', attributes: { colour: 'red' } }, /colour/],
      [{ name: 'no-such', attributes: { ip: '192.0.2.1' } }, /Template not found/],
    ];
    for (const [odd, words] of wrong)
      assert.match(String((await answering(odd, { server: 'misp' }, {}, beside)).error), words);
    await misp.close();
  });

  it('says what cannot be read, and what the plain format cannot carry', async () => {
    const bad: [unknown, object, RegExp][] = [
      [{ odd: 1 }, {}, /cannot be read/],
      [{ value: '' }, {}, /without a value/],
      [{ name: 'domain-ip', attributes: { ip: '192.0.2.1' } }, {}, /type of ip/],
      [{ name: 'file', attributes: {} }, {}, /no attributes/],
      [{ tags: ['x'] }, { format: 'plain' }, /plain format/],
    ];
    for (const [found, kind, words] of bad) {
      const { error, results } = await answering(found, {}, kind);
      assert.match(String(error), words);
      assert.deepEqual(results, []);
    }
  });

  it('answers with nothing, or an error', async () => {
    assert.deepEqual(await answering('x', { answer: 'nothing' }), { results: [] });
    assert.deepEqual(await answering('x', { answer: 'error', error: 'sorry' }), {
      error: 'sorry',
      results: [],
    });
    assert.match(String((await answering('x', { answer: 'pass' })).error), /no module behind/);
  });

  describe('in the examples', () => {
    const example = async (file: string, more: (flow: FlowNode) => object = () => ({})) => {
      port = await freePort();
      const flow = JSON.parse(
        readFileSync(path.join(root, 'examples', `${file}.json`), 'utf8'),
      ) as FlowNode[];
      const drawn = flow.filter(({ z }) => z !== undefined);
      assert.ok(drawn.length <= 6);
      const set = flow.map((one) => ({
        ...one,
        ...(one.type === 'misp-listener' ? { port } : {}),
        ...more(one),
      }));
      const { id } = flow.find(({ type }) => type === 'misp-listener')!;
      await deploy(nodeRed.RED, [tab], {});
      await deploy(nodeRed.RED, set, { [id]: credentials.listener });
      await listening(port);
    };

    it('expansion: a value in a list', async () => {
      await example('Module expansion - a value in a list of ours');
      for (const bodies of Object.values(FORMS)) {
        const { json } = await ask(port, bodies('own_list', {})[0]);
        assert.equal((json as unknown as Results).results.Attribute[0].value, 'sinkhole of ours');
      }
      const none = FORMS.page('own_list', { value: '203.0.113.1' })[0];
      assert.deepEqual((await ask(port, none)).json, { results: [] });
    });

    it('hover', async () => {
      await example('Module hover - what an address is');
      const hovered = await ask(port, FORMS.hover('address_kind', { value: '10.1.2.3' })[1]);
      assert.deepEqual(hovered.json, { results: [{ types: ['text'], values: ['a private address'] }] });
      assert.deepEqual((await ask(port, FORMS.hover('address_kind', {})[1])).json, { results: [] });
    });

    it('import: a CSV file', async () => {
      await example('Module import - a CSV file');
      const data = Buffer.from(
        'type,value,comment\nip-dst,203.0.113.5,first\ndomain,a.example.org,\n',
      ).toString('base64');
      const { json } = await ask(port, { module: 'own_csv', event_id: '211', data, filename: 'a.csv' });
      const { results } = json as unknown as Results;
      assert.deepEqual(
        results.Attribute.map(({ type, value }) => [type, value]),
        [
          ['ip-dst', '203.0.113.5'],
          ['domain', 'a.example.org'],
        ],
      );
    });

    it('export: a block list', async () => {
      await example('Module export - a block list');
      const Attribute = [
        { type: 'ip-dst', value: '203.0.113.5', to_ids: true },
        { type: 'ip-dst', value: '203.0.113.6', to_ids: false },
      ];
      const { json } = await ask(port, { module: 'block_list', data: [event([], { Attribute })] });
      assert.equal(Buffer.from(String(json.data), 'base64').toString(), '203.0.113.5\n');
    });

    it('action', async () => {
      await example('Module action - only with a level');
      const asked = async (level: string) =>
        (await query(port, 'has_level', event([], { threat_level_id: level }))).json;
      assert.deepEqual(await asked('2'), { data: true });
      assert.deepEqual(await asked('4'), { error: 'The event has no threat level' });
    });

    it('in front of a module: its result without what is ours', async () => {
      const results = [
        { types: ['hostname'], values: ['own.example.org'] },
        { types: ['hostname'], values: ['x.test'] },
      ];
      const behind = http.createServer((request, response) => {
        request.resume();
        request.on('end', () =>
          response.end(request.url === '/modules' ? '[{"name":"dns"}]' : JSON.stringify({ results })),
        );
      });
      await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
      const address = `http://127.0.0.1:${(behind.address() as { port: number }).port}`;
      await example('Module in front - without our own hosts', ({ type }) =>
        type === 'misp-modules' ? { url: address } : {},
      );
      const { json } = await ask(port, FORMS.page('dns', { config: { nameserver: 'sentinel-secret' } })[1]);
      assert.deepEqual(json, { results: [results[1]] });
      behind.close();
    });
  });
});
