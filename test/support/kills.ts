import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { credentials, listener, node, tab, trigger } from './flows';
import { Fire, sleep, type Salvo } from './kills-fire';
import { freePort, listening } from './misp';
import type { FlowNode } from './node-red';
import { forkNodeRed, type NodeRedProcess } from './node-red-process';
import { DEFAULT_QUEUE, Queue, SOON } from './queue';
import { TroubledDisk, type DiskTrouble } from './troubled-disk';

export interface Kills extends Salvo {
  kills: number;
  /** Clean ends in between. */
  stops?: number;
  /** The disk of the queue is in trouble at each kill, one kind after the other; only root may have that. */
  disk?: readonly DiskTrouble[];
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
  /** How often nothing was accepted after a start, or nothing was refused while the disk was in trouble. */
  notOpened: number;
  notRefused: number;
  runs: number;
  seconds: number;
  /** Rows that are left in the queue. */
  left: number;
  /** Why requests were refused. */
  words: string[];
}

/** So long is waited for a process that has just started, or a disk that has just been mended, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Writes the number of each request and of its attempt into a file; done when that is written. */
export function writingFlow(port: number, file: string, more: object = {}): FlowNode[] {
  const stored = { version: 3, trigger: 'event-after-save', module: 'stored', intake: 'stored' };
  return [
    tab,
    listener(port),
    trigger(['words'], { ...stored, ...more }),
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

/** Sends requests that MISP does not wait for to a Node-RED that is killed again and again, and counts. */
export async function fireUnderKills(asked: Kills): Promise<KillsResult> {
  const { kills, stops = 0, disk: troubles = [], ...salvo } = asked;
  const userDir = mkdtempSync(path.join(tmpdir(), 'misp-kills-'));
  const folder = path.join(userDir, 'misp-workflows/queue');
  const file = path.join(userDir, 'runs.txt');
  const disk = troubles.length > 0 ? TroubledDisk.on(folder) : undefined;
  const began = performance.now();
  try {
    const port = await freePort();
    const first = await forkNodeRed({ userDir });
    await first.deploy(writingFlow(port, file), credentials);
    await listening(port);
    const fire = new Fire(port, salvo);
    const killer = new Killer(first, fire, userDir, disk);
    const killing = killer.all(kills, stops, salvo.requests, troubles);
    await Promise.all([fire.all(), killing]);
    await killer.nodeRed.ready();
    await allRun(fire, file);
    await quiet(file);
    await killer.nodeRed.stop();
    fire.close();
    const { notOpened, notRefused } = killer;
    const seconds = (performance.now() - began) / 1000;
    return { ...counted(fire, file), notOpened, notRefused, seconds, left: await leftIn(folder) };
  } finally {
    disk?.remove();
    rmSync(userDir, { recursive: true, force: true });
  }
}

/** Kills a Node-RED at random moments, and starts it again. */
class Killer {
  notOpened = 0;
  notRefused = 0;

  constructor(
    public nodeRed: NodeRedProcess,
    private readonly fire: Fire,
    private readonly userDir: string,
    private readonly disk: TroubledDisk | undefined,
  ) {}

  async all(kills: number, stops: number, requests: number, troubles: readonly DiskTrouble[]): Promise<void> {
    const moments = Array.from({ length: kills + stops }, (_, index) => ({
      at: Math.random() * requests * 0.98,
      isClean: index >= kills,
      trouble: this.disk && troubles[index % troubles.length],
    }));
    moments.sort((a, b) => a.at - b.at);
    let before = 0;
    for (const { at, isClean, trouble } of moments) {
      while (this.fire.settled < at) await sleep(5);
      // Not before it has opened again, or it would be killed while it starts only.
      if (!(await this.grows(() => this.fire.accepted.size, before))) this.notOpened++;
      await sleep(Math.random() * 100);
      before = this.fire.accepted.size;
      await this.once(isClean, trouble);
    }
  }

  private async once(isClean: boolean, trouble: DiskTrouble | undefined): Promise<void> {
    // It dies while the disk is full already.
    if (trouble === 'full') await this.begin(trouble);
    if (isClean) await this.nodeRed.stop();
    else this.nodeRed.kill();
    await this.nodeRed.ended;
    this.fire.renew();
    if (trouble === 'read-only') this.disk?.begin(trouble);
    this.nodeRed = await forkNodeRed({ userDir: this.userDir, atOnce: true });
    if (trouble === undefined) return;
    await this.refuses();
    this.disk?.end(trouble);
  }

  private async begin(trouble: DiskTrouble): Promise<void> {
    this.disk?.begin(trouble);
    await this.refuses();
  }

  private async refuses(): Promise<void> {
    const { refused } = this.fire;
    if (!(await this.grows(() => refused.size, refused.size))) this.notRefused++;
  }

  private async grows(count: () => number, before: number): Promise<boolean> {
    const end = Date.now() + PATIENCE_MS;
    while (count() <= before && !this.fire.isOver && Date.now() < end) await sleep(5);
    return count() > before || this.fire.isOver;
  }
}

/** What was told, beside what was run. */
export function counted(
  { accepted, refused, unanswered }: Fire,
  file: string,
): Omit<KillsResult, 'notOpened' | 'notRefused' | 'seconds' | 'left'> {
  const attempts = attemptsIn(file);
  const hasRun = (number: number) => attempts.has(number);
  const lists = [...attempts.values()];
  const runs = lists.reduce((sum, list) => sum + list.length, 0);
  return {
    accepted: accepted.size,
    refused: refused.size,
    unanswered: unanswered.size,
    lost: [...accepted].filter((number) => !hasRun(number)),
    runAllTheSame: [...refused.keys()].filter(hasRun),
    unansweredRun: [...unanswered].filter(hasRun).length,
    duplicates: runs - lists.length,
    // Of one request, one run at most may call itself the first.
    unmarked: lists.filter((list) => list.filter((one) => one === 1).length > 1).length,
    runs,
    words: [...new Set(refused.values())].slice(0, 5),
  };
}

/** The attempts of each request that ran. */
function attemptsIn(file: string): Map<number, number[]> {
  const attempts = new Map<number, number[]>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, number, attempt] = /^(\d+) (\d+)$/.exec(line) ?? [];
    if (number === undefined) continue;
    attempts.set(Number(number), [...(attempts.get(Number(number)) ?? []), Number(attempt)]);
  }
  return attempts;
}

/** All that was accepted has run; or nothing has for so long that it never will. */
async function allRun({ accepted }: Fire, file: string): Promise<void> {
  let [size, since] = [-1, Date.now()];
  while (Date.now() - since < PATIENCE_MS) {
    const now = statSync(file).size;
    if (now !== size) {
      const attempts = attemptsIn(file);
      if ([...accepted].every((number) => attempts.has(number))) return;
      [size, since] = [now, Date.now()];
    }
    await sleep(500);
  }
}

/** Nothing is written any more. */
export async function quiet(file: string): Promise<void> {
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
