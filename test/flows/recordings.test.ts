import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { triggerById } from '../../src/triggers/triggers';
import { deploy, root, startNodeRed } from '../support/node-red';
import { call, freePort, listening } from '../support/misp';
import { credentials, listener, node, tab, trigger } from '../support/flows';

interface Recording {
  _about: { trigger: string };
  request: { body: { module: string; data: Record<string, unknown>; params: Record<string, unknown> } };
}
interface Attribute {
  uuid?: string;
}
interface Received {
  topic: string;
  payload: {
    Event?: {
      Attribute?: Attribute[];
      Object?: { Attribute?: Attribute[] }[];
      _AttributeFlattened?: Attribute[];
    };
  } & Record<string, unknown>;
  misp: Record<string, unknown>;
}

const folder = path.join(root, 'test/fixtures/triggers');
const recordings = readdirSync(folder).map((file) => ({
  file,
  recording: JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Recording,
}));
const ids = [...new Set(recordings.map(({ recording }) => recording._about.trigger))];
const moduleOf = (id: string) => `m_${id.replaceAll('-', '_')}`;

describe('every recorded request of a trigger', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  const received: Received[] = [];

  before(async () => {
    nodeRed = await startNodeRed({
      settings: { functionGlobalContext: { take: (message: Received) => received.push(message) } },
    });
    port = await freePort();
    const triggers = ids.map((id) =>
      trigger(['take'], { trigger: id, module: moduleOf(id), scope: 'any', locality: 'any' }, `t-${id}`),
    );
    const take = node('take', 'function', [[]], {
      func: "global.get('take')(msg); return null;",
      outputs: 1,
    });
    await deploy(nodeRed.RED, [tab, listener(port), ...triggers, take], credentials);
    await listening(port);
  });
  after(() => nodeRed.stop());

  it('is there', () => assert.equal(recordings.length, 46));

  for (const { file, recording } of recordings) {
    it(file.replace('.json', ''), async () => {
      const id = recording._about.trigger;
      received.length = 0;
      const { body } = recording.request;
      const reply = await call({ ...body, module: moduleOf(id) }, { port });
      assert.deepEqual([reply.status, reply.json], [200, { data: true }]);
      for (let i = 0; i < 50 && received.length === 0; i++) await new Promise((ok) => setTimeout(ok, 5));
      assert.equal(received.length, 1);
      const [message] = received;
      assert.equal(message.topic, id);
      assert.equal(message.misp.trigger, id);
      assert.equal(message.misp.module, moduleOf(id));
      assert.equal(message.misp.blocking, triggerById(id)?.blocking);
      assert.equal(message.misp.test, false);
      assert.deepEqual(message.misp.params, body.params);
      assert.ok((message.misp.deadline as number) > Date.now() - 1000);
      assert.deepEqual(JSON.parse(JSON.stringify(message.misp)), message.misp, 'msg.misp is plain JSON');
      assert.deepEqual(message.payload, withoutSecrets(body.data), 'the data is as MISP sent it');
      assert.ok(!/authkey|password/.test(JSON.stringify(message)), 'no secrets');
      assertLinked(message);
    });
  }
});

/** The same data without what user triggers must not carry on. */
function withoutSecrets(data: Record<string, unknown>): Record<string, unknown> {
  const secrets = ['authkey', 'password', 'confirm_password', 'external_auth_key'];
  return Object.fromEntries(Object.entries(data).filter(([key]) => !secrets.includes(key)));
}

/** Each entry of the flattened list is the attribute itself. */
function assertLinked({ payload }: Received): void {
  const event = payload.Event;
  const flattened = event?._AttributeFlattened ?? [];
  const attributes = new Set([
    ...(event?.Attribute ?? []),
    ...(event?.Object ?? []).flatMap((object) => object.Attribute ?? []),
  ]);
  for (const attribute of flattened) assert.ok(attributes.has(attribute), attribute.uuid);
}
