import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { startStandInMisp, type StandInMisp } from './misp/server';

/** `npm start`: Node-RED with the demo flow, and a stand-in MISP that asks it. */
const defaults = {
  PORT: '1880',
  LISTENER_PORT: '6667',
  SANDBOX_PORT: '8090',
  LISTENER_USER: 'misp',
  LISTENER_PASSWORD: 'sandbox',
};
const settings = Object.fromEntries(
  Object.entries(defaults).map(([name, value]) => [name, process.env[name] || value]),
) as typeof defaults;
const FIRST_MODULE = 'nodered_event_publish';
const address = (port: string) => `http://127.0.0.1:${port}`;

async function main(): Promise<void> {
  for (const name of ['PORT', 'LISTENER_PORT', 'SANDBOX_PORT'] as const) await checkFree(name);
  console.error('Starting Node-RED ...');
  const nodeRed = fork(path.join(__dirname, 'node-red.ts'), [], {
    execArgv: ['--require', 'tsx/cjs'],
    env: { ...process.env, ...settings },
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const { LISTENER_USER: user, LISTENER_PASSWORD: password } = settings;
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const misp = await startStandInMisp({
    port: Number(settings.SANDBOX_PORT),
    actionService: { url: `http://${login}@127.0.0.1`, port: Number(settings.LISTENER_PORT) },
  });
  endTogether(nodeRed, misp);
  await answers(`${address(settings.PORT)}/`);
  const module = await announcedModule();
  misp.workflows['event-publish'] = { module };
  tell(module);
}

/** Ends with status 2 if the port is taken, and names it. */
async function checkFree(name: 'PORT' | 'LISTENER_PORT' | 'SANDBOX_PORT'): Promise<void> {
  const port = Number(settings[name]);
  const probe = net.createServer();
  const problem = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    probe.once('error', resolve);
    probe.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  if (!problem) return new Promise((resolve) => probe.close(() => resolve()));
  console.error(
    `Port ${port} (${name}) cannot be used: ${problem.code}. Free it, or set ${name} to another port.`,
  );
  process.exit(2);
}

/** Waits until the address answers, and returns the text. (`fetch` refuses port 6667.) */
async function answers(url: string, auth?: string): Promise<string> {
  for (;;) {
    const text = await new Promise<string | undefined>((resolve) => {
      const request = http.get(url, { auth }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve(response.statusCode === 200 ? body : undefined));
      });
      request.on('error', () => resolve(undefined));
    });
    if (text !== undefined) return text;
    await pause();
  }
}

/** The module that MISP asks first: that of the demo flow, or another if the user has renamed it. */
async function announcedModule(): Promise<string> {
  const { LISTENER_USER: user, LISTENER_PASSWORD: password } = settings;
  for (;;) {
    const text = await answers(`${address(settings.LISTENER_PORT)}/modules`, `${user}:${password}`);
    const names = (JSON.parse(text) as { name: string }[]).map(({ name }) => name);
    if (names.length > 0) return names.includes(FIRST_MODULE) ? FIRST_MODULE : names[0];
    await pause();
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

/** Whichever is told to stop, or loses its parent, ends the others. */
function endTogether(nodeRed: ChildProcess, misp: StandInMisp): void {
  let ending = false;
  const end = (status: number) => {
    if (ending) return;
    ending = true;
    nodeRed.kill('SIGTERM');
    setTimeout(() => nodeRed.kill('SIGKILL'), 6000).unref();
    void misp.close();
    if (nodeRed.exitCode !== null) process.exit(status);
    nodeRed.once('exit', () => process.exit(status));
  };
  process.on('SIGINT', () => end(0));
  process.on('SIGTERM', () => end(0));
  nodeRed.once('exit', (code) => {
    if (!ending) process.exit(code ?? 1);
  });
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end(0);
  }, 500).unref();
}

function tell(module: string): void {
  const urls = {
    nodeRed: address(settings.PORT),
    listener: address(settings.LISTENER_PORT),
    sandbox: address(settings.SANDBOX_PORT),
  };
  console.log(`READY ${JSON.stringify({ ...urls, module })}`);
  console.log(
    readFileSync(path.join(__dirname, 'welcome.txt'), 'utf8')
      .replaceAll('NODE_RED', urls.nodeRed)
      .replaceAll('SANDBOX', urls.sandbox),
  );
}

void main();
