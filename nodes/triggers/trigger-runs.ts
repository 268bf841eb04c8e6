import type { Node } from 'node-red';
import type { OwnAnswer } from '../../src/listener/protocol';
import type { KindName, RequestOf } from '../../src/listener/kinds';
import type { OpenQuery } from '../../src/listener/open-query';
import type { ProofAnswer } from '../../src/connect/proof-answers';
import type { Clear } from '../../src/runs/clearing';
import type { Reception } from '../../src/runs/reception';
import type { Journal } from '../../src/runs/journal';
import { Run, type RunEvents } from '../../src/runs/run';
import { setMisp, type Message, type MispPart } from '../../src/runs/message';
import type { RunTracker } from '../../src/runs/tracker';
import type { Verdict } from '../../src/runs/verdict';
import { saidBy, text, words } from '../../src/text';
import { WayTaken, type Way } from '../../src/runs/way';
import { aboutOf } from '../../src/runs/about';
import type { Entering } from './trigger-guard';
import { Waiter, type GoOn, type WaiterSettings } from '../../src/runs/waiter';

/** What a trigger sends. */
export type TriggerMessage = Message & { misp: MispPart };

/** What a message is to say of its run. `caller`: the user by which MISP has asked. */
export type OfRun = Pick<MispPart, 'run' | 'deadline' | 'test' | 'attempt'> & { caller?: string };

/** What the runs of a trigger need of it. */
export interface Firing<K extends KindName> {
  node: Node;
  tracker: RunTracker;
  journal: Journal;
  generateId(): string;
  settings: Pick<WaiterSettings, 'module' | 'onError' | 'onDeadline' | 'goOn'> & {
    loopLimit?: number;
    writeLimit?: number;
  };
  /** Of a flow that is a module: what makes its answer. */
  buildFor?: (request: RequestOf<K>) => WaiterSettings['build'];
  messageOf(request: RequestOf<K>, of: OfRun): TriggerMessage;
  /** Told what data a run has, before anything is noted of it. */
  watch(run: string, data: unknown): void;
  /** Adds to the message what MISP did not send; undefined if there is nothing to add. */
  complete?: (message: Message) => Promise<void>;
  /** Where MISP waits for it: what must be done before MISP may be told to go on. */
  clear?: (data: unknown, of: Pick<OfRun, 'run' | 'caller'>) => Clear;
  /**
   * Asked before the flow gets a request of MISP; tests get through.
   * @throws why it does not get it
   */
  enter?: (request: RequestOf<K>, run: Run, message: TriggerMessage) => Entering | Promise<Entering>;
  /** A run has its answer, and nothing of it is under way. */
  over?(run: string): void;
  /** Told when the flow did not get a request. */
  ended?(): void;
  /** Tells why the flow does not get the message: data that could not be added, or too many runs. */
  failed(error: unknown, message: Message): Error;
  report(verdict: Verdict): void;
  /** Accepted runs came to their end with the redeploy. */
  dropped(count: number): void;
}

/** How a request is sent through the flow that MISP did not make. */
export interface RehearsalOptions {
  /** The nodes act; else nothing is changed anywhere. */
  acts?: boolean;
  /** The run whose data it is, or an empty text: it is a replay. */
  replay?: string;
}

/** What came of a test run, the id that the journal knows it by, and where its messages went. */
export type Rehearsal = Verdict & {
  run: string;
  way: Way;
  /** Nothing of it is under way any more, or nobody can tell. */
  quiet: Promise<void>;
};

/** `unasked`: MISP does not wait for it. */
type Begun = { test: boolean; goOn: GoOn; unasked?: boolean; caller?: string; attempt?: number } & Pick<
  RehearsalOptions,
  'replay'
>;

interface OpenRun<K extends KindName> {
  run: Run;
  waiter: Waiter;
  message: TriggerMessage;
  /** The trigger itself is the first thing that the run waits for. */
  first: Reception;
  taken: WayTaken;
  /** Of a run that MISP asked for. */
  query?: OpenQuery<K>;
  /** What it was asked for is asked again. */
  isGivenBack?: boolean;
}

/** The open runs of one trigger: those that MISP asked for, and rehearsals that nobody waits for. */
export class TriggerRuns<K extends KindName = 'action'> {
  private readonly open = new Map<OpenQuery<K>, OpenRun<K>>();
  /** Runs of which MISP has been told that it may go on, as long as something of them is under way. */
  private readonly accepted = new Set<OpenRun<K>>();
  private readonly rehearsals = new Set<OpenRun<K>>();

