import { deploy, startNodeRed, type FlowNode } from '../test/support/node-red';
import { listening } from '../test/support/misp';
import { allow, block, credentials, ifTag, listener, node, tab, trigger } from '../test/support/flows';

const [, , kind, port, redisPort] = process.argv;

const httpIn: FlowNode[] = [
  tab,
  node('in', 'http in', [['decide']], { url: '/query', method: 'post' }),
  node('decide', 'function', [['out']], {
    func: `const blocked = msg.payload.data.Event.Tag.some((tag) => tag.name === 'tlp:red');
msg.payload = blocked ? { error: 'blocked' } : { data: true };
return msg;`,
    outputs: 1,
  }),
  node('out', 'http response', [], {}),
];

const ours: FlowNode[] = [
  tab,
  listener(Number(port), { openRuns: 1000 }),
  trigger(['if'], { module: 'bench', goOn: 'response' }),
  ifTag('if', 'tlp:red', ['stop'], ['go']),
  block('stop', 'blocked'),
  allow('go'),
];

/** The same, with nothing kept of the runs. */
const unrecorded: FlowNode[] = [{ id: 'store', type: 'misp-store', keep: 'nothing' }, ...ours];

/** MISP does not wait: the same decision, and nothing behind it. */
const accepted = (intake: 'now' | 'stored'): FlowNode[] => [
  tab,
  listener(Number(port), { openRuns: 1000, acceptedRuns: 10_000 }),
  trigger(['if'], {
    ...{ version: 3, trigger: 'event-after-save', module: 'bench', intake, mostRuns: 1_000_000 },
  }),
  ifTag('if', 'tlp:red', []),
];

const inRedis: FlowNode[] = [
  { id: 'store', type: 'misp-store', place: 'redis', redisPort: Number(redisPort) },
  ...accepted('stored'),
];

const FLOWS: Record<string, FlowNode[]> = {
  ...{ 'http-in': httpIn, ours, 'ours-unrecorded': unrecorded },
  ...{ accepted: accepted('now'), 'accepted-stored': accepted('stored') },
  ...{ 'accepted-redis': inRedis, 'accepted-redis-always': inRedis },
};

async function main(): Promise<void> {
  const isHttpIn = kind === 'http-in';
  const { RED } = await startNodeRed({ port: isHttpIn ? Number(port) : 0 });
  await deploy(RED, FLOWS[kind], credentials);
  if (!isHttpIn) await listening(Number(port));
  process.send?.('ready');
}

void main();
