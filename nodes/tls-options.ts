import type { Node, NodeAPI } from 'node-red';

interface TlsNode extends Node {
  addTLSOptions(options: object): TlsOptions;
}

/** PEM texts of a `tls-config` node. */
export interface TlsOptions {
  ca?: string;
  cert?: string;
  key?: string;
  passphrase?: string;
}

/** What a node's `tls-config` says; nothing if it has none. */
export function tlsOptions(RED: NodeAPI, id: string): TlsOptions {
  const tls = id ? (RED.nodes.getNode(id) as TlsNode | null) : null;
  const { ca, cert, key, passphrase } = tls?.addTLSOptions({}) ?? {};
  return { ca, cert, key, passphrase };
}
