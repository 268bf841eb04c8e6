import { checkPath } from '../../../src/event/check-path';
import { extract } from '../../../src/event/hash';
import { suggestPaths } from '../../../src/event/suggest-paths';
import { toCoreFormat } from '../../../src/event/to-core';
import { isEntries, valuesOf } from '../../../src/event/values';
import { compileTemplate, type Names } from '../../../src/template/template';
import type { Message } from '../../../src/runs/message';
import { saidBy, WorkflowError, type Said } from '../../../src/text';
import type { Saved } from '../../definition';
import type { Jsonata } from '../../jsonata';
import type { Sample } from '../../last-message';
import { tryNode } from '../../logic/trial';
import type { NodeAnswer, PathAnswer, Problem, TemplateAnswer, TriedOn } from '../api';

/** What is tried, with the message that it is tried on, if there is one. */
export type Job = NodeJob | PathJob | TemplateJob;

export interface NodeJob {
  do: 'node';
  type: string;
  /** The values of the form, deployed or not. */
  settings: Saved;
  /** An event as JSON, in place of the sample. */
  event: string;
  sample?: Sample;
}

export interface PathJob {
  do: 'path';
  path: string;
  /** The path is one inside the items that this selector finds. */
  selector: string;
  sample?: Sample;
}

export interface TemplateJob {
  do: 'template';
  template: string;
  /** What templates know besides the payload. */
  names: Names;
  sample?: Sample;
}

export type JobAnswer<J extends Job> = J extends NodeJob
  ? NodeAnswer
  : J extends PathJob
    ? PathAnswer
    : TemplateAnswer;

/** What is sent back: what is wrong has no words yet. */
export type Done<J extends Job> =
  JobAnswer<J> extends infer A ? (A extends Problem ? Omit<A, 'problem'> & { problem: Said } : A) : never;

/** Found values are shown up to this number and length. */
const MOST_VALUES = 5;
const MOST_CHARACTERS = { node: 600, path: 60 };
const MOST_RENDERED = 4000;

/** Does a job. What is wrong with it is an answer too. */
export async function carryOut(job: Job, jsonata: Jsonata): Promise<Done<Job>> {
  try {
    if (job.do === 'node') return await onNode(job, jsonata);
    return job.do === 'path' ? onPath(job) : onTemplate(job);
  } catch (error) {
    return { problem: saidBy(error) };
  }
}

async function onNode(job: NodeJob, jsonata: Jsonata): Promise<NodeAnswer> {
  const { message, ...source } = messageFor(job);
  const trial = await tryNode(jsonata, job.type, job.settings, message);
  if (!trial) throw new WorkflowError('trial.noDecision', { type: job.type });
  return { ...source, outcome: trial.outcome, found: shortened(trial.found, MOST_CHARACTERS.node) };
}

function messageFor({ event, sample }: NodeJob): TriedOn & { message: Message } {
  if (event.trim()) return { source: 'pasted', message: { payload: pasted(event) } };
  if (!sample) throw new WorkflowError('trial.noMessage');
  return { source: sample.kind, trigger: sample.trigger, message: sample.message };
}

/** An event in any of the forms in which a user may find it: of the REST API, of a message, without its frame. */
function pasted(json: string): unknown {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    throw new WorkflowError('trial.notJson', { problem: saidBy(error) });
  }
  const { payload, data: sent, Event } = (data ?? {}) as Record<string, unknown>;
  if (payload ?? sent) return toCoreFormat(payload ?? sent);
  return toCoreFormat(Event === undefined ? { Event: data } : data);
}

function onPath({ path, selector, sample }: PathJob): Done<PathJob> {
  const problem = checkPath(path);
  const items = sample && itemsOf(sample.message.payload, selector);
  // A path that is being written may not be readable yet; what it could become is offered all the same.
  const next = items ? suggestPaths(items[0], path) : [];
  if (problem) return { problem: problem.said, next };
  if (!sample || !items) return { count: 0, values: [], next };
  const found = items.flatMap((item) => (isEntries(item) ? valuesOf(extract(item, path)) : []));
  const values = found.slice(0, MOST_VALUES).map((value) => shortened(value, MOST_CHARACTERS.path));
  return { source: sample.kind, trigger: sample.trigger, count: found.length, values, next };
}

/** The whole data, or the items that a selector finds there. */
function itemsOf(data: unknown, selector: string): readonly unknown[] {
  return selector ? valuesOf(extract(data, selector)) : [data];
}

function onTemplate({ template: source, names, sample }: TemplateJob): TemplateAnswer {
  const template = compileTemplate(source);
  if (!sample) return {};
  const rendered = template.render(sample.message.payload, names).slice(0, MOST_RENDERED);
  return { source: sample.kind, trigger: sample.trigger, rendered };
}

function shortened(value: unknown, most: number): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