  constructor(private readonly firing: Firing<K>) {}

  /**
   * @param waits MISP waits for the flow; else it gets its answer at once
   * @returns the id of the run
   */
  fire(query: OpenQuery<K>, waits: boolean): string {
    const started = this.start(query, waits);
    if (!waits) {
      this.accepted.add(started);
      started.waiter.accept();
    }
    this.admit(started, query.request);
    return started.run.id;
  }

  /** Answers a request as a proof wants it: the flow does not get it. */
  prove(query: OpenQuery<K>, answer: ProofAnswer): void {
    const { tracker } = this.firing;
    const { first, waiter } = this.start(query, true, () => tracker.finish(first));
    if (answer === 'block') waiter.block(words(text('proof.blocks')));
    else if (answer === 'allow') waiter.allow(first, true);
    else if (answer === 'death') query.drop();
  }

  /** @param over told when MISP has its answer, or will get none */
  private start(query: OpenQuery<K>, waits: boolean, over = () => {}): OpenRun<K> {
    const goOn = waits ? this.firing.settings.goOn : 'watch';
    const { caller, kept } = query;
    const begun = { test: false, goOn, caller, attempt: kept?.attempt };
    const started = this.begin(query.request, query.deadline, begun, {
      answered: (verdict) => {
        this.open.delete(query);
        if (verdict.cause === 'accepted') query.accept(verdict);
        else query.answer(verdict);
        this.firing.report(verdict);
        over();
      },
      quiet: () => {
        if (this.accepted.delete(started)) query.left();
      },
      ended: () => {
        if (!kept || started.isGivenBack) return;
        // What a redeploy broke off begins again.
        if (started.run.interrupted) query.giveBack();
        else kept.ended();
      },
    });
    started.query = query;
    this.open.set(query, started);
    return started;
  }

  /** Sends a request through the flow, as a test unless told otherwise; MISP is not told. */
  rehearse(
    request: RequestOf<K>,
    deadlineMs: number,
    { acts = false, replay }: RehearsalOptions = {},
  ): Promise<Rehearsal> {
    return new Promise((resolve) => {
      let nowQuiet: () => void;
      const quiet = new Promise<void>((done) => (nowQuiet = done));
      const { goOn } = this.firing.settings;
      const settings = {
        test: !acts,
        goOn: goOn === 'watch' ? 'ended' : goOn,
        unasked: true,
        replay,
      } as const;
      const started = this.begin(request, Date.now() + deadlineMs, settings, {
        quiet: () => nowQuiet(),
        answered: (verdict) => {
          clearTimeout(timer);
          this.rehearsals.delete(started);
          resolve({ ...verdict, run: started.run.id, way: started.taken.way, quiet });
        },
      });
      const timer = setTimeout(() => started.waiter.expire(), deadlineMs);
      this.rehearsals.add(started);
      this.send(started);
    });
  }

  /** The service has answered on its own, or MISP hung up. @returns whether a run was open, which has reported that */
  ended(query: OpenQuery<K>, by: OwnAnswer | 'lost', blocked: boolean): boolean {
    const waiter = this.open.get(query)?.waiter;
    if (by === 'deadline') waiter?.expire();
    else if (by === 'lost') waiter?.hangUp();
    else waiter?.abandon(blocked ? 'block' : 'allow');
    return waiter !== undefined;
  }

  /** The flows run again after a redeploy that left this trigger alone. */
  resume(): void {
    for (const [query, open] of this.open) if (open.run.interrupted) this.interrupted(query, open);
    this.drop(({ run }) => run.interrupted);
  }

  /** The trigger is closed: another one with its module may come, even if this one was deleted. */
  close(): void {
    for (const [query, open] of this.open) this.interrupted(query, open);
    this.drop(() => true);
    for (const { waiter } of this.rehearsals) waiter.abandon();
  }

  /** Accepted runs that cannot come to their end any more. */
  private drop(isOver: (open: OpenRun<K>) => boolean): void {
    const over = [...this.accepted].filter(isOver);
    for (const open of over) {
      if (open.query?.kept) {
        // It begins again.
        open.isGivenBack = true;
        open.query.giveBack();
      }
      open.run.end(false);
    }
    const dropped = over.filter(({ isGivenBack }) => !isGivenBack).length;
    if (dropped > 0) this.firing.dropped(dropped);
  }

