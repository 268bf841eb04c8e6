import type { NodeConfig } from './trust';

/** Nodes of Node-RED that change messages, and nothing outside: what they do leads nobody to start a flow. */
const INNER = new Set([
  ...['junction', 'link in', 'link out', 'link call', 'debug', 'catch', 'complete', 'status', 'comment'],
  ...['switch', 'change', 'range', 'template', 'delay', 'trigger', 'rbe', 'split', 'join', 'sort', 'batch'],
  ...['csv', 'html', 'json', 'xml', 'yaml', 'file in'],
]);

/** Whether a node may change something outside of Node-RED. A function does so with modules alone. */
export function actsOutside(type: string, config: NodeConfig | undefined): boolean {
  if (type === 'function') return Array.isArray(config?.libs) && config.libs.length > 0;
  return !INNER.has(type) && !type.startsWith('subflow');
}
