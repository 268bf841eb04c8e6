import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { block, credentials, ifTag, listener, node, tab, trigger } from '../support/flows';
import { call, freePort, listening } from '../support/misp';
import { deploy, root, startNodeRed, type FlowNode } from '../support/node-red';
import { startReceiver, type Receiver } from '../support/receiver';

const FOLDER = path.join(root, 'test/fixtures/field-cases');
const ANSWERS = 'test/misp/answers.test.ts';
const STAYS = 'test/flows/listener-stays.test.ts';
const HERE = 'test/flows/field-cases-data.test.ts';

/** Which test each case is: one that loads its file, or has its input: file and title, or a part of it. */
const TESTS: Record<string, [file: string, title: string]> = {
  '01-not-json': [HERE, '01-not-json: '],
  '02-reload-any-shape': [HERE, '02-reload-any-shape: '],
  '03-lost-credentials': [STAYS, '(case 03)'],
  '04-write-cut': [ANSWERS, 'does not know what came of a write whose answer is cut'],
  '05-keyed-flattened': [HERE, '05-keyed-flattened: '],
  '06-current-attribute': [
    'test/flows/misp-attribute.test.ts',
    'renders it for each of them, as three of the blueprints',
  ],
  '08-local-as-text': ['test/actions/field-data.test.ts', 'remove a local tag whose flag is a text'],
  '09-exports': [ANSWERS, 'gives exports that are no JSON as text'],
  '10-proxy': [ANSWERS, 'proxies as people write them'],
  '11-misleading-page': [HERE, '11-misleading-page: '],
  '12-rate-limit': [ANSWERS, 'respects the rate limit of MISP, and tells when it ends'],
  '13-listener-host': [STAYS, '(case 13)'],
  '14-env-baseurl': ['test/flows/misp-attribute.test.ts', 'gives templates the address of its MISP'],
  '15-wrong-hint': ['test/template/template.test.ts', "'{{ Event.Galaxy[0].name }}', 'Event.Galaxy'"],
  '16-payload-timeout': [STAYS, '(case 16)'],
  '19-flags-as-numbers': [ANSWERS, 'reads what a key may do, whatever the notation of the flags'],
  '21-thin-data': [HERE, '21-thin-data: '],
  '22-post-that-reads': ['test/flows/answers-not-believed.test.ts', 'reads with a POST while MISP saves'],
};

const load = <T>(name: string) => JSON.parse(readFileSync(path.join(FOLDER, `${name}.json`), 'utf8')) as T;

interface Answer {
  status: number;
  contentType: string;
  body: string;
}

describe('cases of data from the field', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let misp: Receiver;
  let port = 0;
  before(async () => {
    misp = await startReceiver();
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  after(async () => {
    await nodeRed.stop();
    misp.close();
  });

  const says = ({ status, contentType, body }: Answer) =>
    void (misp.script = [{ status, body, headers: { 'Content-Type': contentType } }]);

  async function ask(query: object, flow: FlowNode[], more: object = {}): Promise<string> {
    const server: FlowNode = { id: 'misp', type: 'misp-server', url: misp.url, timeout: 2, verify: true };
    const start = trigger(['x'], { version: 2, goOn: 'ended', deadline: 3, ...more });
    await deploy(nodeRed.RED, [tab, listener(port), server, start, ...flow, block()], {
      ...credentials,
      misp: { apiKey: 'K'.repeat(40) },
    });
    await listening(port);
    return (await call(query, { port })).json.error ?? 'MISP goes on';
  }

  it('are each a test', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
    assert.deepEqual(files.map((file) => path.basename(file, '.json')).sort(), Object.keys(TESTS).sort());
    for (const [file, title] of Object.values(TESTS))
      assert.ok(readFileSync(path.join(root, file), 'utf8').includes(title), `${file}: no "${title}"`);
  });

  const notJson = load<{ query: object; answers: Answer[] }>('01-not-json');
  for (const answer of notJson.answers) {
    it(`01-not-json: ${answer.body.slice(0, 40) || 'nothing'}`, async () => {
      says(answer);
      const hits = node('hits', 'switch', [['stop']], {
        property: 'payload.length',
        propertyType: 'msg',
        rules: [{ t: 'gt', v: '0', vt: 'num' }],
        outputs: 1,
      });
      const search = { server: 'misp', search: 'attributes', deliver: 'all' };
      assert.match(
        await ask(notJson.query, [node('x', 'misp-search', [['hits']], search), hits]),
        /^misp-search: /,
      );
    });
  }

  const anyShape = load<{ query: object; answers: unknown[] }>('02-reload-any-shape');
  for (const shape of anyShape.answers) {
    it(`02-reload-any-shape: ${JSON.stringify(shape).slice(0, 40)}`, async () => {
      says({ status: 200, contentType: 'application/json', body: JSON.stringify(shape) });
      const reload = node('x', 'misp-reload', [['if']], { server: 'misp' });
      assert.match(
        await ask(anyShape.query, [reload, ifTag('if', 'tlp:red', ['stop'])]),
        /MISP did not give the event/,
      );
    });
  }

  const keyed = load<{ query: object }>('05-keyed-flattened');
  it('05-keyed-flattened: a tag is seen by the IF behind it', async () => {
    const tag = {
      server: 'misp',
      scope: 'attribute',
      action: 'add',
      locality: 'local',
      tags: ['zz:new'],
      dryRun: true,
    };
    const flow = [
      node('x', 'misp-tag', [['if']], tag),
      node('if', 'misp-if-tag', [['stop'], []], {
        scope: 'attribute',
        condition: 'in_or',
        tags: ['zz:new'],
        clusters: [],
      }),
    ];
    assert.equal(await ask(keyed.query, flow), 'blocked by the flow');
  });
  it('05-keyed-flattened: misp-warninglist takes it for a list', async () => {
    says({ status: 200, contentType: 'application/json', body: '[]' });
    const words = await ask(keyed.query, [
      node('x', 'misp-warninglist', [['stop']], { server: 'misp', warninglists: ['ALL'] }),
    ]);
    assert.doesNotMatch(words, /iterable|TypeError|MISP goes on/);
  });

  const pages = load<{ answers: [number, string | null, string][] }>('11-misleading-page').answers;
  for (const [status, contentType, body] of pages) {
    it(`11-misleading-page: ${status} ${body}`, async () => {
      says({ status, contentType: contentType ?? 'text/plain', body });
      const request = { server: 'misp', method: 'GET', path: '/events/view/7' };
      const words = await ask(notJson.query, [node('x', 'misp-request', [['stop']], request)]);
      assert.match(words, new RegExp(`^misp-request: .*(status ${status}|cut off|not with the API|JSON)`));
      assert.doesNotMatch(words, /login page in front/);
    });
  }

  const thin = load<{ query: object }>('21-thin-data');
  it('21-thin-data: a condition on attributes that MISP left out fails', async () => {
    const condition = { scope: 'attribute', condition: 'not_in_or', tags: ['tlp:red'], clusters: [] };
    const words = await ask(thin.query, [node('x', 'misp-if-tag', [[], ['stop']], condition)]);
    assert.match(words, /^misp-if-tag: .*attributes/);
  });
});