  /** A redeploy stopped nodes of the run. What only decided is asked again; what may have acted cannot. */
  private interrupted(query: OpenQuery<K>, { run, waiter }: OpenRun<K>): void {
    if (run.touched) return waiter.abandon();
    this.open.delete(query);
    waiter.giveUp();
    query.giveBack();
  }

  private begin(
    request: RequestOf<K>,
    deadline: number,
    { test, goOn, unasked = false, replay, caller, attempt }: Begun,
    {
      answered,
      quiet,
      ended,
    }: { answered: (verdict: Verdict) => void; ended?: () => void } & Pick<RunEvents, 'quiet'>,
  ): OpenRun<K> {
    const { firing } = this;
    const { node, tracker, journal } = firing;
    const id = firing.generateId();
    const message = firing.messageOf(request, {
      ...{ run: id, deadline, test, caller },
      ...(attempt === undefined ? {} : { attempt }),
    });
    const { trigger, module, blocking } = message.misp;
    // A run may be followed for a while after its end is near: its data is not kept for that.
    const messageId = message._msgid;
    if (unasked && !test) setMisp(message, { blocking: false });
    const taken = new WayTaken(node);
    const run = new Run(id, {
      quiet() {
        firing.over?.(id);
        quiet?.();
      },
      passed: (from, port, to) => taken.passed(from, port, to),
      ended(known) {
        tracker.forget(run, messageId);
        journal.write(id, { what: 'ended', known, way: taken.way, times: taken.times });
        ended?.();
      },
    });
    const { loopLimit, writeLimit } = firing.settings;
    if (loopLimit !== undefined) run.loopLimit = Number(loopLimit);
    if (writeLimit !== undefined) run.writeLimit = Number(writeLimit);
    const build = firing.buildFor?.(request);
    const clear =
      unasked || goOn === 'watch' ? undefined : firing.clear?.(message.payload, { run: id, caller });
    const waiter = new Waiter(
      run,
      {
        ...{ ...firing.settings, goOn, deadline, test: unasked, build },
        clear: clear && ((signal) => tracker.within(first, () => clear(signal))),
      },
      (verdict) => {
        // What a flow found may be large, and is no part of what happened to the run.
        const told = { ...verdict };
        delete told.result;
        delete told.handBack;
        journal.write(id, { what: 'answered', verdict: told });
        answered(verdict);
      },
    );
    firing.watch(id, message.payload);
    const about = aboutOf(message.payload);
    const of = replay === undefined ? {} : { replay };
    journal.write(id, { what: 'received', trigger, module, blocking, test, about, ...of }, node);
    const first = tracker.start(run, message, node);
    return { run, waiter, message, taken, first };
  }

  /** Sends the message of a request, unless it is to end here. */
  private admit(open: OpenRun<K>, request: RequestOf<K>): void {
    const { first, run, message } = open;
    const { tracker, enter } = this.firing;
    const decided = (entering: Entering | undefined) => {
      if (entering !== 'ends') return this.send(open);
      tracker.finish(first);
      this.firing.ended?.();
    };
    try {
      const entering = enter?.(request, run, message);
      if (!(entering instanceof Promise)) return decided(entering);
      const entered = tracker.within(first, () => entering);
      entered.then(decided, (error) => this.refuse(open, error));
    } catch (error) {
      this.refuse(open, error);
    }
  }

  /** The flow does not get the message. */
  private refuse({ waiter, message, first }: OpenRun<K>, error: unknown): void {
    const { tracker } = this.firing;
    const problem = tracker.within(first, () => this.firing.failed(error, message));
    first.noteFailed();
    waiter.fail(saidBy(problem));
    tracker.finish(first);
  }

  private send(open: OpenRun<K>): void {
    const { run, message, first } = open;
    const { node, complete, tracker } = this.firing;
    const pass = () => {
      if (complete) this.firing.watch(run.id, message.payload);
      node.send(message);
      tracker.finish(first);
    };
    if (!complete) return pass();
    const completed = tracker.within(first, () => complete(message));
    completed.then(pass, (error) => this.refuse(open, error));
  }
}
