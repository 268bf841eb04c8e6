import type { NodeAPI } from 'node-red';
import type { NodeConfig } from '../../src/runs/trust';
import { checkFlow, type Finding } from '../../src/checks/check-flow';
import { looksAtAttributes } from '../attributes-when';
import { migrate } from '../migrate';
import { ourTypes } from '../our-types';
import { runtimeOf } from '../runtime';

const knowledge = {
  isOurs: (type: string) => ourTypes.has(type),
  writes: (type: string) => ourTypes.get(type)?.writes === true,
  fieldsOf: (type: string) => ourTypes.get(type)?.fields ?? {},
  looksAtAttributes(node: NodeConfig) {
    const description = ourTypes.get(node.type);
    return description !== undefined && looksAtAttributes(description, node);
  },
};

/** Of what a node cannot start without it speaks itself. */
const isSaidByNode = ({ key, field = '' }: Finding, type = '') =>
  key === 'lacks' && ['config', 'secret'].includes(ourTypes.get(type)?.fields[field]?.kind ?? '');

/** The editor migrates what it loads, but a flow may run without having been opened since. */
function ofPresentVersion(config: NodeConfig): NodeConfig {
  const description = ourTypes.get(config.type);
  return description ? (migrate(description, config) as NodeConfig) : config;
}

/** A Node-RED that is started again in its process loads this package again, and keeps its events. */
const checks = new WeakMap<object, () => void>();

/** Says once after each deploy, in the log, where MISP would go on unblocked or a run would fail. */
export function checkDeployed(RED: NodeAPI): void {
  const before = checks.get(RED.events);
  if (before) RED.events.off('flows:started', before);
  checks.set(RED.events, check);
  RED.events.on('flows:started', check);

  function check(): void {
    const configs = new Map<string, NodeConfig>();
    RED.nodes.eachNode((config) => configs.set(config.id, ofPresentVersion(config as unknown as NodeConfig)));
    const isOpaque = (node: NodeConfig) => runtimeOf(RED).isOpaque(node);
    for (const finding of checkFlow([...configs.values()], { ...knowledge, isOpaque })) {
      if (finding.danger && !isSaidByNode(finding, configs.get(finding.nodes[0])?.type))
        warn(finding, configs);
    }
  }

  const labelOf = (type: string, field: string) =>
    field && RED._(`@misp-flows/node-red-misp/${type}:${type}.fields.${field}.label`);

  function warn(
    { key, nodes, trigger, module = '', field = '', outputs = [] }: Finding,
    configs: Map<string, NodeConfig>,
  ): void {
    const nameOf = (id = '') => {
      const node = configs.get(id);
      return node && typeof node.name === 'string' && node.name !== '' ? node.name : (node?.type ?? '');
    };
    const params = { node: nameOf(nodes[0]), nodes: nodes.map(nameOf).join(', '), trigger: nameOf(trigger) };
    const words = RED._(`misp-editor.checks.findings.${key}`, {
      ...params,
      module,
      outputs: outputs.map((index) => index + 1).join(', '),
      field: labelOf(configs.get(nodes[0])?.type ?? '', field),
    });
    // A node in a subflow runs once for each instance, under other ids.
    const node = RED.nodes.getNode(nodes[0]);
    if (node) node.warn(words);
    else RED.log.warn(words);
  }
}
