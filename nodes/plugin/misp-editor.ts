import type { NodeAPI } from 'node-red';

/** Brings the editor script of this package into the editor, before the nodes are loaded. */
export default function register(RED: NodeAPI): void {
  RED.plugins.registerPlugin('misp-workflows', { type: 'misp-workflows' });
}
