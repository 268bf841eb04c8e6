import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { WorkflowError } from '../../../src/text';
import type { Job, JobAnswer } from './jobs';
import { librariesOfNodeRed } from './libraries';

/** How long one trial may take, in milliseconds. */
const MOST_MS = 2500;
/** How long the thread may take to start, in milliseconds. */
const START_MS = 20_000;
/** How long the thread waits for the next trial, in milliseconds. */
const IDLE_MS = 60_000;
/** How many trials may wait. */
const MOST_WAITING = 20;
const MEMORY = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };

type Answer = JobAnswer<Job>;

interface Waiting {
  job: Job;
  answer: (answer: Answer) => void;
}

/**
 * What forms try out, one after the other, in a thread of its own: Node-RED goes on whatever somebody tries, and what
 * takes too long or too much memory is ended with the thread.
 */
class Trials {
  private readonly waiting: Waiting[] = [];
  private current: Waiting | undefined;
  private thread: Worker | undefined;
  private timer: NodeJS.Timeout | undefined;

  run(job: Job): Promise<Answer> {
    if (this.waiting.length >= MOST_WAITING) return Promise.resolve(problem('trial.busy'));
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
    } else if (this.thread) this.begin();
    else this.start();
  }

  private begin(): void {
    if (!this.current) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.giveUp(problem('trial.tooSlow', { limit: MOST_MS / 1000 })), MOST_MS);
    try {
      this.thread?.postMessage(this.current.job);
    } catch (error) {
      this.finish(problem('trial.failed', { problem: String(error) }));
    }
  }

  private start(): void {
    const thread = new Worker(path.join(__dirname, 'thread.js'), {
      workerData: librariesOfNodeRed(),
      env: {},
      execArgv: [],
      resourceLimits: MEMORY,
    });
    this.thread = thread;
    const ifPresent = (act: (message: unknown) => void) => (message: unknown) => {
      if (this.thread === thread) act(message);
    };
    thread.on(
      'message',
      ifPresent((message) => (message === 'ready' ? this.begin() : this.finish(message as Answer))),
    );
    const failed = (error: unknown) => this.giveUp(problem('trial.failed', { problem: String(error) }));
    thread.on('error', ifPresent(failed));
    thread.on('exit', ifPresent(failed));
    thread.unref();
    this.timer = setTimeout(() => failed('the thread does not start'), START_MS);
  }

  private giveUp(answer: Answer): void {
    this.end();
    this.finish(answer);
  }

  private end(): void {
    const { thread } = this;
    this.thread = undefined;
    void thread?.terminate();
  }

  private finish(answer: Answer): void {
    const { current } = this;
    this.next();
    current?.answer(answer);
  }
}

function problem(key: string, params?: Record<string, string | number>): { problem: string } {
  return { problem: new WorkflowError(key, params).message };
}

const trials = new Trials();

/** Tries something out. What is wrong is an answer too. */
export function attempt<J extends Job>(job: J): Promise<JobAnswer<J>> {
  return trials.run(job) as Promise<JobAnswer<J>>;
}
