// Clients that fetch a list without end, in a thread of their own; each looks whether what it got is what its ETag says.
import { createHash } from 'node:crypto';
import http from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { port, path, login, clients } = workerData;
const seen = { whole: 0, unchanged: 0, etags: new Set(), wrong: [] };
let isOver = false;

const etagOf = (bytes) => `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;

function fetchOnce(agent, known) {
  const headers = { Authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  if (known) headers['If-None-Match'] = known;
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode, etag: response.headers.etag, bytes: Buffer.concat(chunks) }),
      );
    });
    request.on('error', reject);
  });
}

async function client() {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let known;
  while (!isOver) {
    try {
      const { status, etag, bytes } = await fetchOnce(agent, known);
      if (status === 304 && etag === known && bytes.length === 0) seen.unchanged++;
      else if (status === 200 && etag === etagOf(bytes) && etag !== known) seen.whole++;
      else seen.wrong.push(`${status} ${etag} ${bytes.length}`);
      if (status === 200) seen.etags.add(etag);
      // Some always ask for all of it.
      known = Math.random() < 0.5 ? etag : undefined;
      if (status === 304) await new Promise((done) => setTimeout(done, 5));
    } catch (error) {
      seen.wrong.push(String(error));
    }
  }
  agent.destroy();
}

parentPort.once('message', () => (isOver = true));
await Promise.all(Array.from({ length: clients }, client));
parentPort.postMessage({ ...seen, etags: [...seen.etags] });
