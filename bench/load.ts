import autocannon from 'autocannon';
import { bodies, type BodyName } from './bodies';

/** One measurement, in a process of its own: what a server answers per second, and whether it is right. */
const [, , port, body, connections, seconds, name = ''] = process.argv;
const authorization = `Basic ${Buffer.from('misp:secret').toString('base64')}`;
let wrong = 0;

/** MISP is told at once that it may go on, or that it was too much. */
const isAccepted = name.startsWith('accepted');
let refused = 0;

const requests = bodies(body as BodyName, 'bench').map(({ text, blocked }) => ({
  method: 'POST' as const,
  path: '/query',
  headers: { 'content-type': 'application/json', authorization },
  body: text,
  onResponse: (status: number, reply: string) => {
    const expected = blocked && !isAccepted ? '{"error":"blocked"}' : '{"data":true}';
    if (isAccepted && status === 200 && reply.startsWith('{"error"')) refused++;
    else if (status !== 200 || reply !== expected) wrong++;
  },
}));

void autocannon({
  url: `http://127.0.0.1:${port}`,
  connections: Number(connections),
  duration: Number(seconds),
  requests,
}).then((result) => {
  const failed = wrong + result.errors + result.timeouts + result.non2xx;
  const rps = (result['2xx'] - refused) / result.duration;
  process.send?.({ rps, p50: result.latency.p50, p99: result.latency.p99, failed });
});
