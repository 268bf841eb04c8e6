import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { text, words, type Said } from '../../../src/text';
import type { Done, Job, JobAnswer } from './jobs';
import { librariesOfNodeRed } from './libraries';

/** How long one trial may take, in milliseconds. */
const MOST_MS = 2500;
/** How long the process may take to start, in milliseconds. */
const START_MS = 20_000;
/** How long the process waits for the next trial, in milliseconds. */
const IDLE_MS = 60_000;
/** How many trials may wait. */
const MOST_WAITING = 20;
const MEMORY = ['--max-old-space-size=256', '--max-semi-space-size=16'];

type Answer = Done<Job>;

interface Waiting {
  job: Job;
  answer: (answer: Answer) => void;
}

/**
 * What forms try out, one after the other, in a process of its own: Node-RED goes on whatever somebody tries, and what
 * takes too long or too much memory is ended with the process. A thread would not do: since Node.js 22 one that runs
 * out of memory within a single call ends the whole process.
 */
class Trials {
  private readonly waiting: Waiting[] = [];
  private current: Waiting | undefined;
  private process: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;

  run(job: Job): Promise<Answer> {
    if (this.waiting.length >= MOST_WAITING) return Promise.resolve({ problem: text('trial.busy') });
    return new Promise((answer) => {
      this.waiting.push({ job, answer });
      if (!this.current) this.next();
    });
  }

  private next(): void {
    clearTimeout(this.timer);
    this.current = this.waiting.shift();
    if (!this.current) {
      this.timer = setTimeout(() => this.end(), IDLE_MS).unref();
    } else if (this.process) this.begin();
    else this.start();
  }

  private begin(): void {
    if (!this.current) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => this.giveUp({ problem: text('trial.tooSlow', { limit: MOST_MS / 1000 }) }),
      MOST_MS,
    );
    try {
      this.process?.send(this.current.job); // a process that has ended says so itself
    } catch (error) {
      this.finish({ problem: text('trial.failed', { problem: String(error) }) });
    }
  }

  private start(): void {
    const started = fork(path.join(__dirname, 'process.js'), [JSON.stringify(librariesOfNodeRed())], {
      env: {},
      execArgv: MEMORY,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.process = started;
    const ifPresent = (act: (message: unknown) => void) => (message: unknown) => {
      if (this.process === started) act(message);
    };
    const take = (message: unknown) => (message === 'ready' ? this.begin() : this.finish(message as Answer));
    const failed = (problem: Said) => this.giveUp({ problem: text('trial.failed', { problem }) });
    started.on('message', ifPresent(take));
    started.on(
      'error',
      ifPresent((error) => failed(String(error))),
    );
    started.on('exit', (code, signal) => ifPresent((how) => failed(String(how)))(signal ?? code));
    // Node-RED does not stay because of it.
    started.unref();
    started.channel?.unref();
    this.timer = setTimeout(() => failed(text('trial.noStart')), START_MS);
  }

  private giveUp(answer: Answer): void {
    this.end();
    this.finish(answer);
  }

  private end(): void {
    const { process } = this;
    this.process = undefined;
    process?.kill('SIGKILL');
  }

  private finish(answer: Answer): void {
    const { current } = this;
    this.next();
    current?.answer(answer);
  }
}

const trials = new Trials();

/** Tries something out. What is wrong is an answer too, in words. */
export async function attempt<J extends Job>(job: J): Promise<JobAnswer<J>> {
  const answer = await trials.run(job);
  const told = 'problem' in answer ? { ...answer, problem: words(answer.problem) } : answer;
  return told as JobAnswer<J>;
}
