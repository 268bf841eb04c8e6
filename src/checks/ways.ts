import type { NodeConfig } from '../runs/trust';
import { answeredBehind, isSideOutput } from './answered';
import type { Finding, FindingKey } from './finding';
import type { FlowGraph } from './flow-graph';
import type { Port } from './ports';

/**
 * Ways out of a flow on which MISP gets no answer, where a response has to give it: outputs without a wire, ends,
 * and switches that may let a message go nowhere. Of several wires on one output one answered is enough.
 * @param triggers those that wait for a response, by whose runs a node is reached
 */
export function wayFindings(
  graph: FlowGraph,
  triggers: readonly NodeConfig[],
  inRun: Map<string, string>,
): Finding[] {
  const {
    at,
    behind: isAnswered,
    output,
  } = answeredBehind(graph, (id) => inRun.has(id), { mayEnd: mayDrop });
  const leadsToResponse = backwards(graph);
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const { id } of triggers) walk(id, id);
  return [...findings, ...catches()];

  function walk(start: string, trigger: string): void {
    const queue = [start];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      const node = graph.nodes.get(id);
      if (node) queue.push(...behind(node, trigger));
    }
  }

  /** An error that was taken is no failure any more: a trigger that allows failures blocks behind a silent Catch. */
  function catches(): Finding[] {
    const lenient = new Set(triggers.filter(({ onError }) => onError === 'allow').map(({ id }) => id));
    return [...graph.nodes.values()].flatMap(({ id, type }): Finding[] => {
      const trigger = inRun.get(id);
      const surprises = type === 'catch' && trigger !== undefined && lenient.has(trigger) && !isAnswered(id);
      return surprises ? [{ key: 'catchWithoutAnswer', danger: false, nodes: [id], trigger }] : [];
    });
  }

  /** Notes what is wrong at a node, and tells where else to look. */
  function behind(node: NodeConfig, trigger: string): string[] {
    const note = (key: FindingKey, outputs?: number[]) => {
      findings.push({ key, danger: true, nodes: [node.id], trigger, ...(outputs ? { outputs } : {}) });
    };
    const ports = graph.ports.get(node.id) ?? [];
    if (ports.length === 0 || node.type === 'misp-concurrent') {
      note('endWithoutAnswer');
      return [];
    }
    if (mayDrop(node)) note('switchWithoutOtherwise');
    const next = [...(graph.calls.get(node.id) ?? [])];
    const open: number[] = [];
    ports.forEach((port, index) => {
      if (isSideOutput(node, index) || output(node.id, index)) return;
      const targets = onwards(port);
      next.push(...targets);
      // What leaves a shared part is looked at where it comes out.
      if (targets.length === 0 && port.exits.length === 0) open.push(index);
    });
    if (open.length > 0) note('wayWithoutAnswer', open);
    return next.filter((id) => !at(id));
  }

  /** Where an answer is missing: on the ways that lead to one already, else on those that go on. */
  function onwards({ targets }: Port): string[] {
    const answering = targets.filter((target) => leadsToResponse.has(target));
    if (answering.length > 0) return answering;
    return targets.filter((target) => (graph.ports.get(target) ?? []).length > 0);
  }
}

interface Rule {
  t?: string;
  v?: unknown;
  vt?: unknown;
}

/** Whether a switch may let a message go nowhere, as far as its rules tell. */
export function mayDrop({ type, rules }: NodeConfig): boolean {
  if (type !== 'switch' || !Array.isArray(rules)) return false;
  const list = rules as Rule[];
  const has = (kind: string, like: Rule = {}) =>
    list.some(({ t, v, vt }) => t === kind && v === like.v && vt === like.vt);
  const isComplete = (rule: Rule) =>
    rule.t === 'else' || (rule.t === 'eq' && has('neq', rule)) || (rule.t === 'null' && has('nnull', rule));
  return !list.some(isComplete);
}

/** The nodes from which a response can be reached, over calls and links too. */
function backwards(graph: FlowGraph): Set<string> {
  const sources = new Map<string, string[]>();
  const edge = (from: string, to: string) => {
    const list = sources.get(to);
    if (list) list.push(from);
    else sources.set(to, [from]);
  };
  for (const [id, ports] of graph.ports)
    for (const { targets } of ports) for (const target of targets) edge(id, target);
  for (const [id, entries] of graph.calls) for (const entry of entries) edge(id, entry);
  const reached = new Set<string>();
  const queue = [...graph.nodes.values()].filter(({ type }) => type === 'misp-response').map(({ id }) => id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    queue.push(...(sources.get(id) ?? []));
  }
  return reached;
}
