import type { OwnAnswer } from '../../src/listener/protocol';
import type { ServiceState } from '../../src/listener/service';
import type { Verdict } from '../../src/runs/verdict';
import type { NodeContext } from '../adaptor';
import type { Fields } from '../definition';
import { QuietLog } from '../quiet-log';

/** What a trigger tells its operator: the status under the node, and lines in the log. */
export class TriggerReport {
  private readonly log: QuietLog;

  constructor(private readonly context: Pick<NodeContext<Fields>, 'node' | 'text' | 'status'>) {
    const { node, text } = context;
    this.log = new QuietLog((line, more) => node.warn(more > 0 ? text('log.more', { line, more }) : line));
  }

  close(): void {
    this.log.close();
  }

  listener({ state }: ServiceState): void {
    if (state === 'failed') this.context.status('listenerFailed', 'red', 'ring');
    else if (state === 'starting') this.context.status('starting', 'grey', 'ring');
    else this.context.status('ready', 'green', 'ring');
  }

  /** Callers with a wrong password: MISP is not asked for one again, it goes on. */
  refused(count: number): void {
    if (count > 0) this.context.status('refused', 'red', 'ring', { refused: String(count) });
  }

  verdict({ outcome, cause, reason = '' }: Verdict): void {
    const { text, status } = this.context;
    if (cause === 'deadline' || cause === 'unanswered' || cause === 'gone' || cause === 'error') {
      this.log.tell(cause, text(`log.${cause}`, { outcome: text(`outcome.${outcome}`), reason }));
      status(cause, outcome === 'block' ? 'red' : 'yellow', 'dot');
    } else if (outcome === 'block') status('blocked', 'red', 'dot', { reason });
    else status(cause === 'accepted' ? 'accepted' : 'allowed', 'green', 'dot');
  }

  /** The service answered without asking the flow. */
  withoutFlow(by: OwnAnswer, blocked: boolean): void {
    const { text, status } = this.context;
    const outcome = text(`outcome.${blocked ? 'block' : 'allow'}`);
    this.log.tell(by, text('log.withoutFlow', { by, outcome }));
    status(blocked ? 'blockedByPolicy' : 'allowedByPolicy', 'red', 'ring', { by });
  }

  /** MISP hung up before it had its answer. */
  lost(): void {
    this.log.tell('lost', this.context.text('log.lost'));
  }

  /** An answer came after the service's own. */
  late(wouldBlock: boolean): void {
    const { node, text, status } = this.context;
    status('late', 'red', 'ring');
    if (wouldBlock) node.error(text('errors.trigger.late'));
  }
}
