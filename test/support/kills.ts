import http from 'node:http';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { credentials, listener, node, tab, trigger } from './flows';
import { call, freePort, listening } from './misp';
import type { FlowNode } from './node-red';
import { DEFAULT_QUEUE, Queue, SOON } from './queue';
import { forkNodeRed, type NodeRedProcess } from './node-red-process';

export interface Kills {
  requests: number;
  kills: number;
  /** Bytes of a request, from and to. */
  sizes: [number, number];
  atOnce: number;
}

export interface KillsResult {
  accepted: number;
  /** MISP was told that they were not accepted. */
  refused: number;
  /** The process died before the answer: nobody can tell. */
  unanswered: number;
  /** Of those that were accepted: not run. */
  lost: number[];
  /** Of those that were refused: run. */
  runAllTheSame: number[];
  /** Of those without an answer: run. */
  unansweredRun: number;
  /** Runs of requests that had one before, and those of them that do not say so. */
  duplicates: number;
  unmarked: number;
  /** How often nothing was accepted after a start. */
  notOpened: number;
  runs: number;
  seconds: number;
  /** Rows that are left in the queue. */
  left: number;
  words: string[];
}

/** Writes the number of each request and of its attempt into a file; done when that is written. */
function writingFlow(port: number, file: string): FlowNode[] {
  return [
    tab,
    listener(port),
    trigger(['words'], { version: 3, trigger: 'event-after-save', module: 'stored', intake: 'stored' }),
    node('words', 'template', [['file']], {
      field: 'payload',
      fieldType: 'msg',
      format: 'handlebars',
      syntax: 'mustache',
      template: '{{payload.Event.info}} {{misp.attempt}}',
      output: 'str',
    }),
    node('file', 'file', [[]], {
      filename: file,
      filenameType: 'str',
      appendNewline: true,
      createDir: false,
      overwriteFile: 'false',
      encoding: 'utf8',
    }),
  ];
}

function body(number: number, bytes: number): string {
  const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const event = { id: String(number), uuid, info: String(number), comment: '' };
  const request = { module: 'stored', data: { Event: event }, params: {} };
  event.comment = 'x'.repeat(Math.max(0, bytes - JSON.stringify(request).length));
  return JSON.stringify(request);
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends requests that MISP does not wait for to a Node-RED that is killed again and again, and counts. */
export async function fireUnderKills({ requests, kills, sizes, atOnce }: Kills): Promise<KillsResult> {
  const userDir = mkdtempSync(path.join(tmpdir(), 'misp-kills-'));
  const file = path.join(userDir, 'runs.txt');
  const port = await freePort();
  const began = performance.now();
  let nodeRed: NodeRedProcess = await forkNodeRed({ userDir });
  await nodeRed.deploy(writingFlow(port, file), credentials);
  await listening(port);

  const accepted = new Set<number>();
  const refused = new Map<number, string>();
  const unanswered = new Set<number>();
  let acceptedSinceStart = 0;
  let notOpened = 0;
  let next = 0;
  let agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
  const settled = () => accepted.size + refused.size + unanswered.size;
  const send = async (number: number): Promise<void> => {
    const bytes = Math.round(sizes[0] + Math.random() * (sizes[1] - sizes[0]));
    const text = body(number, bytes);
    for (;;) {
      try {
        const { json, text: told } = await call(text, { port, agent });
        if (json.data === true) {
          accepted.add(number);
          acceptedSinceStart++;
        } else refused.set(number, told);
        return;
      } catch (error) {
        // It has never got there.
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') return void unanswered.add(number);
        await sleep(20);
      }
    }
  };
  const worker = async () => {
    while (next < requests) await send(next++);
  };
  const killer = async () => {
    const moments = Array.from({ length: kills }, () => Math.random() * requests * 0.98).sort(
      (a, b) => a - b,
    );
    for (const moment of moments) {
      while (settled() < moment) await sleep(5);
      // Not before it has opened again, or it would be killed while it starts only.
      for (const end = Date.now() + 30_000; acceptedSinceStart === 0 && Date.now() < end;) await sleep(5);
      if (acceptedSinceStart === 0) notOpened++;
      await sleep(Math.random() * 100);
      acceptedSinceStart = 0;
      nodeRed.kill();
      await nodeRed.ended;
      agent.destroy();
      agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
      nodeRed = await forkNodeRed({ userDir, atOnce: true });
    }
  };
  const killing = killer();
  await Promise.all(Array.from({ length: atOnce }, worker));
  await killing;
  await nodeRed.ready();
  await quiet(file);
  await nodeRed.stop();
  agent.destroy();

  const attempts = new Map<number, number[]>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, number, attempt] = /^(\d+) (\d+)$/.exec(line) ?? [];
    if (number === undefined) continue;
    attempts.set(Number(number), [...(attempts.get(Number(number)) ?? []), Number(attempt)]);
  }
  const left = await leftIn(path.join(userDir, 'misp-workflows/queue'));
  rmSync(userDir, { recursive: true, force: true });
  const duplicates = [...attempts.values()].map((list) => list.length - 1);
  // Of one request, one run at most may call itself the first.
  const unmarked = [...attempts.values()].filter((list) => list.filter((one) => one === 1).length > 1);
  const hasRun = (number: number) => attempts.has(number);
  return {
    accepted: accepted.size,
    refused: refused.size,
    unanswered: unanswered.size,
    lost: [...accepted].filter((number) => !hasRun(number)),
    runAllTheSame: [...refused.keys()].filter(hasRun),
    unansweredRun: [...unanswered].filter(hasRun).length,
    duplicates: duplicates.reduce((sum, count) => sum + count, 0),
    unmarked: unmarked.length,
    notOpened,
    runs: [...attempts.values()].reduce((sum, list) => sum + list.length, 0),
    seconds: (performance.now() - began) / 1000,
    left,
    words: [...new Set(refused.values())].slice(0, 5),
  };
}

/** Nothing is written any more. */
async function quiet(file: string): Promise<void> {
  for (let size = -1; ;) {
    const now = statSync(file).size;
    if (now === size) return;
    size = now;
    await sleep(2000);
  }
}

async function leftIn(folder: string): Promise<number> {
  const queue = new Queue(folder, DEFAULT_QUEUE, SOON);
  while (queue.current.state === 'opening') await sleep(5);
  const { waiting, running, asideCount } = await queue.overview();
  queue.close();
  return waiting + running + asideCount;
}
