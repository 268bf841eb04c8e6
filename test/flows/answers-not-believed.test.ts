import { strict as assert } from 'node:assert';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { event, freePort, listening, query } from '../support/misp';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';

const DATA = event([], { id: '7' });
const UUID = '091b3ba9-7144-478d-ae4b-aa4b734b2703';
const red = { id: '7', Tag: [{ name: 'tlp:red' }] };

/** Answers of `attributes/restSearch` that look like one and are none. */
const SEARCHED = [
  'Array',
  '',
  '<pre class="cake-error">Notice (8)</pre>{"response":{"Attribute":[{"id":"1","value":"bad.example"}]}}',
  '{"response":{"Attribute":[{"id":"1","value":"bad.exa',
  'null',
  '[]',
  '{}',
  'false',
  '{"response":null}',
  '{"response":"Array"}',
  '{"response":[1]}',
  '{"saved":false,"errors":"x","message":"no"}',
];

/** Answers of `events/view` that are not the event. */
const LOADED = [
  '[]',
  '{}',
  JSON.stringify({ response: [{ Event: red }] }),
  JSON.stringify([{ Event: red }]),
  JSON.stringify({ Event: [red] }),
  '{"saved":false,"errors":"x","message":"no"}',
  'null',
  'Array',
  JSON.stringify({ Event: { ...red, id: '8', uuid: 'ffffffff-ffff-4fff-8fff-ffffffffffff' } }),
];

const DEEP = `[${'{"a":'.repeat(60_000)}1${'}'.repeat(60_000)}]`;

describe('answers of MISP that cannot be believed: MISP’s user is not let through', function () {
  this.timeout(120_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: http.Server;
  let url = '';
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  before(async () => {
    nodeRed = await startNodeRed();
    misp = http.createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => misp.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(misp.address() as AddressInfo).port}`;
  });
  after(async () => {
    misp.closeAllConnections();
    misp.close();
    await nodeRed.stop();
  });

  const says = (body: string) => (_request: IncomingMessage, response: ServerResponse) =>
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);

  async function asked(flow: FlowNode[], more: object = {}): Promise<string> {
    const port = await freePort();
    const server: FlowNode = { id: 'misp', type: 'misp-server', url, timeout: 2, verify: true };
    const start = trigger(['x'], { onError: 'block', deadline: 3, ...more });
    await deploy(nodeRed.RED, [tab, listener(port), server, start, ...flow], {
      ...credentials,
      misp: { apiKey: 'K'.repeat(40) },
    });
    await listening(port);
    const { json } = await query(port, 'test_module', DATA);
    return json.error ?? 'MISP goes on';
  }

  const search = node('x', 'misp-search', [['hits']], {
    server: 'misp',
    search: 'attributes',
    deliver: 'all',
  });
  const rules = [{ t: 'gt', v: '0', vt: 'num' }];
  const hits = node('hits', 'switch', [['stop']], {
    property: 'payload.length',
    propertyType: 'msg',
    rules,
    outputs: 1,
  });
  for (const body of SEARCHED) {
    it(`a search answered with ${body.slice(0, 40) || 'nothing'}`, async () => {
      answer = says(body);
      assert.match(
        await asked([search, hits, block()]),
        /MISP did not give|The answer of|gave an empty answer/,
      );
    });
  }

  for (const body of LOADED) {
    it(`a reload answered with ${body.slice(0, 40)}`, async () => {
      answer = says(body);
      const flow = [
        node('x', 'misp-reload', [['if']], { server: 'misp' }),
        ifTag('if', 'tlp:red', ['stop']),
        block(),
      ];
      const words = await asked(flow);
      assert.match(
        words,
        body === 'Array' ? /The answer of/ : new RegExp(`MISP did not give the event ${UUID}`),
      );
    });
  }

  it('JSON of 60,000 levels, which killed Node-RED where it was cloned', async () => {
    answer = says(DEEP);
    const flow = [
      node('x', 'misp-request', [['if']], { server: 'misp', method: 'GET', path: '/a' }),
      node('if', 'misp-if-published', [['end'], ['end']], { condition: 'equals' }),
      node('c', 'catch', [['stop']], { scope: null, uncaught: false }),
      ifTag('end', 'tlp:red', ['stop']),
      block(),
    ];
    assert.match(await asked(flow), /blocked by the flow/);
  });

  it('lists that PHP sends as objects with numbers', async () => {
    const Attribute = {
      3: { id: '1', type: 'domain', value: 'bad.example', Tag: { 2: { name: 'tlp:red', local: '0' } } },
    };
    answer = says(JSON.stringify({ Event: { id: '7', uuid: UUID, Tag: { 5: { name: 'x' } }, Attribute } }));
    const flow = [
      node('x', 'misp-reload', [['if']], { server: 'misp' }),
      node('if', 'misp-if-tag', [['stop'], []], {
        scope: 'attribute',
        condition: 'in_or',
        tags: ['tlp:red'],
        clusters: [],
      }),
      block(),
    ];
    assert.equal(await asked(flow), 'blocked by the flow');
  });

  it('an answer that drips does not jam the client', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 300);
      response.on('close', () => clearInterval(drip));
    };
    const started = Date.now();
    assert.match(
      await asked([node('x', 'misp-reload', [['stop']], { server: 'misp' }), block()]),
      /did not answer in time/,
    );
    assert.ok(Date.now() - started < 3000);
  });

  it('reads with a POST while MISP saves: it changes nothing', async () => {
    answer = says('{"response":{"Attribute":[{"id":"1","value":"bad.example"}]}}');
    const request = {
      server: 'misp',
      method: 'POST',
      path: '/attributes/restSearch',
      body: '{}',
      bodyType: 'json',
    };
    const flow = [node('x', 'misp-request', [['stop']], request), block()];
    assert.equal(await asked(flow, { trigger: 'event-before-save' }), 'blocked by the flow');
  });
});
