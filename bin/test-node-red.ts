/** The process in which tests run Node-RED. It ends with the one that started it, and leaves nothing behind. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import type net from 'node:net';
import path from 'node:path';
import { text, words } from '../src/text';
import type { TestStart, TestStarted } from './test-process';

/** The parts of Node-RED's API that are used here. */
interface NodeRed {
  init(server: http.Server, settings: object): void;
  start(): Promise<void>;
  events: NodeJS.EventEmitter;
  httpAdmin: http.RequestListener;
}

const PACKAGE = '@misp-flows/node-red-misp';

process.once('message', (start: TestStart) => {
  run(start).then(tell, (error: unknown) =>
    tell({ problem: error instanceof Error ? error.message : String(error) }),
  );
});

const tell = (told: TestStarted) => void process.send?.(told);

async function run({ nodeRed, userDir, folder, flow, credentials, token }: TestStart): Promise<TestStarted> {
  const end = () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  };
  process.once('disconnect', end);
  linkPackages(path.resolve(userDir), folder);
  writeFileSync(path.join(folder, 'flows.json'), JSON.stringify(flow));
  writeFileSync(path.join(folder, 'flows_cred.json'), JSON.stringify(credentials));
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the user's own Node-RED, found at run time
  const RED = require(nodeRed) as NodeRed;
  const server = http.createServer((request, response) => RED.httpAdmin(request, response));
  RED.init(server, settingsFor(folder, token));
  const started = flowsStart(RED);
  await RED.start();
  const problem = await started;
  if (problem !== undefined) return { problem };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}` };
}

function settingsFor(folder: string, token: string): object {
  const user = { username: 'tests', permissions: '*' };
  return {
    userDir: folder,
    flowFile: 'flows.json',
    credentialSecret: false,
    disableEditor: true,
    httpNodeRoot: '/flows',
    adminAuth: {
      type: 'credentials',
      users: () => Promise.resolve(null),
      authenticate: () => Promise.resolve(null),
      tokens: (shown: string) => Promise.resolve(shown === token ? user : null),
    },
    telemetry: { enabled: false, updateNotification: false },
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: false },
      modules: { allowInstall: false },
    },
    logging: { console: { level: 'off' } },
  };
}

/** Waits until the flows run. @returns why they do not */
function flowsStart({ events }: NodeRed): Promise<string | undefined> {
  return new Promise((resolve) => {
    events.once('flows:started', () => resolve(undefined));
    events.on('runtime-event', ({ id, payload }: { id: string; payload?: Halted }) => {
      if (id !== 'runtime-state' || !payload?.error?.startsWith('missing')) return;
      const missing = payload.types ?? payload.modules?.map(({ module }) => module) ?? [];
      resolve(words(text('command.testMissing', { types: missing.join(', ') })));
    });
  });
}

interface Halted {
  error?: string;
  types?: string[];
  modules?: { module: string }[];
}

/** Packages find what they need from where they really are. */
function hasNodes(folder: string): boolean {
  try {
    return 'node-red' in (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as object);
  } catch {
    return false;
  }
}

/** The packages with nodes of the user folder, and this one as it stands here. */
function linkPackages(userDir: string, folder: string): void {
  const [from, to] = [path.join(userDir, 'node_modules'), path.join(folder, 'node_modules')];
  mkdirSync(path.join(to, path.dirname(PACKAGE)), { recursive: true });
  symlinkSync(path.resolve(__dirname, '../..'), path.join(to, PACKAGE), 'junction');
  for (const name of existsSync(from) ? packagesIn(from) : []) {
    if (name === PACKAGE || !hasNodes(path.join(from, name))) continue;
    mkdirSync(path.dirname(path.join(to, name)), { recursive: true });
    symlinkSync(path.join(from, name), path.join(to, name), 'junction');
  }
}

function packagesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    if (name.startsWith('.')) return [];
    return name.startsWith('@')
      ? readdirSync(path.join(folder, name)).map((one) => `${name}/${one}`)
      : [name];
  });
}
