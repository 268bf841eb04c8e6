import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { Audit } from '../src/audit/audit';
import { LineFiles } from '../src/audit/files';
import { folderOf } from './folder';

/** The audit of one Node-RED, in its user folder. @param say a text of the plugin, by its key */
export function auditOf(RED: NodeAPI, say: (key: string, params: Record<string, string>) => string): Audit {
  const folder = folderOf(RED);
  const files = folder === undefined ? undefined : new LineFiles(path.join(folder, 'audit.jsonl'));
  return new Audit(files, {
    failed: (problem) => RED.log.warn(say('audit.failed', { problem })),
    leftOut: (count) => RED.log.warn(say('audit.leftOut', { count: String(count) })),
  });
}
