import { isBlock, reachOf } from '../runs/reach';
import { completionOf, type NodeConfig } from '../runs/trust';
import { triggerById } from '../triggers/triggers';
import { answeredBehind } from './answered';
import { disabledFindings, emptyFindings } from './dead-ends';
import type { Finding, TypeKnowledge } from './finding';
import { graphOf, type FlowGraph } from './flow-graph';
import { deafFindings, portFindings } from './listeners';
import { sameModules } from './module-names';
import { reachedFrom } from './reached';
import { clearingFindings, deadlineFindings, settingsFindings } from './settings';
import { thinDataFindings } from './thin-data';
import { wayFindings } from './ways';

export type { Finding, TypeKnowledge };

/**
 * Looks for what goes wrong in a flow although each of its nodes is set up properly. Disabled nodes and tabs
 * are not looked at. Pure; linear in the flow's size.
 * @param configs the nodes as they stand in a flow file
 */
export function checkFlow(configs: readonly NodeConfig[], knowledge: TypeKnowledge): Finding[] {
  const graph = graphOf(configs);
  const nodes = [...graph.nodes.values()];
  const subflows = configs.filter(({ type }) => type === 'subflow');
  const mayBlock = reachOf([...subflows, ...nodes], knowledge);
  const triggers = nodes.flatMap((node) => {
    const trigger = node.type === 'misp-trigger' && triggerById(String(node.trigger));
    if (!trigger) return [];
    const waits = trigger.blocking && node.goOn !== 'watch';
    return [{ ...trigger, id: node.id, waits, node }];
  });
  const from = (list: { id: string }[], observers = true) =>
    reachedFrom(
      graph,
      list.map(({ id }) => [id, id]),
      { endsAt: isConcurrent, observers },
    );
  const blocking = triggers.filter(({ waits }) => waits);
  const quiet = triggers.filter(({ waits }) => !waits);
  const inBlockingRun = from(blocking);
  const inQuietRun = from(quiet);
  const wiredToQuiet = from(quiet, false);
  const waiting = blocking.map(({ node }) => node);
  const answerable = waiting.filter(({ goOn }) => goOn === 'response');
  const hopeless = outcomes();
  return [
    ...responses(),
    ...unfinished(),
    ...writes(),
    ...modules(),
    ...hopeless,
    ...ways(),
    ...approvals(),
    ...disabledFindings(graph, configs, inBlockingRun),
    ...emptyFindings(graph, inBlockingRun, mayBlock),
    ...settingsFindings(graph, knowledge),
    ...deadlineFindings(waiting),
    ...clearingFindings(triggers.map(({ node }) => node)),
    ...thinDataFindings(graph, knowledge),
    ...portFindings(graph),
    ...deafFindings(graph, knowledge),
  ];

  /** Triggers whose runs can only end in one way. */
  function outcomes(): Finding[] {
    const answersFrom = reachOfAnswers();
    return waiting.flatMap(({ id, goOn }): Finding[] => {
      if (goOn === 'response' && !answersFrom(id))
        return [{ key: 'alwaysBlocks', danger: true, nodes: [id] }];
      const isSet = goOn === 'response' || goOn === 'ended';
      return isSet && !mayBlock(id) ? [{ key: 'neverBlocks', danger: true, nodes: [id] }] : [];
    });
  }

  /** Like the reach of blocks, with every response taken for one. */
  function reachOfAnswers(): (id: string) => boolean {
    const asBlocks = nodes.map((node) =>
      node.type === 'misp-response' ? { ...node, answer: 'block' } : node,
    );
    return reachOf([...subflows, ...asBlocks], knowledge);
  }

  /** Where nothing can answer, that is said of the trigger, and not of each way. */
  function ways(): Finding[] {
    const silent = new Set(hopeless.flatMap(({ key, nodes: [id] }) => (key === 'alwaysBlocks' ? [id] : [])));
    const judged = answerable.filter(({ id }) => !silent.has(id));
    return wayFindings(graph, judged, from(judged));
  }

  /** Whoever can make a run fail or be late passes an approval behind a trigger that lets MISP go on then. */
  function approvals(): Finding[] {
    const inLenientRun = from(
      waiting.filter(({ onError, onDeadline }) => onError === 'allow' || onDeadline === 'allow'),
    );
    return nodes.flatMap(({ id, type }): Finding[] => {
      const trigger = type === 'misp-approval' ? inLenientRun.get(id) : undefined;
      return trigger === undefined ? [] : [{ key: 'approvalPassed', danger: true, nodes: [id], trigger }];
    });
  }

  function responses(): Finding[] {
    const inRun = new Map([...inQuietRun, ...inBlockingRun]);
    const detached = detachedFrom(graph, inRun, () => false);
    // A link call whose target the message names may lead to any of them.
    const callsAny = nodes.some((node) => node.linkType === 'dynamic' && inRun.has(node.id));
    const mayBeCalled = from(callsAny ? nodes.filter(({ type }) => type === 'link in') : []);
    return nodes.flatMap((node): Finding[] => {
      const { id, type } = node;
      if (type !== 'misp-response') return [];
      const danger = isBlock(node);
      const trigger = wiredToQuiet.get(id) ?? (inBlockingRun.has(id) ? undefined : inQuietRun.get(id));
      if (trigger !== undefined && danger)
        return [{ key: 'blockWithoutEffect', danger, nodes: [id], trigger }];
      if (inRun.has(id) || mayBeCalled.has(id)) return [];
      const key = detached.has(id) ? 'detachedResponse' : 'unreachedResponse';
      return [{ key, danger, nodes: [id] }];
    });
  }

  function unfinished(): Finding[] {
    const suspects = nodes.filter(
      (node) =>
        inBlockingRun.has(node.id) &&
        mayBlock(node.id) &&
        completionOf(node, (type) => knowledge.isOurs(type)) === 'unknown',
    );
    if (suspects.length === 0) return [];
    const isAnswered = answeredBehind(graph, (id) => inBlockingRun.has(id));
    return suspects
      .filter(({ id }) => !isAnswered.behind(id))
      .map(({ id }) => ({
        key: graph.ports.get(id)?.length ? 'unfinished' : 'unfinishedEnd',
        danger: false,
        nodes: [id],
        trigger: inBlockingRun.get(id),
      }));
  }

  function writes(): Finding[] {
    const inside = from(blocking.filter(({ stallsSaving }) => stallsSaving));
    // What waits for a while first is taken to wait for MISP's answer.
    const beside = detachedFrom(graph, inside, ({ type }) => type === 'delay' || type === 'misp-delay');
    return nodes.flatMap(({ id, type }): Finding[] => {
      if (!knowledge.writes(type)) return [];
      if (inside.has(id))
        return [{ key: 'writeBeforeSave', danger: true, nodes: [id], trigger: inside.get(id) }];
      if (!beside.has(id)) return [];
      return [{ key: 'writeBesideBeforeSave', danger: false, nodes: [id], trigger: beside.get(id) }];
    });
  }

  function modules(): Finding[] {
    return sameModules(graph).map((group) => ({
      key: 'moduleTwice',
      danger: true,
      nodes: group.map(({ id }) => id),
      module: String(group[0].module),
    }));
  }
}

const isConcurrent = ({ type }: NodeConfig) => type === 'misp-concurrent';

/** What is behind the concurrent branches that begin at the nodes reached, with the trigger of each. */
function detachedFrom(
  graph: FlowGraph,
  reached: Map<string, string>,
  endsAt: (node: NodeConfig) => boolean,
): Map<string, string> {
  const first = [...reached].flatMap(([id, trigger]) => {
    const node = graph.nodes.get(id);
    if (!node || !isConcurrent(node)) return [];
    return (graph.ports.get(id) ?? []).flatMap(({ targets }) =>
      targets.map((target): [string, string] => [target, trigger]),
    );
  });
  return reachedFrom(graph, first, { endsAt, observers: false });
}
