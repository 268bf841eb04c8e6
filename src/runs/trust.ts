import { whyUnfinished } from './function-code/finished';
import type { Completion, Traits } from './traits';

/** A node as it is saved in the flow file. */
export interface NodeConfig {
  id: string;
  type: string;
  [property: string]: unknown;
}

/** Core node types whose "done" the tests in test/flows/verdicts.test.ts have proved, however they are set up. */
const FINISHED_WHEN_DONE = new Set([
  'catch',
  'change',
  'complete',
  'csv',
  'debug',
  'exec',
  'file',
  'file in',
  'html',
  'http request',
  'json',
  'junction',
  'link call',
  'link in',
  'link out',
  'range',
  'status',
  'template',
  'xml',
  'yaml',
]);

/** Core node types of which it depends on their settings. */
const BY_SETTINGS: Record<string, (node: NodeConfig) => Traits> = {
  delay: ({ pauseType }) => finishedIf(DELAYS.has(pauseType)),
  function: (node) => ({ ...finishedIf(!whyUnfinished(node)), decides: true }),
  join: ({ mode }) => ({ ...unmixedIf((mode ?? 'auto') === 'auto'), groups: true }),
  split: ({ stream }) => unmixedIf(stream === false || stream === undefined),
  switch: (node) => ({ completion: collectsSequences(node) ? 'unknown' : 'queue', decides: true }),
  trigger: (node) => ({ ...finishedIf(!sendsLater(node)), sends: messagesOfTrigger(node) }),
};

/** The others queue by topic, and drop messages of other runs. Settings may also come from `${ENV}`. */
const DELAYS = new Set<unknown>([undefined, 'delay', 'delayv', 'random', 'rate']);

/** What they pass on, or nothing, is what they have decided. */
const DECIDERS = new Set(['catch', 'complete', 'status']);

/**
 * How a node treats its messages. What is not known is not trusted.
 * @param node undefined for a node that is not in the flow file: one inside a subflow of a package
 * @param isOurs tells the node types of this package
 */
export function traitsOf(
  type: string,
  node: NodeConfig | undefined,
  isOurs: (type: string) => boolean,
): Traits {
  if (isOurs(type)) return { completion: 'done', decides: true };
  if (FINISHED_WHEN_DONE.has(type)) return { completion: 'done', decides: DECIDERS.has(type) };
  if (type === 'rbe' || type.startsWith('subflow:')) return { completion: 'return', decides: false };
  const bySettings = Object.hasOwn(BY_SETTINGS, type) ? BY_SETTINGS[type] : undefined;
  return node && bySettings ? bySettings(node) : finishedIf(false);
}

/** When a node has finished with a message, from its settings. */
export function completionOf(node: NodeConfig, isOurs: (type: string) => boolean): Completion {
  return traitsOf(node.type, node, isOurs).completion;
}

function finishedIf(isFinished: boolean): Traits {
  return { completion: isFinished ? 'done' : 'unknown', decides: false };
}

/**
 * A node that otherwise mixes the messages of several runs: what it sends in the name of one may be made of the
 * data of another, so an allow behind it is no answer.
 */
function unmixedIf(isUnmixed: boolean): Traits {
  return isUnmixed ? finishedIf(true) : MIXES;
}

/** Of a node that mixes the messages of several runs. */
export const MIXES: Traits = { completion: 'unknown', decides: false, sends: Infinity };

/** A switch that recreates message sequences keeps messages back until the sequence is complete. */
function collectsSequences(node: NodeConfig): boolean {
  const rules = Array.isArray(node.rules) ? (node.rules as { t?: string }[]) : [];
  return rules.some((rule) => rule.t === 'tail') || Boolean(node.repair);
}

/** A trigger node that sends a second message, or repeats the first, does so after done. */
function sendsLater(node: NodeConfig): boolean {
  return node.op2type !== 'nul' || repeats(node);
}

/** What is no number may be one that comes from `${ENV}`. */
const repeats = ({ duration = 250 }: NodeConfig) => !(Number(duration) >= 0);

/** One that is extended by later messages puts the payload of the first into the last of them. */
function mixesPayloads({ extend, op2type }: NodeConfig): boolean {
  return Boolean(extend) && extend !== 'false' && op2type !== 'nul' && op2type !== 'payl';
}

function messagesOfTrigger(node: NodeConfig): number {
  if (repeats(node) || mixesPayloads(node)) return Infinity;
  return (node.op1type === 'nul' ? 0 : 1) + (node.op2type === 'nul' ? 0 : 1);
}
