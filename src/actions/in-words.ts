import { words, type Said } from '../text';
import type { ActionResult, Failure, Operation, OperationResult } from './plan';

/** What became of an operation, with what failed in words. */
export interface ToldResult extends OperationResult {
  failures?: (Failure & { problem: string })[];
}

/** `msg.misp.result` */
export interface ToldAction extends ActionResult {
  operations: ToldResult[];
}

/** A result for who reads a message: all that was said is put into words. */
export function toldAction({ dryRun, operations }: ActionResult): ToldAction {
  return { dryRun, operations: operations.map(told) };
}

/** The same of one operation. */
export function told(result: OperationResult): ToldResult {
  const { operation, failures } = result;
  return {
    ...result,
    operation: operationInWords(operation),
    ...(failures ? { failures: failures.map(inWords) } : {}),
  } as ToldResult;
}

/** A mail names who gets nothing, and why; what a list works with is no plain data. */
function operationInWords(operation: Operation): Operation {
  if (operation.do === 'update-list') return { ...operation, data: undefined };
  if (operation.do !== 'send-mail' || !operation.refused) return operation;
  return { ...operation, refused: operation.refused.map(inWords) };
}

function inWords<F extends { problem: Said; away?: unknown }>(failure: F) {
  const told = { ...failure, problem: words(failure.problem) };
  delete told.away;
  return told;
}
