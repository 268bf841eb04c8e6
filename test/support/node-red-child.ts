import { deploy, startNodeRed, type FlowNode, type NodeRed } from './node-red';

/** A Node-RED in a process of its own, steered by messages (see node-red-process.ts). */
export type Command =
  | { type: 'deploy'; flow: FlowNode[]; credentials: Record<string, object>; how: string }
  | { type: 'memory' }
  | { type: 'state'; state: 'start' | 'stop' }
  | { type: 'statuses' }
  | { type: 'stop' };

async function main(): Promise<void> {
  const { MISP_TEST_USER_DIR: userDir } = process.env;
  const statuses: Record<string, { fill?: string; text?: string }> = {};
  const starting = startNodeRed({ userDir, settings: { runtimeState: { enabled: true, ui: false } } });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the Node-RED that is being started
  const { events } = require(process.env.NODE_RED_PATH ?? 'node-red') as NodeRed;
  events.on('node-status', ({ id, status }: { id: string; status: object }) => (statuses[id] = status));
  const nodeRed = await starting;
  const log: string[] = [];
  const handler = new (await import('node:events')).EventEmitter();
  handler.on('log', (line: { level: number; type?: string; msg: unknown }) => {
    if (line.level <= 30) log.push(`${line.type ?? ''}: ${String(line.msg)}`);
  });
  nodeRed.RED.log.addHandler(handler);
  const run = async (command: Command): Promise<unknown> => {
    if (command.type === 'deploy') return deploy(nodeRed.RED, command.flow, command.credentials, command.how);
    if (command.type === 'stop') return nodeRed.stop();
    if (command.type === 'state') return nodeRed.RED.runtime.flows.setState({ state: command.state });
    if (command.type === 'statuses') return statuses;
    for (let i = 0; i < 2; i++) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return { ...process.memoryUsage(), log: log.splice(0) };
  };
  process.on('message', (command: Command) => {
    void run(command).then((result) => {
      process.send?.({ result: result ?? null }, () => {
        if (command.type === 'stop') process.exit(0);
      });
    });
  });
  process.send?.({ result: 'ready' });
}

void main();
