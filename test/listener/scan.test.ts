import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { withoutCopy } from '../../src/listener/thread/body';
import { get } from '../../src/event/hash';
import { readRequest } from '../../src/listener/request';
import { scanBody } from '../../src/listener/scan';

const fixtures = path.join(__dirname, '../fixtures/triggers');

function read(json: string) {
  const bytes = Uint8Array.from(Buffer.from(json));
  const scan = scanBody(bytes, 200);
  const body = withoutCopy(bytes, scan);
  const head = {
    id: 1,
    module: scan.module ?? '',
    receivedAt: 0,
    deadline: 0,
    flattenedCut: scan.flattened !== undefined,
    suspicious: scan.suspicious,
    keyed: scan.keyed,
  };
  return { scan, bytes: body.length, request: () => readRequest(body, head) };
}

const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('the scan of a request', () => {
  for (const file of readdirSync(fixtures)) {
    it(`loses nothing of ${file}, and cuts out the copy`, () => {
      const text = readFileSync(path.join(fixtures, file), 'utf8');
      const { body } = (JSON.parse(text) as { request: { body: { data: unknown } } }).request;
      const { scan, bytes, request } = read(JSON.stringify(body));
      assert.equal(scan.module, 'nodered_block'.slice(0, scan.module?.length));
      assert.deepEqual(request().data, body.data);
      const flattened = (body.data as { Event?: { _AttributeFlattened?: unknown[] } }).Event
        ?._AttributeFlattened;
      if (flattened) assert.equal(bytes, size(body) - size(flattened) + 2);
    });
  }

  const a = '{"uuid":"a","value":"1 \\" ] \\\\"}';
  const b = '{"uuid":"b","value":"ü"}';
  const event = (inner: string) => `{"module":"m","data":{"Event":{${inner}}},"params":[]}`;
  const same: [string, string][] = [
    [
      'attributes first',
      `"Attribute":[${a}],"Object":[{"Attribute":[${b}]}],"_AttributeFlattened":[${a},${b}]`,
    ],
    [
      'objects only',
      `"Object":[{"Attribute":[${a}]},{"Attribute":[]},{"Attribute":[${b}]}],"_AttributeFlattened":[${a},${b}]`,
    ],
    ['nothing', `"Attribute":[],"_AttributeFlattened":[]`],
  ];
  for (const [name, inner] of same) {
    it(`takes it for a copy: ${name}`, () => {
      const { scan, request } = read(event(inner));
      assert.ok(scan.flattened);
      assert.deepEqual(request().data, (JSON.parse(event(inner)) as { data: unknown }).data);
    });
  }

  const different: [string, string][] = [
    ['another value', `"Attribute":[${a}],"_AttributeFlattened":[${b}]`],
    ['one less', `"Attribute":[${a},${b}],"_AttributeFlattened":[${a}]`],
    ['one more', `"Attribute":[${a}],"_AttributeFlattened":[${a},${b}]`],
    [
      'flattened first: MISP sends it last',
      `"_AttributeFlattened":[${a},${b}],"Object":[{"Attribute":[${b}]}],"Attribute":[${a}]`,
    ],
    ['another order', `"Attribute":[${a},${b}],"_AttributeFlattened":[${b},${a}]`],
    ['attributes after it', `"Attribute":[${a}],"_AttributeFlattened":[${a}],"Attribute":[${b}]`],
    ['it twice', `"Attribute":[${a}],"_AttributeFlattened":[${a}],"_AttributeFlattened":[${b}]`],
    ['a key twice', `"Attribute":[${a}],"Attribute":[${b}],"_AttributeFlattened":[${b},${a}]`],
    [
      'objects twice',
      `"Object":[{"Attribute":[${a}]}],"Object":[{"Attribute":[${b}]}],"_AttributeFlattened":[${a},${b}]`,
    ],
    [
      'a key twice in an object',
      `"Object":[{"Attribute":[${a}],"Attribute":[${b}]}],"_AttributeFlattened":[${a},${b}]`,
    ],
    ['attributes of a related event', `"RelatedEvent":[{"Attribute":[${a}]}],"_AttributeFlattened":[${a}]`],
  ];
  for (const [name, inner] of different) {
    it(`takes it for data of its own: ${name}`, () => {
      const { scan, request } = read(event(inner));
      assert.equal(scan.flattened, undefined);
      assert.deepEqual(request().data, (JSON.parse(event(inner)) as { data: unknown }).data);
    });
  }

  it('takes lists that PHP sent as objects for lists, with the attributes in them, at their places', () => {
    const keyed = `{"3":${a},"9":${b}}`;
    const inner = `"Attribute":[${b},${a}],"_AttributeFlattened":${keyed},"Tag":{ "2":{"name":"t"}}`;
    const { scan, request } = read(event(inner));
    assert.equal(scan.keyed, true);
    const { Event } = request().data as {
      Event: { Attribute: object[]; _AttributeFlattened: object[]; Tag: object[] };
    };
    assert.deepEqual(Event.Tag, [{ name: 't' }]);
    assert.equal(Event._AttributeFlattened[0], Event.Attribute[1]);
    assert.equal(Event._AttributeFlattened[1], Event.Attribute[0]);
    assert.equal(get({ Event }, 'Event._AttributeFlattened.9.uuid'), 'b');
    assert.equal(get({ Event }, 'Event._AttributeFlattened.0.uuid', 'none'), 'none');
  });

  it('loses no attributes of objects that came as an object', () => {
    const inner = `"Attribute":[${a}],"Object":{"2":{"Attribute":[${b}]}},"_AttributeFlattened":[${a},${b}]`;
    const { scan, request } = read(event(inner));
    assert.equal(scan.flattened, undefined);
    const { Event } = request().data as {
      Event: { Object: { Attribute: object[] }[]; _AttributeFlattened: object[] };
    };
    assert.equal(Event._AttributeFlattened.length, 2);
    assert.equal(Event._AttributeFlattened[1], Event.Object[0].Attribute[0]);
  });

  it('links attributes whose uuids are in other letters', () => {
    const upper = `{"uuid":"A","value":"v"}`;
    const { request } = read(
      event(`"Attribute":[{"uuid":"a","value":"v"}],"_AttributeFlattened":[${upper}]`),
    );
    const { Event } = request().data as { Event: { Attribute: object[]; _AttributeFlattened: object[] } };
    assert.equal(Event._AttributeFlattened[0], Event.Attribute[0]);
  });

  it('leaves what MISP filtered for a module as its contract says: an object', () => {
    const text = `{"module":"m","data":{"Event":{"Attribute":{"1":${a}}}},"filteredItems":{"1":${a}},"params":[]}`;
    const request = read(text).request();
    assert.ok(!Array.isArray(request.filteredItems));
    assert.ok(Array.isArray((request.data as { Event: { Attribute: unknown } }).Event.Attribute));
  });

  it('is not misled by texts, names and nothing', () => {
    for (const inner of ['"info":"{\\"1\\":2}"', '"1a":{}', '"x":{"a":{"1b":1,"2":2}}', '"x":{}']) {
      const { request } = read(event(inner));
      assert.deepEqual(request().data, (JSON.parse(event(inner)) as { data: unknown }).data);
    }
  });

  it('an event twice is data of its own', () => {
    const text = `{"module":"m","data":{"Event":{"Attribute":[${a}]},"Event":{"_AttributeFlattened":[${a}]}}}`;
    assert.equal(read(text).scan.flattened, undefined);
  });

  it('finds the module wherever it stands, and only at the top', () => {
    assert.equal(read('{"data":{"module":"x"},"module":"m"}').scan.module, 'm');
    assert.equal(read('{ "module" : "m", "data": {} }').scan.module, 'm');
    assert.equal(read('{"data":{"module":"x"}}').scan.module, undefined);
    assert.equal(read('{"x":"module","y":"z"}').scan.module, undefined);
  });

  it('survives text that is cut off', () => {
    const text = event(`"Attribute":[${a}],"_AttributeFlattened":[${a}]`);
    for (let length = 0; length < text.length; length++) {
      const { request } = read(text.slice(0, length));
      assert.throws(request, /not valid JSON|names no module/);
    }
  });

  it('edits are seen in both places', () => {
    const { request } = read(event(`"Attribute":[${a}],"_AttributeFlattened":[${a}]`));
    const { Event } = request().data as { Event: Record<string, { value: string }[]> };
    Event._AttributeFlattened[0].value = 'changed';
    assert.equal(Event.Attribute[0].value, 'changed');
  });
});
