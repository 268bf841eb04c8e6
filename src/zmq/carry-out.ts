import type { CarryOut, OperationResult, ZmqPublish } from '../actions/plan';
import type { ZmqPublisher } from './publisher';

/** Carries out plans of messages, one after another. */
export function carryOutMessages(
  publisher: () => Promise<Pick<ZmqPublisher, 'publish'>>,
): CarryOut<ZmqPublish> {
  return async (plan) => {
    const open = await publisher();
    const results: OperationResult[] = [];
    for (const operation of plan) {
      await open.publish(operation.message);
      results.push({ operation, state: 'done' });
    }
    return results;
  };
}
