import type { NodeAPI } from 'node-red';
import type { CarryOut, Control, Operation, OperationResult, Plan } from '../../../src/actions/plan';
import type { Actor } from '../../../src/audit/entry';
import { auditOf } from '../../kept-audit';
import type { Remembering } from './remember-writes';

/** Who carries out a plan, how, and who is told. */
export interface Performance<O extends Operation> {
  carryOut: CarryOut<O>;
  control: Omit<Control, 'saved'>;
  /** Remembers what it changes, for the triggers that tell of it. */
  remembering?: Remembering;
  /** In whose name it stands in the audit, and whom it changes or tells: an address without secrets. */
  actor: Actor;
  system: string;
  /** Told what was done, before the memory of own writes looks at the data. */
  did(operations: OperationResult[]): void;
}

/** Carries out a plan for real: what came of it is told, audited, and remembered as a write of ours. */
export async function perform<O extends Operation>(
  RED: NodeAPI,
  plan: Plan<O>,
  performance: Performance<O>,
): Promise<OperationResult[]> {
  const { carryOut, control, remembering, actor, system } = performance;
  const audit = (operations: readonly OperationResult[]) => auditOf(RED).did(actor, operations, system);
  try {
    const operations = await carryOut(plan, { ...control, saved: remembering?.saved });
    audit(operations);
    performance.did(operations);
    remembering?.end(operations);
    return operations;
  } catch (error) {
    remembering?.failed();
    audit(plan.map((operation) => ({ operation, state: 'failed' })));
    throw error;
  }
}
