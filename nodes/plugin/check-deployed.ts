import type { NodeAPI } from 'node-red';
import type { NodeConfig } from '../../src/runs/trust';
import { checkFlow, type Finding } from '../../src/workflow/check-flow';
import { migrate } from '../migrate';
import { ourTypes } from '../runtime';

const knowledge = {
  isOurs: (type: string) => ourTypes.has(type),
  writes: (type: string) => ourTypes.get(type)?.writes === true,
};

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
    for (const finding of checkFlow([...configs.values()], knowledge)) {
      if (finding.danger) warn(finding, configs);
    }
  }

  function warn({ key, nodes, trigger, module = '' }: Finding, configs: Map<string, NodeConfig>): void {
    const nameOf = (id = '') => {
      const node = configs.get(id);
      return node && typeof node.name === 'string' && node.name !== '' ? node.name : (node?.type ?? '');
    };
    const params = { node: nameOf(nodes[0]), nodes: nodes.map(nameOf).join(', '), trigger: nameOf(trigger) };
    const words = RED._(`misp-editor.checks.findings.${key}`, { ...params, module });
    // A node in a subflow runs once for each instance, under other ids.
    const node = RED.nodes.getNode(nodes[0]);
    if (node) node.warn(words);
    else RED.log.warn(words);
  }
}
