import { EventEmitter } from 'node:events';
import { deploy, startNodeRed, type FlowNode, type NodeRed, type StartOptions } from './node-red';

/** A Node-RED in a process of its own, steered by messages (see node-red-process.ts). */
export type Command =
  | { type: 'deploy'; flow: FlowNode[]; credentials: Record<string, object>; how: string }
  | { type: 'memory' }
  | { type: 'state'; state: 'start' | 'stop' }
  | { type: 'statuses' }
  | { type: 'exit' }
  | { type: 'stop' };

async function main(): Promise<void> {
  const { MISP_TEST_USER_DIR: userDir, MISP_TEST_OPTIONS: options = '{}' } = process.env;
  const { settings, bare, port } = JSON.parse(options) as StartOptions;
  const statuses: Record<string, { fill?: string; text?: string }> = {};
  const starting = startNodeRed({
    userDir,
    bare,
    port,
    settings: { runtimeState: { enabled: true, ui: false }, ...settings },
  });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the Node-RED that is being started
  const { events, log: logged } = require(process.env.NODE_RED_PATH ?? 'node-red') as NodeRed;
  events.on('node-status', ({ id, status }: { id: string; status: object }) => (statuses[id] = status));
  const log: string[] = [];
  const handler = new EventEmitter();
  handler.on('log', (line: { level: number; type?: string; msg: unknown }) => {
    if (line.level <= 30) log.push(`${line.type ?? ''}: ${String(line.msg)}`);
  });
  logged.addHandler(handler);
  const nodeRed = await starting;
  const run = async (command: Command): Promise<unknown> => {
    if (command.type === 'deploy') return deploy(nodeRed.RED, command.flow, command.credentials, command.how);
    if (command.type === 'stop') return nodeRed.stop();
    if (command.type === 'state') return nodeRed.RED.runtime.flows.setState({ state: command.state });
    if (command.type === 'exit') process.exit(0);
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
