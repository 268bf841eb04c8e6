import type { RecordSet } from '../records/records';
import { Approvals } from './approvals';
import type { ApprovalFiles } from './files';
import { ApprovalRecords, type Readings } from './approval-records';

/**
 * Does something with the requests for approval, as they are; it is kept when its promise is. Work may run again, so it
 * does nothing else.
 */
export type WithApprovals = <T>(work: (approvals: Approvals) => T) => Promise<T>;

/** Those of one process, in a folder. */
export function approvalsIn(files: ApprovalFiles): WithApprovals {
  const approvals = new Approvals(files);
  return (work) => new Promise((resolve) => resolve(work(approvals)));
}

/** Those that several processes share. */
export function sharedApprovals(set: RecordSet): WithApprovals {
  const readings: Readings = new Map();
  return (work) => set.transaction((records) => work(new Approvals(new ApprovalRecords(records, readings))));
}
