import { strict as assert } from 'node:assert';
import path from 'node:path';
import { ActionService } from '../../sandbox/misp/service/action-service';
import { describeModule } from '../../sandbox/misp/service/modules';
import { sameToPhp } from '../conformance/compare';
import { Folder, type JsonObject } from '../conformance/vectors';
import { TestActionService } from './support/action-service';
import { recording } from './support/recordings';

interface Vector {
  id: string;
  input: { module_config: JsonObject; params: object; filters: object; data: JsonObject; reply: object };
  expected: {
    result: boolean;
    errors: string[];
    config: JsonObject;
    calls: ({ call: string } & JsonObject)[];
  };
}

/** What MISP's own code makes of an announced module, and posts to it. */
describe('what the stand-in MISP posts to a module', () => {
  const folder = new Folder(path.join(__dirname, '../conformance/vectors'));
  const { vectors } = recording<{ vectors: Vector[] }>('misp-module-action.json');
  let service: TestActionService;
  afterEach(() => service.close());

  for (const { id, input, expected } of vectors) {
    it(`as MISP does: ${id}`, async () => {
      const { module_config: announced, params, filters, reply } = input;
      const data = folder.resolve(input.data);
      const meta = { ...(announced.meta as JsonObject), 'module-type': ['action'] };
      service = await new TestActionService([{ ...announced, meta }]).start();
      service.query = { body: JSON.stringify(reply) };
      const client = new ActionService({ url: 'http://127.0.0.1', port: service.port });
      const [module] = (await client.modules()).list;
      const { error } = await client.query(module, data, params, filters);

      const described = describeModule(module, false);
      for (const [name, value] of Object.entries(expected.config)) {
        assert.ok(sameToPhp(described[name], value), `${name}: ${JSON.stringify(described[name])}`);
      }
      assert.deepEqual([error ?? null], [expected.errors[0] ?? null]);
      const wanted = expected.calls.find(({ call }) => call === 'Module.query')?.post as JsonObject;
      const posted = JSON.parse(service.seen[1].text) as JsonObject;
      assert.deepEqual(Object.keys(posted).sort(), ['data', ...Object.keys(wanted)].sort());
      assert.ok(sameToPhp(posted.data, data));
      for (const [name, value] of Object.entries(wanted)) {
        assert.ok(sameToPhp(posted[name], withData(value, data)), `${name}: ${JSON.stringify(posted[name])}`);
      }
    });
  }

  /** `$roaming_data` stands for all the data. */
  function withData(value: unknown, data: unknown): unknown {
    if (value === '$roaming_data') return data;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withData(entry, data)]));
  }
});
