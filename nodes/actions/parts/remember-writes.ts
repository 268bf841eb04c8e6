import type { NodeAPI } from 'node-red';
import type { MispOperation, OperationResult, Plan, TellSaved } from '../../../src/actions/plan';
import { Write } from '../../../src/echo/write';
import type { MispClient } from '../../../src/misp/client';
import { wholeOf, type Message } from '../../../src/runs/message';
import { runtimeOf } from '../../runtime';

/** What remembers the writes of a plan. */
export interface Remembering {
  saved: TellSaved;
  /** The message's data shows what was done. */
  end(operations: readonly OperationResult[]): void;
  failed(): void;
}

/** Remembers what plans write to a MISP, so that triggers know it again. */
export function rememberWrites(RED: NodeAPI, client: MispClient) {
  const { ownWrites: writes, ownQuestions: questions } = runtimeOf(RED);
  return (message: Message, plan: Plan<MispOperation>): Remembering => {
    const memory = { writes, questions };
    const write = new Write(memory, plan, wholeOf(message), (moment) => client.clockAt(moment));
    return {
      saved: (...thing) => write.saved(...thing),
      end: (operations) => write.end(operations),
      failed: () => write.failed(),
    };
  };
}
