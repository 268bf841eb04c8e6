import { strict as assert } from 'node:assert';
import http from 'node:http';
import { block, credentials, idOf, listener, node, tab, trigger } from '../support/flows';
import { collectLog } from '../support/log';
import { until } from '../support/until';
import { event, freePort, listening } from '../support/misp';
import { deploy, startNodeRed } from '../support/node-red';

describe('a MISP that hangs up before it has its answer', function () {
  this.timeout(30000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  let port = 0;
  before(async () => {
    nodeRed = await startNodeRed();
    port = await freePort();
  });
  after(() => nodeRed.stop());

  it('is told of in words that are all true: not that MISP was told anything', async () => {
    const states: string[] = [];
    const onStatus = ({ id, status }: { id: string; status?: { fill?: string; text?: string } }) => {
      if (id === idOf('trigger')) states.push(`${status?.fill}: ${status?.text}`);
    };
    nodeRed.RED.events.on('node-status', onStatus);
    await deploy(
      nodeRed.RED,
      [
        tab,
        listener(port),
        trigger(['wait']),
        node('wait', 'delay', [['stop']], {
          pauseType: 'delay',
          timeout: '600',
          timeoutUnits: 'milliseconds',
        }),
        block(),
      ],
      credentials,
    );
    await listening(port);
    const log = collectLog(nodeRed.RED);
    const body = JSON.stringify({ module: 'test_module', data: event(['tlp:red']), params: {} });
    const request = http.request({
      ...{ host: '127.0.0.1', port, path: '/query', method: 'POST' },
      headers: {
        Authorization: `Basic ${Buffer.from('misp:secret').toString('base64')}`,
        'Content-Length': Buffer.byteLength(body),
      },
    });
    request.on('error', () => undefined);
    request.end(body);
    setTimeout(() => request.destroy(), 200);
    // The block comes when nobody waits for it any more.
    await until(() => /too late/.test(log.text()), 5000);
    log.stop();
    nodeRed.RED.events.off('node-status', onStatus);
    assert.equal(
      log.text().match(/MISP hung up before it had its answer, and went on unblocked/g)?.length,
      1,
    );
    assert.match(log.text(), /comes too late: MISP hung up before/);
    assert.doesNotMatch(log.text(), /MISP was (?:already )?told|was stopped/);
    assert.ok(
      states.some((state) => /^red: \d\d:\d\d MISP hung up and went on$/.test(state)),
      states.join(),
    );
  });
});
