import { uptime } from '../clock';
import { saidBy, text, WorkflowError, type Said, type Text } from '../text';
import { Clearing, type Clear } from './clearing';
import type { Reception } from './reception';
import type { Run } from './run';
import { blockText, type HandBack, type Outcome, type Verdict } from './verdict';

/**
 * When MISP may go on:
 * - `response`: an allow was reached, and no block can come any more
 * - `ended`: all paths have ended (MISP's own rule)
 * - `watch`: at once; the flow only watches
 */
export type GoOn = 'response' | 'ended' | 'watch';

export interface WaiterSettings {
  /** The MISP module that was called. */
  module: string;
  /** Milliseconds since 1970 at which the service answers by policy. */
  deadline: number;
  onError: Outcome;
  onDeadline: Outcome;
  goOn: GoOn;
  /** A test run: MISP does not wait for it. */
  test?: boolean;
  /**
   * Of a flow that is a module of MISP: makes its answer of what a node gives.
   * @throws what is wrong with it, in words
   */
  build?: (given: unknown) => object;
  /** What must be done before MISP may be told to go on, whatever the reason is. If it fails, MISP is stopped. */
  clear?: Clear;
}

/**
 * Who waits for a run: gives exactly one verdict (docs/architecture.md, "The verdict"):
 * a block at once; an error by policy; an allow
 * when the trigger's rule is met and nothing holds; a block as soon as only lost messages or a missing answer are
 * in the way; the deadline by policy. Where something must be cleared, that comes between an allow and its verdict;
 * only a response that blocks is heard meanwhile.
 */
export class Waiter {
  verdict: Verdict | undefined;
  private allowed = false;
  private failure: Said | undefined;
  private givenUp = false;
  private handBack: HandBack | undefined;
  private readonly clearing: Clearing | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** @param answered told the one verdict */
  constructor(
    readonly run: Run,
    readonly settings: WaiterSettings,
    private readonly answered: (verdict: Verdict) => void,
  ) {
    run.waiting = this;
    const { clear, deadline, onDeadline } = settings;
    if (!clear) return;
    this.clearing = new Clearing(clear, deadline);
    if (onDeadline === 'block') return;
    this.timer = setTimeout(() => this.giveInTime(), this.clearing.latestStart - uptime()).unref();
  }

  /** It has its verdict, or was given up: what the run's messages do means nothing to MISP any more. */
  get isOver(): boolean {
    return this.verdict !== undefined || this.givenUp;
  }

  /** MISP does not wait: it gets its answer at once. */
  accept(): void {
    this.conclude({ outcome: 'allow', cause: 'accepted' });
  }

  block(reason: unknown): void {
    this.conclude({ outcome: 'block', cause: 'response', reason: blockText(reason) });
  }

  /**
   * A response node allows, and its own path ends. `atOnce` answers MISP without waiting for other paths.
   * @param handBack for MISP's workflow; an answer has room for one, so the first counts
   * @returns whether what is to be handed back will be
   */
  allow(reception: Reception, atOnce: boolean, handBack?: HandBack): boolean {
    if (this.isOver || this.isClearing) return false;
    this.allowed = true;
    this.handBack ??= handBack;
    this.run.release(reception);
    if (atOnce) this.conclude({ outcome: 'allow', cause: 'response' });
    else this.run.settleSoon();
    return handBack === this.handBack;
  }

  /**
   * The flow's answer, where it is a module of MISP. The first one counts.
   * @throws what is wrong with it, in words
   */
  give(given: unknown): void {
    const { build } = this.settings;
    if (!build) throw new WorkflowError('run.noModule');
    const result = build(given);
    this.conclude({ outcome: 'allow', cause: 'response', result });
  }

  /** A node reported an error that no Catch node took. */
  fail(reason: Said): void {
    if (this.isClearing) return;
    if (this.settings.onError === 'block') return this.conclude({ outcome: 'block', cause: 'error', reason });
    this.failure ??= reason;
    this.run.settleSoon();
  }

