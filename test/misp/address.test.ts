import { strict as assert } from 'node:assert';
import listener from '../../nodes/config/misp-listener';
import { MispClient } from '../../src/misp/client';

const open = (url: string) =>
  new MispClient({ url, apiKey: 'k', timeoutMs: 1000, verify: true, answerBytes: 1000 } as never);

describe('an address in a form', () => {
  for (const [url, page, left] of [
    ['https://misp.example.org/events/index', '/events/index', 'https://misp.example.org'],
    ['https://misp.example.org/misp/events/view/12', '/events/view/12', 'https://misp.example.org/misp'],
    ['http://10.0.0.1:8080/users/login', '/users/login', 'http://10.0.0.1:8080'],
    ['https://misp.example.org/Workflows/triggers/', '/Workflows/triggers/', 'https://misp.example.org'],
  ]) {
    it(`of a page of MISP is told what to take away: ${url}`, () => {
      assert.throws(
        () => open(url),
        (error: Error) =>
          error.message.includes(`Take away ${page}`) && error.message.includes(`${left} is left`),
      );
    });
  }

  it('of a MISP below a path is taken', () => {
    for (const url of ['https://misp.example.org/misp/', 'https://events.example.org', 'http://misp']) {
      open(url).close();
    }
  });

  it('at which to listen is one, or a name', () => {
    const { host } = listener.description.fields;
    const fits = (text: string) => new RegExp((host as { pattern: string }).pattern).test(text);
    for (const text of ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost', '${HOST}'])
      assert.ok(fits(text), text);
    for (const text of ['999.1.2.3', '1.2.3', '1.2.3.4.5', 'http://x', 'a b', ''])
      assert.ok(!fits(text), text);
  });
});
