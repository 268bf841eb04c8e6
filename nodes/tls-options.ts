import type { Node, NodeAPI } from 'node-red';
import { tlsProblem } from '../src/listener/tls-problem';
import { WorkflowError } from '../src/text';

interface TlsNode extends Node {
  valid?: boolean;
  addTLSOptions?(options: object): TlsOptions;
}

/** PEM texts of a `tls-config` node. */
export interface TlsOptions {
  ca?: string;
  cert?: string;
  key?: string;
  passphrase?: string;
}

/** What forms give for "none". */
const NONE = ['', '_ADD_'];

/**
 * What a node's `tls-config` says; nothing if it has none.
 * @throws {WorkflowError} if it is not there or cannot be used: without it a node would talk in the open, or trust
 * another certificate than it was told to
 */
export function tlsOptions(RED: NodeAPI, id: string | undefined): TlsOptions {
  if (id === undefined || NONE.includes(id)) return {};
  const node = RED.nodes.getNode(id) as TlsNode | null;
  if (!node?.addTLSOptions) throw new WorkflowError('tls.missing');
  if (node.valid === false) throw new WorkflowError('tls.broken');
  const { ca, cert, key, passphrase } = node.addTLSOptions({});
  const options = { ca, cert, key, passphrase };
  const problem = tlsProblem(options);
  if (problem) throw new WorkflowError('tls.unusable', { problem });
  return options;
}
