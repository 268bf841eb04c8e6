import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { ApprovalFiles } from '../src/approval/files';
import { approvalsIn, sharedApprovals, type WithApprovals } from '../src/approval/kept';
import type { RecordSet } from '../src/records/records';
import { saidBy, WorkflowError } from '../src/text';
import { queueOf } from './config/queue-keeper';
import { folderOf } from './folder';

/** By the folder that they are kept in: a process may start Node-RED with another one. */
const inFolders = new Map<string, WithApprovals>();
const inSets = new WeakMap<RecordSet, WithApprovals>();

/**
 * The requests for approval of a Node-RED: kept in its user folder, or in the Redis that it shares with others. What
 * cannot be kept is told in words, and nothing has changed.
 */
export function approvalsOf(RED: NodeAPI): WithApprovals {
  return async (work) => {
    let isShared = true;
    try {
      const set = queueOf(RED).records('approvals');
      isShared = set !== undefined;
      return await (set ? inSet(set) : inFolder(RED))(work);
    } catch (error) {
      if (error instanceof WorkflowError && error.key.startsWith('approval.')) throw error;
      const problem = saidBy(error);
      throw new WorkflowError(isShared ? 'approval.notShared' : 'approval.notKept', { problem });
    }
  };
}

function inSet(set: RecordSet): WithApprovals {
  const approvals = inSets.get(set) ?? sharedApprovals(set);
  inSets.set(set, approvals);
  return approvals;
}

/** @throws {WorkflowError} if there is none */
function inFolder(RED: NodeAPI): WithApprovals {
  const folder = folderOf(RED);
  if (folder === undefined) throw new WorkflowError('approval.noFolder');
  const approvals = inFolders.get(folder) ?? approvalsIn(new ApprovalFiles(path.join(folder, 'approvals')));
  inFolders.set(folder, approvals);
  return approvals;
}
