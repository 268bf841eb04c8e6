import type { Node } from 'node-red';
import type { OwnAnswer } from '../../src/listener/protocol';
import type { MispRequest } from '../../src/listener/request';
import type { OpenQuery } from '../../src/listener/service';
import type { Reception } from '../../src/runs/reception';
import { Run, type GoOn, type RunEvents, type RunSettings } from '../../src/runs/run';
import type { Message, RunTracker } from '../../src/runs/tracker';
import type { Verdict } from '../../src/runs/verdict';

/** What the runs of a trigger need of it. */
export interface Firing {
  node: Node;
  tracker: RunTracker;
  generateId(): string;
  settings: Pick<RunSettings, 'module' | 'onError' | 'onDeadline' | 'goOn'>;
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
  /** The trigger itself is the first thing that the run waits for. */
  first: Reception;
}

/** The open runs of one trigger: those that MISP asked for, and rehearsals that nobody waits for. */
export class TriggerRuns {
  private readonly open = new Map<OpenQuery, OpenRun>();
  /** Runs of which MISP has been told that it may go on, as long as something of them is under way. */
  private readonly accepted = new Set<Run>();
  private readonly rehearsals = new Set<OpenRun>();

  constructor(private readonly firing: Firing) {}

  /** @param waits MISP waits for the flow; else it gets its answer at once */
  fire(query: OpenQuery, waits: boolean): void {
    const goOn = waits ? this.firing.settings.goOn : 'watch';
    const begun = { test: false, goOn };
    const started = this.begin(query.request, query.deadline, begun, {
      answered: (verdict) => {
        this.open.delete(query);
        if (verdict.cause === 'accepted') query.accept();
        else query.answer(verdict);
        this.firing.report(verdict);
      },
      finished: () => {
        if (this.accepted.delete(started.run)) query.left();
      },
    });
    this.open.set(query, started);
    if (!waits) {
      this.accepted.add(started.run);
      started.run.accept();
    }
    this.send(started);
  }

  /** Sends a request through the flow as a test: nothing is changed anywhere, and MISP is not told. */
  rehearse(request: MispRequest, deadlineMs: number): Promise<Verdict> {
    return new Promise((resolve) => {
      const { goOn } = this.firing.settings;
      const settings = { test: true, goOn: goOn === 'watch' ? 'ended' : goOn } as const;
      const started = this.begin(request, Date.now() + deadlineMs, settings, {
        answered: (verdict) => {
          clearTimeout(timer);
          this.rehearsals.delete(started);
          resolve(verdict);
        },
      });
      const timer = setTimeout(() => started.run.expire(), deadlineMs);
      this.rehearsals.add(started);
      this.send(started);
    });
  }

  /** The service has answered on its own, or MISP hung up. @returns whether a run was open, which has reported that */
  ended(query: OpenQuery, by: OwnAnswer | 'lost', blocked: boolean): boolean {
    const run = this.open.get(query)?.run;
    if (by === 'deadline') run?.expire();
    else if (by === 'lost') run?.hangUp();
    else run?.abandon(blocked ? 'block' : 'allow');
    return run !== undefined;
  }

  /** The flows run again after a redeploy that left this trigger alone. */
  resume(): void {
    for (const [query, { run }] of this.open) if (run.interrupted) this.interrupted(query, run);
    this.drop((run) => run.interrupted);
  }

  /** The trigger is closed: another one with its module may come, even if this one was deleted. */
  close(): void {
    for (const [query, { run }] of this.open) this.interrupted(query, run);
    this.drop(() => true);
    for (const { run } of this.rehearsals) run.abandon();
  }

  /** Accepted runs that cannot come to their end any more. */
  private drop(isOver: (run: Run) => boolean): void {
    const dropped = [...this.accepted].filter(isOver);
    for (const run of dropped) run.forget();
    if (dropped.length > 0) this.firing.dropped(dropped.length);
  }

  /** A redeploy stopped nodes of the run. What only decided is asked again; what may have acted cannot. */
  private interrupted(query: OpenQuery, run: Run): void {
    if (run.touched) return run.abandon();
    this.open.delete(query);
    run.giveUp();
    query.giveBack();
  }

  private begin(
    request: MispRequest,
    deadline: number,
    { test, goOn }: { test: boolean; goOn: GoOn },
    { answered, finished }: Pick<RunEvents, 'answered'> & Partial<RunEvents>,
  ): OpenRun {
    const { firing } = this;
    const message = firing.messageOf(request, deadline, test);
    const settings = { ...firing.settings, goOn, deadline, id: firing.generateId() };
    const run = new Run(settings, {
      answered,
      finished() {
        firing.tracker.forget(run, message);
        finished?.();
      },
    });
    return { run, message, first: firing.tracker.start(run, message, firing.node) };
  }

  private send({ run, message, first }: OpenRun): void {
    const { node, complete, tracker } = this.firing;
    const pass = () => {
      node.send(message);
      tracker.finish(first);
    };
    if (!complete) return pass();
    complete(message).then(pass, (error) => {
      const problem = this.firing.failed(error, message);
      first.noteFailed();
      run.fail(problem.message);
      tracker.finish(first);
    });
  }
}
