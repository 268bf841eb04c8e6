import type { NodeAPI } from 'node-red';
import type { Names } from '../src/template/template';
import { isRecord } from '../src/event/values';
import { mispOf, type Message } from '../src/runs/message';

/**
 * What templates know besides the payload: `_approval`, of a publication that waits for somebody, and `_env`. Newer MISPs give `_env`, with their address as `_env.baseurl`: what MISP
 * sent with the request counts, else the address of the node's MISP, or of the trigger's.
 * @param own id of the MISP that the node asks
 */
export function namesFor(RED: NodeAPI, message: Message, own?: unknown): Names {
  const { approval } = mispOf(message);
  const env = envFor(RED, message, own);
  return approval === undefined ? env : { ...env, _approval: approval };
}

function envFor(RED: NodeAPI, message: Message, own: unknown): Names {
  const { payload } = message;
  if (isRecord(payload) && payload._env !== undefined) return {};
  const { env, server } = mispOf(message);
  if (env !== undefined) return { _env: env };
  const baseurl = urlOf(RED, own) ?? urlOf(RED, server);
  return baseurl === undefined ? {} : { _env: { baseurl } };
}

function urlOf(RED: NodeAPI, id: unknown): string | undefined {
  if (typeof id !== 'string' || id === '') return undefined;
  const node = RED.nodes.getNode(id) as { client?: { url?: string } } | null;
  return node?.client?.url?.replace(/\/+$/, '');
}