  /** The time is up: the service has answered. */
  expire(): void {
    this.settle({ outcome: this.unheard, cause: 'deadline', reason: this.whatIsMissing() });
  }

  /** The flow was stopped or removed while the run was open. @param outcome what MISP was told, if it was already */
  abandon(outcome: Outcome = this.unheard): void {
    this.settle({ outcome, cause: 'gone', reason: text('run.gone') });
    this.run.end(false);
  }

  /** MISP hung up: it goes on, whatever the flow says. */
  hangUp(): void {
    this.settle({ outcome: 'allow', cause: 'lost', reason: text('run.lost') });
  }

  /** The run is asked again as another one: its messages mean nothing any more. */
  giveUp(): void {
    this.stopClearing();
    this.givenUp = true;
    this.run.end(false);
  }

  /** Something has changed in the run. */
  look(): void {
    const { run, settings } = this;
    if (this.isOver || this.isClearing || run.interrupted || run.isHeld) return;
    if (this.mayGoOn) {
      if (this.failure !== undefined)
        return this.conclude({ outcome: 'allow', cause: 'error', reason: this.failure });
      return this.conclude({ outcome: 'allow', cause: this.allowed ? 'response' : 'ended' });
    }
    if (this.isStuck && settings.onDeadline === 'block')
      this.conclude({ outcome: 'block', cause: 'unanswered', reason: this.whatIsMissing() });
  }

  private get isAnswered(): boolean {
    return this.settings.goOn !== 'response' || this.allowed || this.failure !== undefined;
  }

  private get mayGoOn(): boolean {
    if (this.run.hasLost || !this.isAnswered) return false;
    return this.settings.goOn === 'response' ? !this.run.canBlock : this.run.isQuiet;
  }

  /** Nothing that is still under way can change that MISP may not go on. */
  private get isStuck(): boolean {
    if (this.run.hasLost && !this.run.canBlock) return true;
    return this.run.isQuiet && !this.isAnswered;
  }

  /** What stands between the run and its answer; it names the nodes. */
  private whatIsMissing(): Text {
    const { state, nodes } = this.run.whereabouts();
    if (nodes === '') return text('run.deadline');
    const words = {
      underWay: 'deadlineAt',
      held: 'deadlineHeld',
      lost: 'unansweredAt',
      over: 'unansweredAt',
    } as const;
    const isModule = words[state] === 'unansweredAt' && this.settings.build !== undefined;
    return text(isModule ? 'run.unansweredModule' : `run.${words[state]}`, { nodes });
  }

  /** The policy for the deadline, as far as it can be kept without having cleared anything. */
  private get unheard(): Outcome {
    return this.clearing ? 'block' : this.settings.onDeadline;
  }

  private get isClearing(): boolean {
    return this.clearing?.hasBegun === true;
  }

  /** The flow has no more time, if MISP is to be told to go on all the same. */
  private giveInTime(): void {
    if (!this.isClearing)
      this.conclude({ outcome: 'allow', cause: 'deadline', reason: this.whatIsMissing() });
  }

  private conclude(verdict: Verdict): void {
    if (this.isOver) return;
    if (verdict.outcome === 'block') return this.settle(verdict);
    const allowed = this.handBack ? { ...verdict, handBack: this.handBack } : verdict;
    if (this.clearing) this.clearFirst(this.clearing, allowed);
    else this.settle(allowed);
  }

  private clearFirst(clearing: Clearing, verdict: Verdict): void {
    if (clearing.hasBegun) return;
    const refuse = (error: unknown): Verdict => {
      const reason = text('run.uncleared', { problem: saidBy(error) });
      return { outcome: 'block', cause: 'uncleared', reason };
    };
    clearing.run().then(
      () => this.settle(verdict),
      (error) => this.settle(refuse(error)),
    );
  }

  private settle(verdict: Verdict): void {
    if (this.isOver) return;
    this.stopClearing();
    this.verdict = verdict;
    this.answered(verdict);
    this.run.answered();
  }

  private stopClearing(): void {
    clearTimeout(this.timer);
    this.clearing?.end();
  }
}
