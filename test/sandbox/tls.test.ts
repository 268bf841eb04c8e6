import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { moduleEntry } from './support/action-service';

/** A self-signed certificate for 127.0.0.1, or nothing on a machine without openssl. */
function selfSigned(): { key: Buffer; cert: Buffer } | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'misp-tls-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((file) => path.join(folder, file));
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const options = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  try {
    execFileSync('openssl', [...options, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** docs/architecture.md: a self-signed certificate needs `Plugin.Action_ssl_cafile` or `Action_ssl_allow_self_signed`. */
describe('an Action service with https', () => {
  let server: https.Server | undefined;
  let misp: StandInMisp;
  let cert: Buffer;

  before(async function () {
    const pair = selfSigned();
    if (!pair) return this.skip();
    cert = pair.cert;
    const started = https.createServer(pair, (request, response) => {
      request.resume();
      response.end(
        request.url === '/modules' ? JSON.stringify([moduleEntry('m')]) : '{"error":"asked by https"}',
      );
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'https://127.0.0.1', port: (started.address() as AddressInfo).port },
      workflows: { 'event-publish': { module: 'm' } },
    });
  });
  after(async () => {
    if (!server) return;
    await misp.close();
    server.closeAllConnections();
    server.close();
  });

  it('is not asked when its certificate is not trusted', async () => {
    misp.actionService.tls = undefined;
    const outcome = await misp.fire('event-publish', {});
    assert.equal(outcome.blocked, false);
    assert.match(outcome.failedOpen ?? '', /SELF_SIGNED/);
  });

  it('is asked when its certificate is known, or none is needed', async () => {
    for (const tls of [{ ca: cert }, { allowSelfSigned: true }]) {
      misp.actionService.tls = tls;
      assert.equal((await misp.fire('event-publish', {})).reason, 'asked by https');
    }
  });
});
