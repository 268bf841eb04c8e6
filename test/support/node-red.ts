import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The repository, with the built nodes in `dist/`. */
export const root = path.resolve(__dirname, '../..');

/** Parts of Node-RED's own API that the tests use. */
export interface NodeRed {
  init(server: http.Server, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  version: string;
  events: NodeJS.EventEmitter;
  log: { addHandler(handler: NodeJS.EventEmitter): void; removeHandler(handler: NodeJS.EventEmitter): void };
  nodes: {
    getNode(id: string): RunningNode | null;
    getFlows(): { rev: string };
    getNodeList(): { id: string; types: string[]; module: string; err?: string; enabled: boolean }[];
  };
  runtime: {
    flows: {
      setFlows(options: {
        flows: { flows: FlowNode[]; credentials?: object };
        deploymentType: string;
      }): Promise<{ rev: string }>;
      setState(options: { state: 'start' | 'stop' }): Promise<unknown>;
    };
  };
  httpAdmin: unknown;
  httpNode: unknown;
}

export interface RunningNode extends NodeJS.EventEmitter {
  id: string;
  type: string;
  receive(message: object): void;
  send(message: object): void;
}

export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

export interface StartOptions {
  /** More packages to install into the user folder, by path. */
  packages?: string[];
  settings?: object;
  port?: number;
  /** A user folder that is there, and stays. */
  userDir?: string;
  /** Without the built package: a Node-RED that does not have it. */
  bare?: boolean;
  /** Serve the editor at the root, instead of the flows' own HTTP nodes. */
  editor?: boolean;
}

/** Starts a real Node-RED in this process, with the built package installed, and nothing deployed. */
export async function startNodeRed(options: StartOptions = {}): Promise<{
  RED: NodeRed;
  url: string;
  userDir: string;
  stop(): Promise<void>;
}> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Node-RED 4.1 or 5, chosen at run time
  const RED = require(process.env.NODE_RED_PATH ?? 'node-red') as NodeRed;
  const userDir = options.userDir ?? mkdtempSync(path.join(tmpdir(), 'misp-flows-'));
  const scope = path.join(userDir, 'node_modules/@misp-flows');
  mkdirSync(scope, { recursive: true });
  if (options.bare) rmSync(path.join(scope, 'node-red-misp'), { force: true });
  else if (!existsSync(path.join(scope, 'node-red-misp')))
    symlinkSync(root, path.join(scope, 'node-red-misp'));
  for (const folder of options.packages ?? []) {
    symlinkSync(folder, path.join(userDir, 'node_modules', path.basename(folder)));
  }
  const server = http.createServer((request, response) => {
    const isAdmin = options.editor || request.url?.startsWith('/admin');
    const app = (isAdmin ? RED.httpAdmin : RED.httpNode) as (
      request: http.IncomingMessage,
      response: http.ServerResponse,
    ) => void;
    if (!options.editor && isAdmin) request.url = request.url?.slice('/admin'.length) || '/';
    app(request, response);
  });
  RED.init(server, {
    userDir,
    flowFile: 'flows.json',
    credentialSecret: 'test',
    httpAdminRoot: '/',
    httpNodeRoot: '/',
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false },
    functionExternalModules: false,
    // Tests count calls.
    mispCheckMinutes: 0,
    logging: { console: { level: process.env.NODE_RED_LOG ?? 'off' } },
    ...options.settings,
  });
  const started = flowsStart(RED);
  await RED.start();
  await started;
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    RED,
    url: `http://127.0.0.1:${port}`,
    userDir,
    async stop() {
      await RED.stop();
      server.closeAllConnections();
      server.close();
      // The thread of the store may still be writing its last; unlike the synchronous one, this looks again.
      if (!options.userDir) await rm(userDir, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Waits until the flows run, or Node-RED has said why they do not. */
function flowsStart({ events }: NodeRed): Promise<void> {
  return new Promise((resolve) => {
    const started = () => {
      events.off('flows:started', started);
      events.off('runtime-event', onEvent);
      resolve();
    };
    const onEvent = ({ id, payload }: { id: string; payload?: { error?: string; state?: string } }) => {
      const isHalted = payload?.error?.startsWith('missing') || payload?.state === 'safe';
      if (id === 'runtime-state' && isHalted) started();
    };
    events.on('flows:started', started);
    events.on('runtime-event', onEvent);
  });
}

/** Deploys a flow and waits until it runs, or cannot run. */
export async function deploy(
  RED: NodeRed,
  flow: FlowNode[],
  credentials: Record<string, object> = {},
  deploymentType = 'full',
): Promise<void> {
  const started = flowsStart(RED);
  await RED.runtime.flows.setFlows({ flows: { flows: flow, credentials }, deploymentType });
  await started;
}
