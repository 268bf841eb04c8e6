import { strict as assert } from 'node:assert';
import { IncomingBody } from '../../src/listener/thread/body';
import { scanBody } from '../../src/listener/scan';

describe('the parts of a request', () => {
  it('keeps a body of many tiny chunks in about twice its size', () => {
    const size = 2 * 1024 * 1024;
    const before = process.memoryUsage();
    const body = new IncomingBody(0);
    for (let i = 0; i < size; i++) body.append(Buffer.from([i % 251]));
    const after = process.memoryUsage();
    const more = (after.arrayBuffers - before.arrayBuffers) / 1024 / 1024;
    assert.ok(more < 40, `${more} MB`); // what was not collected of the chunks among it
    const { content } = body;
    assert.equal(content.length, size);
    assert.ok(content.every((byte, index) => byte === index % 251));
  });

  it('puts together chunks of all sizes', () => {
    for (const declared of [0, 10, 5_000_000]) {
      const body = new IncomingBody(declared);
      const chunks = [0, 1, 9, 4096, 70_000, 300_000, 3].map((length, i) => Buffer.alloc(length, i));
      const used = declared === 10 ? chunks.slice(0, 3) : chunks;
      for (const chunk of used) body.append(chunk);
      assert.deepEqual(Buffer.from(body.content), Buffer.concat(used));
    }
  });

  for (const [name, text, expected] of [
    ['first', '{"timeout": 2, "module": "a"}', 2],
    ['last', '{"module":"a","data":{},"timeout":9.5}', 9.5],
    ['as text', '{"timeout":"3","module":"a"}', 3],
    ['inside the data only', '{"data":{"timeout":1},"module":"a"}', undefined],
    ['no number', '{"timeout":null,"module":"a"}', undefined],
    ['negative', '{"timeout":-1,"module":"a"}', undefined],
    ['as a value', '{"module":"timeout"}', undefined],
  ] as const) {
    it(`finds the time-out of MISP: ${name}`, () => {
      assert.equal(scanBody(Buffer.from(text), 100).timeout, expected);
    });
  }
});
