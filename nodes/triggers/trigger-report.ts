import type { ListenerCaller, OwnAnswer, ServiceCounts } from '../../src/listener/protocol';
import { isStrangerOut, shutOutBy } from '../../src/listener/shut-out';
import type { ServiceState } from '../../src/listener/service';
import type { Cause, Verdict } from '../../src/runs/verdict';
import { text as said, words, type Said } from '../../src/text';
import type { NodeContext } from '../adaptor';
import type { Fields } from '../definition';
import { inShort, shortened, type StatusArguments } from '../node-status';
import { QuietLog } from '../quiet-log';
import { worstRow, type Checked } from '../set-up-watch';

/** Longest reason in a status: more would stand under the next node. It is whole at the response, and in the log. */
const LONGEST_REASON = 25;

/**
 * What a trigger tells its operator: the status under the node, and lines in the log. As long as MISP cannot get
 * in, or the listener has a problem, no news of runs takes the place of that.
 */
export class TriggerReport {
  private readonly log: QuietLog;
  private listenerState: StatusArguments = [];
  private refusal: StatusArguments | undefined;
  private queueProblem: StatusArguments | undefined;
  private setUpProblem: StatusArguments | undefined;

  constructor(
    private readonly context: Pick<NodeContext<Fields>, 'node' | 'text' | 'status' | 'connection'>,
  ) {
    const { node, text } = context;
    this.log = new QuietLog((line, more) => node.warn(more > 0 ? text('log.more', { line, more }) : line));
  }

  close(): void {
    this.log.close();
  }

  listener(state: ServiceState, port: number): void {
    this.listenerState = statusOf(state, String(port));
    this.showConnection();
  }

  /** Callers with a wrong password: MISP is not asked for one again, it goes on until it comes in. */
  refused(counts: ServiceCounts, callers: readonly ListenerCaller[] = []): void {
    const known = shutOutBy(counts, callers);
    const name = known.map((one) => one.name).join(', ');
    const refused = String(counts.refused);
    if (isStrangerOut(counts, callers)) this.refusal = ['refused', 'red', 'ring', { refused }];
    else if (known.length > 0) this.refusal = ['refusedCaller', 'red', 'ring', { name }];
    else this.refusal = undefined;
    this.showConnection();
  }

  /** No request can be kept, so none is accepted. */
  queue(problem: Said | undefined): void {
    this.queueProblem =
      problem === undefined ? undefined : ['notKept', 'red', 'ring', { problem: brief(words(problem)) }];
    this.showConnection();
  }

  /** MISP is set up so that the flow is not asked, or in vain. */
  setUp(checked: Checked): void {
    const worst = worstRow(checked);
    this.setUpProblem = worst ? ['notSetUp', 'red', 'ring'] : undefined;
    const problems = checked.rows.filter(({ level }) => level === 'red').map(({ said: what }) => words(what));
    for (const problem of problems)
      this.log.tell(`setUp ${problem}`, this.context.text('log.notSetUp', { problem }));
    this.showConnection();
  }

  verdict({ outcome, cause, reason: why = '' }: Verdict): void {
    const { text } = this.context;
    const reason = words(why);
    if (cause === 'lost') return this.lost();
    if (TROUBLE.includes(cause)) {
      this.log.tell(cause, text(`log.${cause}`, { outcome: text(`outcome.${outcome}`), reason }));
      this.tell([cause, outcome === 'block' ? 'red' : 'yellow', 'dot', { reason: brief(reason) }]);
    } else if (outcome === 'block') this.tell(['blocked', 'red', 'dot', { reason: brief(reason) }]);
    else this.tell([cause === 'accepted' ? 'accepted' : 'allowed', 'green', 'dot']);
  }

  /** The flow did not get a request: its data could not be completed, or it came too often. */
  incomplete({ message }: Error, status: 'incomplete' | 'tooOften'): void {
    this.tell([status, 'red', 'ring', { problem: brief(message) }]);
  }

  /** A request told of nothing but what this Node-RED wrote, and ended. */
  echo(): void {
    this.tell(['echo', 'grey', 'dot']);
  }

  /** The service answered without asking the flow. */
  withoutFlow(by: OwnAnswer, blocked: boolean): void {
    const { text } = this.context;
    const outcome = text(`outcome.${blocked ? 'block' : 'allow'}`);
    const reason = text(`by.${by}`);
    this.log.tell(by, text('log.withoutFlow', { by: reason, outcome }));
    this.tell([blocked ? 'blockedByPolicy' : 'allowedByPolicy', 'red', 'ring', { by: reason }]);
  }

  /** MISP hung up before it had its answer. */
  lost(): void {
    this.log.tell('lost', this.context.text('log.lost'));
    this.tell(['lost', 'red', 'ring']);
  }

  /** An answer came after the service's own. */
  late(wouldBlock: boolean): void {
    const { node } = this.context;
    this.tell(['late', 'red', 'ring']);
    if (wouldBlock) node.error(words(said('trigger.late')));
  }

  /** MISP waits less long than the flow may take. */
  mispTimeout(seconds: number): void {
    this.log.tell('mispTimeout', this.context.text('log.mispTimeout', { seconds }));
  }

  /** MISP asked about the user of our own key, because of a call of ours that is under way. */
  ownCall(user: string): void {
    this.log.tell(`ownCall ${user}`, this.context.text('log.ownCall', { user }));
  }

  /** Accepted runs ended with a redeploy. */
  dropped(count: number): void {
    const { node, text } = this.context;
    node.warn(text('log.dropped', { count }));
  }

  /** With the time of day where Node-RED is: news stay until there are others. */
  private tell([key, fill, shape, params]: StatusArguments): void {
    this.context.status(key, fill, shape, { time: timeOfDay(), ...params });
  }

  private showConnection(): void {
    const isInTrouble = this.listenerState[1] === 'red';
    const trouble = this.refusal ?? this.queueProblem ?? this.setUpProblem;
    this.context.connection(...(isInTrouble ? this.listenerState : (trouble ?? this.listenerState)));
  }
}

/** What is logged, besides the status. */
const TROUBLE: readonly Cause[] = ['deadline', 'unanswered', 'uncleared', 'gone', 'error'];

function statusOf(state: ServiceState, port: string): StatusArguments {
  if (state.state === 'starting') return ['starting', 'grey', 'ring'];
  if (state.state === 'failed') {
    const key = state.code === 'EADDRINUSE' ? 'portInUse' : 'listenerFailed';
    return [key, 'red', 'ring', { problem: inShort(state.message), port }];
  }
  if (!state.problem) return ['ready', 'green', 'ring'];
  return ['listenerProblem', 'red', 'ring', { problem: inShort(words(state.problem)) }];
}

function brief(reason: string): string {
  return shortened(inShort(reason), LONGEST_REASON);
}

function timeOfDay(): string {
  return new Date().toTimeString().slice(0, 5);
}
