import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { MispClient } from '../../src/misp/client';
import { API_KEY } from '../../sandbox/misp/server';
import { eventWith, MispTest, wordsOf } from './support/misp';

const file = (name: string) => readFileSync(path.join(__dirname, '../fixtures/tls/own-ca', name), 'utf8');
const CA = file('ca.pem');
const CLIENT = { cert: file('client.pem'), key: file('client-key.pem') };
const LOGIN = `Basic ${Buffer.from('user:pass word').toString('base64')}`;

/** TLS in front of the stand-in, as a web server is in front of MISP. */
function front(target: number, requestCert: boolean): https.Server {
  const options = { cert: file('server.pem'), key: file('server-key.pem'), ca: CA, requestCert };
  return https.createServer({ ...options, rejectUnauthorized: requestCert }, (request, response) => {
    const forward = { port: target, path: request.url, method: request.method, headers: request.headers };
    request.pipe(
      http.request(forward, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      }),
    );
  });
}

describe('the way to MISP', () => {
  let test: MispTest;
  const servers: (http.Server | https.Server)[] = [];
  const sockets = new Set<Duplex>();
  before(async () => {
    test = await MispTest.start({ events: [eventWith('1', 1)] });
  });
  after(() => test.close());
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
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
  const port = () => Number(new URL(test.misp.url).port);
  const ask = async (settings: object): Promise<string> => {
    const base = { url: test.misp.url, apiKey: API_KEY, verify: true, timeoutMs: 3000 };
    const client = new MispClient({ ...base, ...settings });
    try {
      return (await client.get<{ Event: { id: string } }>('/events/view/1')).Event.id;
    } finally {
      client.close();
    }
  };

  it('trusts a CA of its own, and nobody else', async () => {
    const url = `https://localhost:${await listen(front(port(), false))}`;
    assert.equal(await ask({ url, tls: { ca: CA } }), '1');
    assert.match(await wordsOf(ask({ url })), /certificate of https:.* is not trusted/);
    assert.equal(await ask({ url, verify: false }), '1');
  });

  it('shows a client certificate', async () => {
    const url = `https://localhost:${await listen(front(port(), true))}`;
    assert.equal(await ask({ url, tls: { ca: CA, ...CLIENT } }), '1');
    await assert.rejects(ask({ url, tls: { ca: CA } }));
  });

  it('goes through a proxy that forwards', async () => {
    const seen: string[] = [];
    const proxy = http.createServer((request, response) => {
      seen.push(`${request.url} ${request.headers['proxy-authorization']}`);
      const { pathname } = new URL(request.url ?? '');
      const { 'proxy-authorization': _login, ...headers } = request.headers;
      void _login;
      const forward = { port: port(), path: pathname, method: request.method, headers };
      request.pipe(
        http.request(forward, (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        }),
      );
    });
    const address = `http://user:pass%20word@127.0.0.1:${await listen(proxy)}`;
    assert.equal(await ask({ proxy: address }), '1');
    assert.deepEqual(seen, [`${test.misp.url}/events/view/1 ${LOGIN}`]);
  });

  it('goes through a tunnel to a MISP with TLS, which keeps its key from the proxy', async () => {
    const seen: string[] = [];
    const proxy = http.createServer((_request, response) => response.writeHead(400).end());
    proxy.on('connect', (request: http.IncomingMessage, client: Duplex) => {
      seen.push(`${request.url} ${request.headers['proxy-authorization']} ${request.headers.authorization}`);
      const [host, to] = (request.url ?? '').split(':');
      const server = net.connect(Number(to), host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        server.pipe(client).pipe(server);
      });
      for (const socket of [client, server]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
      }
    });
    const target = await listen(front(port(), true));
    const address = `http://user:pass%20word@127.0.0.1:${await listen(proxy)}`;
    const url = `https://localhost:${target}`;
    assert.equal(await ask({ url, proxy: address, tls: { ca: CA, ...CLIENT } }), '1');
    assert.deepEqual(seen, [`localhost:${target} ${LOGIN} undefined`]);
    assert.match(await wordsOf(ask({ url, proxy: address })), /certificate/);
  });

  it('says that the proxy does not answer, or does not let through', async () => {
    const proxy = http.createServer((_request, response) => response.writeHead(407).end('no'));
    const address = `http://user:wrong@127.0.0.1:${await listen(proxy)}`;
    assert.match(await wordsOf(ask({ proxy: address })), /The proxy wants a user and a password/);
    assert.match(await wordsOf(ask({ proxy: 'http://127.0.0.1:1' })), /cannot be reached \(ECONNREFUSED\)/);
  });

  it('keeps connections open, and does not cut off a slow answer', async function () {
    this.timeout(15_000);
    const server = http.createServer((_request, response) => {
      setTimeout(() => {
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"Event":{"id":"slow"}}');
      }, 4600);
    });
    const url = `http://127.0.0.1:${await listen(server)}`;
    assert.equal(await ask({ url, timeoutMs: 8000 }), 'slow');
  });
});
