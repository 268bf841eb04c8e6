import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { inspect } from 'node:util';
import { HttpClient, type HttpLimits, type HttpSettings } from '../../src/http/client';
import { HttpFailure } from '../../src/http/failure';
import { freePort } from '../support/misp';

const MEGABYTE = 1024 * 1024;
const TOKEN = 'SentinelToken0123456789';
const file = (name: string) => readFileSync(path.join(__dirname, '../fixtures/tls/own-ca', name), 'utf8');

describe('the HTTP layer', () => {
  const servers: (http.Server | https.Server)[] = [];
  const clients: HttpClient[] = [];
  let handle: http.RequestListener;
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  const listen = async (server: http.Server | https.Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const plain = () => listen(http.createServer((request, response) => handle(request, response)));
  const tls = () => {
    const options = { cert: file('server.pem'), key: file('server-key.pem') };
    return listen(https.createServer(options, (request, response) => handle(request, response)));
  };
  const client = (more: Partial<HttpSettings> = {}) => {
    const made = new HttpClient({ verify: true, mostBytes: MEGABYTE, ...more });
    clients.push(made);
    return made;
  };
  const post = (made: HttpClient, address: string, limits: Partial<HttpLimits> = {}) =>
    made.send(
      {
        method: 'POST',
        url: new URL(address),
        headers: { 'Content-Type': 'application/json', Authorization: `Basic ${TOKEN}` },
        body: `{"module":"${TOKEN}"}`,
      },
      { ms: 2000, ...limits },
    );
  const failure = async (work: Promise<unknown>): Promise<HttpFailure> => {
    try {
      await work;
    } catch (error) {
      assert.ok(error instanceof HttpFailure, inspect(error));
      assert.ok(!inspect(error, { depth: 10, showHidden: true }).includes(TOKEN), 'no secret in it');
      return error;
    }
    throw new Error('It did not fail');
  };

  it('sends what it is given, and gives what comes, whatever the status', async () => {
    let seen = '';
    handle = (request, response) => {
      request.on('data', (chunk: Buffer) => (seen += chunk.toString()));
      request.on('end', () => {
        seen += ` ${request.method} ${request.url} ${request.headers.authorization}`;
        response.writeHead(302, { 'X-Said': 'a', Location: '/elsewhere' }).end('{"not":"read"}');
      });
    };
    const answer = await post(client(), `http://127.0.0.1:${await plain()}/query?a=b`);
    assert.equal(seen, `{"module":"${TOKEN}"} POST /query?a=b Basic ${TOKEN}`);
    assert.deepEqual([answer.status, answer.text], [302, '{"not":"read"}']);
    assert.equal(answer.headers['x-said'], 'a');
  });

  it('trusts a CA of one’s own, and says whose certificate is not trusted', async () => {
    handle = (_request, response) => response.end('[]');
    const port = await tls();
    const ca = { tls: { ca: file('ca.pem') } };
    assert.equal((await post(client(ca), `https://localhost:${port}/`)).text, '[]');
    assert.equal((await post(client({ verify: false }), `https://localhost:${port}/`)).text, '[]');
    const error = await failure(post(client(), `https://localhost:${port}/`));
    assert.equal(error.kind, 'certificate');
    assert.ok(error.message.includes(`localhost:${port}`));
  });

  it('takes an answer up to its bound, and no larger one', async () => {
    handle = (_request, response) => response.end('x'.repeat(50 * MEGABYTE));
    const address = `http://127.0.0.1:${await plain()}/`;
    const { text } = await post(client({ mostBytes: 50 * MEGABYTE }), address, { ms: 20_000 });
    assert.equal(text.length, 50 * MEGABYTE);
    const error = await failure(post(client({ mostBytes: 3 * MEGABYTE }), address));
    assert.equal(error.kind, 'answerTooLarge');
    assert.match(error.message, /more than 3 MB/);
  });

  it('tells a time-out from a call that was given up, also while the answer drips', async () => {
    handle = (_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    };
    const address = `http://127.0.0.1:${await plain()}/`;
    assert.equal((await failure(post(client(), address, { ms: 200 }))).kind, 'slow');
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(), 100);
    assert.equal((await failure(post(client(), address, { signal: stopping.signal }))).kind, 'closed');
    assert.equal((await failure(post(client(), address, { signal: AbortSignal.abort() }))).kind, 'closed');
  });

  it('tells a connection that is cut before the answer from one that is cut in it', async () => {
    handle = (request) => void request.socket.destroy();
    const address = `http://127.0.0.1:${await plain()}/`;
    const before = await failure(post(client(), address));
    assert.deepEqual([before.kind, before.begun], ['cut', false]);
    handle = (_request, response) => {
      response.writeHead(200, { 'Content-Length': 1000 });
      response.write('{"a":', () => response.destroy());
    };
    const within = await failure(post(client(), address));
    assert.deepEqual([within.kind, within.begun], ['cut', true]);
    assert.match(within.message, /broke off the connection/);
  });

  it('says who is not there, and who speaks no TLS', async () => {
    const away = await failure(post(client(), `http://127.0.0.1:${await freePort()}/`));
    assert.deepEqual([away.kind, away.code], ['unreachable', 'ECONNREFUSED']);
    handle = (_request, response) => response.end();
    assert.equal((await failure(post(client(), `https://127.0.0.1:${await plain()}/`))).kind, 'tls');
  });

  it('has no more connections at a time than it may', async () => {
    let open = 0;
    let most = 0;
    handle = (_request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        response.end();
      }, 20);
    };
    const address = `http://127.0.0.1:${await plain()}/`;
    const few = client({ mostConnections: 2 });
    await Promise.all(Array.from({ length: 10 }, () => post(few, address)));
    assert.equal(most, 2);
  });
});
