import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { Approvals } from '../src/approval/approvals';
import { ApprovalFiles } from '../src/approval/files';
import { WorkflowError } from '../src/text';
import { folderOf } from './folder';

/** By the folder that they are kept in: a process may start Node-RED with another one. */
const known = new Map<string, Approvals>();

/** The requests for approval of a Node-RED: kept in its user folder. @throws {WorkflowError} if there is none */
export function approvalsOf(RED: NodeAPI): Approvals {
  const folder = folderOf(RED);
  if (folder === undefined) throw new WorkflowError('approval.noFolder');
  const approvals = known.get(folder) ?? new Approvals(new ApprovalFiles(path.join(folder, 'approvals')));
  known.set(folder, approvals);
  return approvals;
}
