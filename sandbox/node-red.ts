import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

/** Node-RED for the demo, in a process of its own: the stand-in MISP goes on whatever it does. */
const root = path.resolve(__dirname, '..');
const userDir = path.resolve(root, process.env.DEMO_FOLDER ?? '.demo');
const port = Number(process.env.PORT);
/** The id of the listener in the demo flow. */
const LISTENER = 'd0000000000000a1';

interface NodeRed {
  init(server: http.Server, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  httpAdmin: http.RequestListener;
}

async function main(): Promise<void> {
  prepareUserDir();
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Node-RED is CommonJS without types
  const RED = require('node-red') as NodeRed;
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

/** The user folder with this package installed, and on the first start the demo flow. */
function prepareUserDir(): void {
  const scope = path.join(userDir, 'node_modules/@misp-flows');
  mkdirSync(scope, { recursive: true });
  const link = path.join(scope, 'node-red-misp');
  rmSync(link, { recursive: true, force: true });
  symlinkSync(root, link, 'junction');
  const flowFile = path.join(userDir, 'flows.json');
  if (existsSync(flowFile)) return;
  const example = path.join(root, 'examples/Block the publication of tlp-red.json');
  const flow = JSON.parse(readFileSync(example, 'utf8')) as { id: string; port?: string }[];
  // Node-RED fills these in from the environment at every start.
  for (const node of flow) if (node.id === LISTENER) node.port = '${LISTENER_PORT}';
  writeFileSync(flowFile, JSON.stringify(flow, null, 2));
  const credentials = { [LISTENER]: { user: '${LISTENER_USER}', password: '${LISTENER_PASSWORD}' } };
  writeFileSync(path.join(userDir, 'flows_cred.json'), JSON.stringify(credentials));
}

void main();
