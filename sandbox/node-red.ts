import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { connected, demoFlow, type DemoNode } from './demo-flow';

/** Node-RED for the demo, in a process of its own: the stand-in MISP goes on whatever it does. */
const root = path.resolve(__dirname, '..');
const userDir = path.resolve(root, process.env.DEMO_FOLDER ?? '.demo');
const port = Number(process.env.PORT);

interface NodeRed {
  init(server: http.Server, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  httpAdmin: http.RequestListener;
}

async function main(): Promise<void> {
  prepareUserDir();
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- CommonJS without types; tests have another version
  const RED = require(process.env.NODE_RED_PATH ?? 'node-red') as NodeRed;
  const server = http.createServer((request, response) => RED.httpAdmin(request, response));
  RED.init(server, {
    userDir,
    flowFile: 'flows.json',
    credentialSecret: false,
    httpAdminRoot: '/',
    httpNodeRoot: false,
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false },
    logging: { console: { level: 'warn', metrics: false, audit: false } },
  });
  await RED.start();
  server.listen(port, '127.0.0.1');
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), 5000).unref();
    void RED.stop().finally(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
}

/** The user folder with this package installed, and on the first start the flows of the demo. */
function prepareUserDir(): void {
  const scope = path.join(userDir, 'node_modules/@misp-flows');
  mkdirSync(scope, { recursive: true });
  const link = path.join(scope, 'node-red-misp');
  rmSync(link, { recursive: true, force: true });
  symlinkSync(root, link, 'junction');
  const flowFile = path.join(userDir, 'flows.json');
  const standIn = `http://127.0.0.1:${process.env.SANDBOX_PORT}`;
  if (existsSync(flowFile)) return reconnect(flowFile, standIn);
  const { flow, credentials } = demoFlow();
  writeFileSync(flowFile, JSON.stringify(connected(flow, standIn), null, 4));
  writeFileSync(path.join(userDir, 'flows_cred.json'), JSON.stringify(credentials));
}

/** The stand-in may have another port than last time. What cannot be read is left to Node-RED, which says so. */
function reconnect(flowFile: string, standIn: string): void {
  const text = readFileSync(flowFile, 'utf8');
  try {
    const flow = connected(JSON.parse(text) as DemoNode[], standIn);
    if (JSON.stringify(flow) !== JSON.stringify(JSON.parse(text))) {
      writeFileSync(flowFile, JSON.stringify(flow, null, 4));
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
}

void main();
