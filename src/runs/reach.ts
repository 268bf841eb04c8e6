import { CORE_TYPES } from './core-types';
import type { NodeConfig } from './trust';

/** Whether a message that is at a node may still get to a response node that blocks. */
export interface Reach {
  (nodeId: string): boolean;
}

/** What is to be known of nodes. */
export interface ReachKnowledge {
  isOurs: (type: string) => boolean;
  /** What happens inside the node cannot be seen: an instance of a subflow that a package brings. */
  isOpaque?: (node: NodeConfig) => boolean;
}

/** Nodes that answer by themselves, and may stop MISP: for a module, or until somebody has approved. */
const ANSWERS_BY_ITSELF = new Set(['misp-module-out', 'misp-approval']);

/**
 * Whether the node is a response node that blocks, or one that answers by itself. An answer that is not set in the
 * flow, such as `${ANSWER}`, may be a block.
 */
export function isBlock(node: NodeConfig): boolean {
  if (ANSWERS_BY_ITSELF.has(node.type)) return true;
  return node.type === 'misp-response' && node.answer !== 'allow' && node.answer !== 'allow-at-once';
}

type Edge = (from: string, to: string) => void;

/**
 * Works out, once per deploy, from which nodes a block can be reached: by wires, links, into and out of
 * subflows, by Catch, Complete and Status nodes, and by what cannot be seen. Nodes that are not in the flow
 * file are taken for able to block. Linear in the flow's size.
 */
export function reachOf(configs: NodeConfig[], { isOurs, isOpaque = () => false }: ReachKnowledge): Reach {
  const known = new Set(configs.map((node) => node.id));
  const sources = backwards(configs, (type) => !isOurs(type) && !isCore(type));
  const reached = new Set<string>();
  const queue = configs.filter((node) => isBlock(node) || isOpaque(node)).map((node) => node.id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    for (const source of sources.get(id) ?? []) queue.push(source);
  }
  return (nodeId) => !known.has(nodeId) || reached.has(nodeId);
}

const isCore = (type: string) => CORE_TYPES.has(type) || type.startsWith('subflow');

/** Places that many nodes lead to, and that lead to many nodes: no node has such an id. */
const RETURN = 'hub return';
const DYNAMIC_CALL = 'hub dynamic';
const UNSEEN = 'hub unseen';
const failureOf = (nodeId: string) => `failure of ${nodeId}`;
const statusOf = (nodeId: string) => `status of ${nodeId}`;
const hubOfErrors = (place: unknown) => `hub errors ${String(place)}`;
const hubOfStatuses = (place: unknown) => `hub statuses ${String(place)}`;
const hubOfEntries = (subflow: string) => `hub entries ${subflow}`;
const hubOfExits = (subflow: string) => `hub exits ${subflow}`;

/** Node id -> the ids of the nodes from which a message can come. */
function backwards(configs: NodeConfig[], isUnknown: (type: string) => boolean): Map<string, string[]> {
  const sources = new Map<string, string[]>();
  const edge: Edge = (from, to) => {
    const list = sources.get(to);
    if (list) list.push(from);
    else sources.set(to, [from]);
  };
  for (const node of configs) {
    for (const target of targetsOf(node)) edge(node.id, target);
    if (node.type === 'link out' && node.mode === 'return') edge(node.id, RETURN);
    if (node.type === 'link call') edge(RETURN, node.id);
    if (node.type === 'link call' && node.linkType === 'dynamic') edge(node.id, DYNAMIC_CALL);
    if (node.type === 'link in') edge(DYNAMIC_CALL, node.id);
  }
  observerEdges(configs, edge);
  subflowEdges(configs, edge);
  unseenEdges(configs, isUnknown, edge);
  return sources;
}

/** They report no error, and show no status. */
const QUIET = new Set(['junction', 'link in', 'link out', 'catch', 'complete', 'status', 'comment']);

/** Catch, Complete and Status nodes get a message from each node that they look at. */
function observerEdges(configs: NodeConfig[], edge: Edge): void {
  for (const node of configs) {
    if (mayFail(node)) edge(node.id, failureOf(node.id));
    if (!QUIET.has(node.type)) edge(node.id, statusOf(node.id));
    edge(failureOf(node.id), hubOfErrors(node.z));
    edge(statusOf(node.id), hubOfStatuses(node.z));
    // A node that is looked at from a group is taken for one of the whole tab.
    const watched = Array.isArray(node.scope) ? (node.scope as string[]) : undefined;
    if (node.type === 'complete') for (const id of watched ?? []) edge(id, node.id);
    if (node.type !== 'catch' && node.type !== 'status') continue;
    const [one, all] = node.type === 'catch' ? [failureOf, hubOfErrors] : [statusOf, hubOfStatuses];
    for (const id of watched ?? []) edge(one(id), node.id);
    if (!watched) edge(all(node.z), node.id);
  }
}

function mayFail(node: NodeConfig): boolean {
  if (node.type === 'debug') return node.targetType === 'jsonata';
  return !QUIET.has(node.type) && (node.type !== 'misp-response' || isBlock(node));
}

/**
 * An instance leads into its subflow; what leaves the subflow leaves every instance, and its errors and
 * statuses are those of the instances too.
 */
function subflowEdges(configs: NodeConfig[], edge: Edge): void {
  const subflows = new Map<string, string>();
  for (const node of configs) {
    if (node.type !== 'subflow') continue;
    subflows.set(`subflow:${node.id}`, node.id);
    for (const entry of portWires(node.in)) edge(hubOfEntries(node.id), entry);
    const exits = [...portWires(node.out), ...portWires([node.status])];
    for (const exit of exits) edge(exit, hubOfExits(node.id));
  }
  for (const instance of configs) {
    const subflow = subflows.get(instance.type);
    if (subflow === undefined) continue;
    edge(instance.id, hubOfEntries(subflow));
    for (const target of targetsOf(instance)) edge(hubOfExits(subflow), target);
    edge(hubOfErrors(subflow), failureOf(instance.id));
    edge(hubOfStatuses(subflow), statusOf(instance.id));
  }
}

/**
 * A node of another package may hand a message, without a wire, to a node of that package to which no wire
 * leads.
 */
function unseenEdges(configs: NodeConfig[], isUnknown: (type: string) => boolean, edge: Edge): void {
  const wired = new Set(configs.flatMap(targetsOf));
  for (const node of configs) {
    if (!isUnknown(node.type) || node.z === undefined || node.z === '') continue;
    edge(node.id, UNSEEN);
    if (!wired.has(node.id)) edge(UNSEEN, node.id);
  }
}

function portWires(ports: unknown): string[] {
  if (!Array.isArray(ports)) return [];
  const list = ports as ({ wires?: { id?: string }[] } | undefined)[];
  return list.flatMap((port) => (port?.wires ?? []).flatMap((wire) => (wire.id ? [wire.id] : [])));
}

function targetsOf(node: NodeConfig): string[] {
  // What is behind it is no part of the run any more.
  if (node.type === 'misp-concurrent') return [];
  const wires = Array.isArray(node.wires) ? (node.wires as string[][]).flat() : [];
  const links = (node.type === 'link out' || node.type === 'link call') && Array.isArray(node.links);
  return links ? [...wires, ...(node.links as string[])] : wires;
}
