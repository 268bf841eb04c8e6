import type { NodeConfig } from '../runs/trust';
import { CLEARABLE } from '../triggers/triggers';
import { applies, isMissing } from './fields';
import type { Finding, TypeKnowledge } from './finding';
import type { FlowGraph } from './flow-graph';

/** So many seconds MISP waits, unless it is set up otherwise, less what the way takes. */
const LONGEST_DEADLINE = 9;

/** Nodes whose own settings make them useless: something is not filled in, or can never be so. */
export function settingsFindings(graph: FlowGraph, knowledge: TypeKnowledge): Finding[] {
  return [...graph.nodes.values()].flatMap((node) => {
    if (!knowledge.isOurs(node.type)) return [];
    return [...lacking(node, graph, knowledge), ...comparing(node, knowledge)];
  });
}

/** Deadlines that come when MISP has gone on by itself. */
export function deadlineFindings(waiting: readonly NodeConfig[]): Finding[] {
  return waiting
    .filter(({ deadline }) => Number(deadline) > LONGEST_DEADLINE)
    .map(({ id }) => ({ key: 'deadlineTooLong', danger: true, nodes: [id] }));
}

/** Triggers that are told to clear, and never do: nobody waits for it there. */
export function clearingFindings(triggers: readonly NodeConfig[]): Finding[] {
  return triggers
    .filter(
      ({ clears, trigger, goOn }) =>
        clears === true && (!CLEARABLE.includes(String(trigger)) || goOn === 'watch'),
    )
    .map(({ id }) => ({ key: 'clearsNothing', danger: true, nodes: [id] }));
}

function lacking(node: NodeConfig, { nodes }: FlowGraph, { fieldsOf }: TypeKnowledge): Finding[] {
  const valueOf = (name: string) => node[name];
  return Object.entries(fieldsOf(node.type)).flatMap(([name, field]): Finding[] => {
    if (!applies(field, valueOf)) return [];
    const value = field.kind === 'secret' ? secretOf(node, name) : configOf(node[name], field.kind);
    if (!isMissing(field, value, valueOf)) return [];
    return [{ key: 'lacks', danger: true, nodes: [node.id], field: name }];
  });

  function configOf(value: unknown, kind: string): unknown {
    return kind === 'config' && typeof value === 'string' && !value.includes('${') && !nodes.has(value)
      ? ''
      : value;
  }
}

/** Which secrets a node has is not always known; a password is told only to be there. */
function secretOf({ credentials }: NodeConfig, name: string): unknown {
  if (typeof credentials !== 'object' || credentials === null) return 'unknown';
  const known = credentials as Record<string, unknown>;
  return known[name] || (known[`has_${name}`] ? 'saved' : '');
}

/** "Equals" compares with one value; a path over a list finds a list. */
function comparing(node: NodeConfig, { fieldsOf }: TypeKnowledge): Finding[] {
  const valueOf = (name: string) => node[name];
  return Object.entries(fieldsOf(node.type)).flatMap(([name, field]): Finding[] => {
    if (!applies(field, valueOf)) return [];
    const value = node[name];
    const isWrong =
      field.kind === 'filter'
        ? findsSeveral((value as { path?: unknown } | undefined)?.path) &&
          EQUALS.has((value as { operator?: unknown } | undefined)?.operator)
        : name === 'hash_path' && findsSeveral(value) && EQUALS.has(node.operator);
    return isWrong ? [{ key: 'equalsSeveral', danger: true, nodes: [node.id], field: name }] : [];
  });
}

const EQUALS = new Set<unknown>(['equals', 'not_equals']);

const findsSeveral = (path: unknown) => typeof path === 'string' && /\{[ns*]\}/.test(path);
