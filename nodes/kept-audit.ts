import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { Audit } from '../src/audit/audit';
import { LineFiles } from '../src/audit/files';
import { folderOf } from './folder';

/** By the folder that they are kept in: a process may start Node-RED with another one. */
const audits = new Map<string, Audit>();

/** Who changed what in a MISP, and who sent what: kept in Node-RED's user folder. */
export function auditOf(RED: NodeAPI): Audit {
  const folder = folderOf(RED);
  const known = audits.get(folder ?? '');
  if (known) return known;
  const say = (key: string, params: Record<string, string>) =>
    RED._(`@misp-flows/node-red-misp/misp-editor:misp-editor.audit.${key}`, params);
  const files = folder === undefined ? undefined : new LineFiles(path.join(folder, 'audit.jsonl'));
  const audit = new Audit(files, {
    failed: (problem) => RED.log.warn(say('failed', { problem })),
    leftOut: (count) => RED.log.warn(say('leftOut', { count: String(count) })),
  });
  audits.set(folder ?? '', audit);
  return audit;
}
