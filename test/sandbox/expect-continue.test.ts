import { strict as assert } from 'node:assert';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { startStandInMisp, type Outcome, type StandInMisp } from '../../sandbox/misp/server';
import { moduleEntry } from './support/action-service';

type Query = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** curl asks "Expect: 100-continue" before it sends more than 1 MiB (behaviour/re-entrancy-and-size.json). */
describe('a body above 1 MB', () => {
  let server: http.Server;
  let misp: StandInMisp;
  let onExpect: Query;
  let onQuery: Query;

  const blocked: Query = (_, response) => void response.end('{"error":"stop"}');
  const afterBody =
    (take: (bytes: number, response: http.ServerResponse) => void): Query =>
    (request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.on('end', () => take(bytes, response));
    };
  const fire = (megabytes: number): Promise<Outcome> =>
    misp.fire('event-publish', { Event: { info: 'x'.repeat(megabytes * 1024 * 1024) } });

  beforeEach(async () => {
    onQuery = afterBody((_, response) => response.end('{"error":"stop"}'));
    onExpect = onQuery;
    server = http.createServer((request, response) => {
      if (request.url !== '/modules') return onQuery(request, response);
      response.end(JSON.stringify([moduleEntry('m')]));
    });
    server.on('checkContinue', (request, response) => onExpect(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port },
      workflows: { 'event-publish': { module: 'm' } },
    });
  });
  afterEach(async () => {
    await misp.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('waits for "100 Continue"', async () => {
    let before = -1;
    let length = '';
    let names: string[] = [];
    onExpect = (request, response) => {
      length = request.headers['content-length'] ?? '';
      names = request.rawHeaders.filter((_, index) => index % 2 === 0);
      setTimeout(() => {
        before = request.socket.bytesRead;
        response.writeContinue();
        afterBody((bytes, answer) => answer.end(JSON.stringify({ error: `read ${bytes}` })))(
          request,
          response,
        );
      }, 300);
    };
    const outcome = await fire(4);
    assert.ok(before > 0 && before < 2000, `${before} bytes came before the body was asked for`);
    assert.ok(Number(length) > 4 * 1024 * 1024);
    assert.equal(outcome.reason, `read ${length}`);
    assert.deepEqual(names.slice(-3), ['Content-Type', 'Content-Length', 'Expect']);
    assert.ok(outcome.waitedMs >= 290 && outcome.waitedMs < 1000, String(outcome.waitedMs));
  });

  it('is sent after a second when nobody says so', async () => {
    onExpect = afterBody((bytes, response) => response.end(JSON.stringify({ error: `read ${bytes}` })));
    const outcome = await fire(2);
    assert.match(outcome.reason ?? '', /^read 2\d{6}$/);
    assert.ok(outcome.waitedMs >= 990 && outcome.waitedMs < 3000, String(outcome.waitedMs));
  });

  it('is not sent when the answer comes before, and the answer counts', async () => {
    let bytes = -1;
    onExpect = (request, response) => {
      request.socket.on('close', () => (bytes = request.socket.bytesRead));
      blocked(request, response);
    };
    const outcome = await fire(2);
    assert.deepEqual([outcome.blocked, outcome.reason], [true, 'stop']);
    assert.ok(outcome.waitedMs < 900, String(outcome.waitedMs));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(bytes >= 0 && bytes < 2000, `${bytes} bytes were sent`);
  });

  it('is sent again without asking when the service says 417', async () => {
    let asked = 0;
    onExpect = (_, response) => {
      asked += 1;
      response.writeHead(417).end();
    };
    onQuery = afterBody((bytes, response) => response.end(JSON.stringify({ error: `read ${bytes}` })));
    const outcome = await fire(2);
    assert.equal(asked, 1);
    assert.match(outcome.reason ?? '', /^read 2\d{6}$/);
  });

  it('counts into the time-out', async () => {
    misp.actionService.timeoutMs = 200;
    onExpect = () => undefined;
    const outcome = await fire(2);
    assert.equal(outcome.failedOpen, 'no answer to POST /query within 0.2 s');
    assert.ok(outcome.waitedMs < 900);
  });

  it('is the only one: what is smaller is sent at once', async () => {
    let isAsked = false;
    onExpect = (request, response) => {
      isAsked = true;
      blocked(request, response);
    };
    assert.equal((await fire(0.99)).reason, 'stop');
    assert.equal(isAsked, false);
  });
});
