import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { collectLog } from './log';
import { freePort } from './misp';
import { deploy, startNodeRed, type FlowNode } from './node-red';
import { savedFlow } from './saved-flows';
import { SECRETS } from './secrets';

/** What a Node-RED with the packed package has to say: run in a process of its own, which has no other copy of it. */
export interface PackedRun {
  nodes: { types: string[]; err?: string; enabled: boolean; module: string }[];
  /** Warnings and errors of each flow that was deployed. */
  logs: Record<string, string>;
}

async function main(userDir: string, folder: string): Promise<void> {
  const nodeRed = await startNodeRed({ userDir });
  const { RED } = nodeRed;
  const logs: PackedRun['logs'] = {};
  const run = async (name: string, flow: FlowNode[]) => {
    const [port, push] = [await freePort(), await freePort()];
    const ports: Record<string, object> = {
      'misp-listener': { port },
      'misp-zmq-push': { address: `tcp://127.0.0.1:${push}` },
    };
    const nodes = flow.map((node) => ({ ...node, ...ports[node.type] }));
    const log = collectLog(RED);
    await deploy(RED, nodes, Object.fromEntries(nodes.map(({ id }) => [id, SECRETS])));
    log.stop();
    logs[name] = log.text();
  };
  await run('saved flows', savedFlow(0).flow);
  const examples = path.join(folder, 'examples');
  for (const file of readdirSync(examples)) {
    await run(file, JSON.parse(readFileSync(path.join(examples, file), 'utf8')) as FlowNode[]);
  }
  const nodes = RED.nodes.getNodeList();
  await nodeRed.stop();
  process.stdout.write(JSON.stringify({ nodes, logs } satisfies PackedRun), () => process.exit(0));
}

if (require.main === module) void main(process.argv[2], process.argv[3]);
