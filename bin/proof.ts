import { setTimeout as pause } from 'node:timers/promises';
import { isRecord, textOf } from '../src/event/values';
import { text, words, WorkflowError } from '../src/text';
import { NodeRedApi, type DeployedNode } from './node-red-api';
import { readProofCall, type ProofCall } from './proof-call';
import { oneLine } from './read';

/** 0: nothing is red, or it was told alone. 1: it cannot be proved. 2: wrong call. 4: something is red. */
export type ProofStatus = 0 | 1 | 2 | 4;

const PAUSE_MS = 300;

/**
 * Proves the round trip of a trigger that is deployed: Node-RED makes an event of its own in MISP, and answers for that
 * one event alone. It ends and tidies up there, also if this command is stopped.
 */
export async function runProof(args: string[]): Promise<ProofStatus> {
  const call = readProofCall(args);
  if (call === 'help') {
    say(words(text('command.proofUsage')));
    return 0;
  }
  if (typeof call === 'string') {
    process.stderr.write(`${oneLine(call)}\n${words(text('command.proofUsage'))}\n`);
    return 2;
  }
  const nodeRed = new NodeRedApi(call.nodeRed);
  try {
    return await prove(nodeRed, call);
  } catch (error) {
    process.stderr.write(`${oneLine(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  } finally {
    nodeRed.close();
  }
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function prove(nodeRed: NodeRedApi, call: ProofCall): Promise<ProofStatus> {
  const nodes = await nodeRed.nodes();
  const { key, dead } = call;
  const asked = { trigger: triggerIn(nodes, call), server: serverIn(nodes, call), key, dead };
  const plan = await nodeRed.ask('POST', 'misp-workflows/proof/plan', asked);
  const [effects, hindrances] = [linesOf(plan.effects), linesOf(plan.hindrances)];
  if (!effects || !hindrances) throw nodeRed.strange();
  for (const hindrance of hindrances) process.stderr.write(`${oneLine(hindrance)}\n`);
  if (hindrances.length > 0) return 1;
  effects.forEach((effect, index) => say(`${index + 1}. ${oneLine(effect)}`));
  if (call.dryRun) return 0;
  const begun = await nodeRed.ask('POST', 'misp-workflows/proof/start', { ...asked, seen: effects });
  // Somebody has deployed in between.
  if (begun.changed === true) throw new WorkflowError('command.proofChanged');
  if (typeof begun.run !== 'string') throw nodeRed.strange();
  return follow(nodeRed, begun.run);
}

/** Tells what is seen as it is seen. */
async function follow(nodeRed: NodeRedApi, run: string): Promise<ProofStatus> {
  let told = 0;
  let isRed = false;
  for (;;) {
    const { rows, isOver, failed } = await nodeRed.ask(
      'GET',
      `misp-workflows/proof/runs/${encodeURIComponent(run)}`,
    );
    if (!Array.isArray(rows)) throw nodeRed.strange();
    for (const row of rows.slice(told).filter(isRecord)) {
      const level = textOf(row.level);
      isRed ||= level !== 'green' && level !== 'yellow';
      say(`${oneLine(level).padEnd(6)} ${oneLine(textOf(row.words))}`);
    }
    told = rows.length;
    if (typeof failed === 'string') throw new WorkflowError('command.nodeRedSays', { problem: failed });
    if (isOver === true) return isRed || told === 0 ? 4 : 0;
    await pause(PAUSE_MS);
  }
}

function triggerIn(nodes: readonly DeployedNode[], { module }: ProofCall): string {
  const found = nodes.filter((node) => node.type === 'misp-trigger' && node.module === module);
  if (found.length === 0) throw new WorkflowError('command.testNoTrigger', { module });
  if (found.length > 1) throw new WorkflowError('command.proofTriggers', { module });
  return found[0].id;
}

/** The MISP server node of the address; without one, the only one there is. */
function serverIn(nodes: readonly DeployedNode[], { url }: ProofCall): string {
  const servers = nodes.filter(({ type }) => type === 'misp-server');
  const found = url === undefined ? servers : servers.filter((node) => isSame(textOf(node.url), url));
  if (found.length !== 1) {
    const addresses = servers.map((node) => textOf(node.url)).join(', ');
    throw new WorkflowError('command.proofMisp', { addresses });
  }
  return found[0].id;
}

const isSame = (one: string, other: string): boolean => bare(one) === bare(other);
const bare = (url: string): string => (URL.canParse(url) ? new URL(url).href : url).replace(/\/+$/, '');

function linesOf(sent: unknown): string[] | undefined {
  return Array.isArray(sent) && sent.every((line) => typeof line === 'string') ? sent : undefined;
}
