import type { NodeStatusFill, NodeStatusShape } from 'node-red';
import type { OwnAnswer, ServiceCounts } from '../../src/listener/protocol';
import type { ServiceState } from '../../src/listener/service';
import type { Verdict } from '../../src/runs/verdict';
import type { NodeContext } from '../adaptor';
import type { Fields } from '../definition';
import { QuietLog } from '../quiet-log';

type Status = [key: string, fill: NodeStatusFill, shape: NodeStatusShape, params?: Record<string, string>];

/**
 * What a trigger tells its operator: the status under the node, and lines in the log. As long as MISP cannot get
 * in, or the listener has a problem, no news of runs takes the place of that.
 */
export class TriggerReport {
  private readonly log: QuietLog;
  private news: Status = ['starting', 'grey', 'ring'];
  private listenerTrouble: Status | undefined;
  private refusal: Status | undefined;

  constructor(private readonly context: Pick<NodeContext<Fields>, 'node' | 'text' | 'status'>) {
    const { node, text } = context;
    this.log = new QuietLog((line, more) => node.warn(more > 0 ? text('log.more', { line, more }) : line));
  }

  close(): void {
    this.log.close();
  }

  listener(state: ServiceState): void {
    this.listenerTrouble = troubleOf(state);
    this.tell(state.state === 'starting' ? ['starting', 'grey', 'ring'] : ['ready', 'green', 'ring']);
  }

  /** Callers with a wrong password: MISP is not asked for one again, it goes on until it comes in. */
  refused({ refused, shutOut }: ServiceCounts): void {
    this.refusal = shutOut > 0 ? ['refused', 'red', 'ring', { refused: String(refused) }] : undefined;
    this.show();
  }

  verdict({ outcome, cause, reason = '' }: Verdict): void {
    const { text } = this.context;
    if (cause === 'lost') return this.lost();
    if (cause === 'deadline' || cause === 'unanswered' || cause === 'gone' || cause === 'error') {
      this.log.tell(cause, text(`log.${cause}`, { outcome: text(`outcome.${outcome}`), reason }));
      this.tell([cause, outcome === 'block' ? 'red' : 'yellow', 'dot']);
    } else if (outcome === 'block') this.tell(['blocked', 'red', 'dot', { reason }]);
    else this.tell([cause === 'accepted' ? 'accepted' : 'allowed', 'green', 'dot']);
  }

  /** The data of a run could not be completed. */
  incomplete(): void {
    this.tell(['incomplete', 'red', 'ring']);
  }

  /** The service answered without asking the flow. */
  withoutFlow(by: OwnAnswer, blocked: boolean): void {
    const { text } = this.context;
    const outcome = text(`outcome.${blocked ? 'block' : 'allow'}`);
    this.log.tell(by, text('log.withoutFlow', { by, outcome }));
    this.tell([blocked ? 'blockedByPolicy' : 'allowedByPolicy', 'red', 'ring', { by }]);
  }

  /** MISP hung up before it had its answer. */
  lost(): void {
    this.log.tell('lost', this.context.text('log.lost'));
    this.tell(['lost', 'red', 'ring']);
  }

  /** An answer came after the service's own. */
  late(wouldBlock: boolean): void {
    const { node, text } = this.context;
    this.tell(['late', 'red', 'ring']);
    if (wouldBlock) node.error(text('errors.trigger.late'));
  }

  /** MISP waits less long than the flow may take. */
  mispTimeout(seconds: number): void {
    this.log.tell('mispTimeout', this.context.text('log.mispTimeout', { seconds }));
  }

  /** Accepted runs ended with a redeploy. */
  dropped(count: number): void {
    const { node, text } = this.context;
    node.warn(text('log.dropped', { count }));
  }

  private tell(news: Status): void {
    this.news = news;
    this.show();
  }

  private show(): void {
    this.context.status(...(this.listenerTrouble ?? this.refusal ?? this.news));
  }
}

function troubleOf(state: ServiceState): Status | undefined {
  if (state.state === 'failed') return ['listenerFailed', 'red', 'ring'];
  return state.state === 'listening' && state.problem ? ['listenerProblem', 'red', 'ring'] : undefined;
}
