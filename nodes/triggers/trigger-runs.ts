import type { Node } from 'node-red';
import type { MispRequest } from '../../src/listener/request';
import type { OpenQuery } from '../../src/listener/service';
import { Run, type RunSettings } from '../../src/runs/run';
import type { Message, RunTracker } from '../../src/runs/tracker';
import type { Verdict } from '../../src/runs/verdict';

/** What the runs of a trigger need of it. */
export interface Firing {
  node: Node;
  tracker: RunTracker;
  generateId(): string;
  settings: Pick<RunSettings, 'module' | 'onError' | 'onDeadline' | 'explicit'>;
  messageOf(request: MispRequest, deadline: number, test: boolean): Message;
  /** Adds to the message what MISP did not send; undefined if there is nothing to add. */
  complete?: (message: Message) => Promise<void>;
  /** Tells of data that could not be added. */
  failed(error: unknown, message: Message): Error;
  report(verdict: Verdict): void;
  /** Accepted runs came to their end with the redeploy. */
  dropped(count: number): void;
}

interface OpenRun {
  run: Run;
  message: Message;
}

/** How often is looked whether accepted runs have ended, in milliseconds. */
const SWEEP_MS = 50;

/** The open runs of one trigger: those that MISP asked for, and rehearsals that nobody waits for. */
export class TriggerRuns {
  private readonly open = new Map<OpenQuery, OpenRun>();
  /** Runs of which MISP has been told that it may go on, as long as something of them is under way. */
  private readonly accepted = new Map<OpenQuery, OpenRun>();
  private sweep: NodeJS.Timeout | undefined;
  private readonly rehearsals = new Set<OpenRun>();

  constructor(private readonly firing: Firing) {}

  /** @param waits MISP waits for the flow; else it gets its answer at once */
  fire(query: OpenQuery, waits: boolean): void {
    const started = this.begin(query.request, query.deadline, false, (verdict) => {
      if (verdict.cause === 'accepted') this.accept(query);
      else {
        query.answer(verdict);
        this.leave(query);
      }
      this.firing.report(verdict);
    });
    this.open.set(query, started);
    if (!waits) started.run.accept();
    this.send(started);
  }

  /** MISP has its answer. The run takes memory as long as something of it is under way, so it is followed. */
  private accept(query: OpenQuery): void {
    query.accept();
    const entry = this.open.get(query);
    this.leave(query);
    if (!entry) return query.left();
    this.accepted.set(query, entry);
    this.firing.tracker.start(entry.run, entry.message);
    this.sweep ??= setInterval(() => this.endAccepted(({ run }) => run.idle), SWEEP_MS).unref();
  }

  /** Takes accepted runs off the list; returns how many had something under way. */
  private endAccepted(isOver: (entry: OpenRun) => boolean): number {
    let dropped = 0;
    for (const [query, entry] of this.accepted) {
      if (!isOver(entry)) continue;
      if (!entry.run.idle) dropped++;
      this.accepted.delete(query);
      this.firing.tracker.end(entry.run, entry.message);
      query.left();
    }
    if (this.accepted.size === 0) {
      clearInterval(this.sweep);
      this.sweep = undefined;
    }
    return dropped;
  }

  private drop(isOver: (entry: OpenRun) => boolean): void {
    const dropped = this.endAccepted(isOver);
    if (dropped > 0) this.firing.dropped(dropped);
  }

  /** Sends a request through the flow as a test: nothing is changed anywhere, and MISP is not told. */
  rehearse(request: MispRequest, deadlineMs: number): Promise<Verdict> {
    return new Promise((resolve) => {
      const started = this.begin(request, Date.now() + deadlineMs, true, (verdict) => {
        clearTimeout(timer);
        this.rehearsals.delete(started);
        this.firing.tracker.end(started.run, started.message);
        resolve(verdict);
      });
      const timer = setTimeout(() => started.run.expire(), deadlineMs);
      this.rehearsals.add(started);
      this.send(started);
    });
  }

  /** The service has answered on its own. */
  ended(query: OpenQuery, expired: boolean): void {
    const run = this.open.get(query)?.run;
    if (expired) run?.expire();
    else run?.abandon();
  }

  /** The flows run again after a redeploy that left this trigger alone. */
  resume(): void {
    for (const [query, { run }] of this.open) if (run.interrupted) this.interrupted(query, run);
    this.drop(({ run }) => run.interrupted);
  }

  /** The trigger is closed: another one with its module may come, even if this one was deleted. */
  close(): void {
    for (const [query, { run }] of this.open) this.interrupted(query, run);
    this.drop(() => true);
    for (const { run } of this.rehearsals) run.abandon();
  }

  /** A redeploy stopped nodes of the run. What only decided is asked again; what may have acted cannot. */
  private interrupted(query: OpenQuery, run: Run): void {
    if (run.touched) run.abandon();
    else this.leave(query, () => query.giveBack());
  }

  private begin(
    request: MispRequest,
    deadline: number,
    test: boolean,
    conclude: (verdict: Verdict) => void,
  ): OpenRun {
    const message = this.firing.messageOf(request, deadline, test);
    const id = this.firing.generateId();
    const run = new Run({ ...this.firing.settings, id, deadline }, conclude);
    this.firing.tracker.start(run, message);
    return { run, message };
  }

  /** The trigger itself is the first thing that the run waits for. */
  private send({ run, message }: OpenRun): void {
    const { node, complete } = this.firing;
    run.received(node.id);
    const pass = () => {
      node.send(message);
      this.passed(run);
    };
    if (!complete) return pass();
    complete(message).then(pass, (error) => {
      const problem = this.firing.failed(error, message);
      run.fail(problem.message);
      this.passed(run);
    });
  }

  private passed(run: Run): void {
    run.completed(this.firing.node.id);
    if (run.idle) setImmediate(() => run.settle());
  }

  /** The run is over, or given back; `last` is done before it is forgotten. */
  private leave(query: OpenQuery, last?: () => void): void {
    const entry = this.open.get(query);
    this.open.delete(query);
    last?.();
    if (entry) this.firing.tracker.end(entry.run, entry.message);
  }
}
