import { readFileSync, statSync } from 'node:fs';
import { LIMITS, type FlowNode } from '../src/workflow';
import { WorkflowError } from '../src/text';

/** A file, or with `-` what comes in. */
export function read(file: string): string {
  if (file !== '-' && statSync(file).size > LIMITS.bytes)
    throw new WorkflowError('workflow.tooLarge', { limit: LIMITS.bytes / 1e6 });
  return readFileSync(file === '-' ? 0 : file, 'utf8');
}

/** Node-RED's own flow file is a list; its API has one in `flows`, and a single flow in `nodes`. */
export function flowIn(source: string): FlowNode[] {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw new WorkflowError('workflow.notJson', { problem: error instanceof Error ? error.message : '' });
  }
  const { flows, nodes } = (Array.isArray(value) ? { flows: value } : (value ?? {})) as Record<
    string,
    unknown
  >;
  const list = flows ?? nodes;
  if (!Array.isArray(list)) throw new WorkflowError('command.notFlow');
  return list as FlowNode[];
}

/** Names come from a file: they are not to move the cursor of a terminal, or to look like another message. */
export function oneLine(said: string): string {
  return said.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
}
