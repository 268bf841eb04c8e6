import { isSet } from '../event/flags';
import type { CallOptions, MispClient } from './client';
import { one, said } from './expected';

/** Accepts a proposal (`shadow_attributes/accept`). MISP says so even if a workflow has stopped it. */
export function acceptAttributeProposal(
  client: MispClient,
  key: string,
  options: CallOptions = {},
): Promise<string> {
  const how = { ...options, expect: said(/accepted/i) };
  return client.post(`/shadow_attributes/accept/${encodeURIComponent(key)}`, {}, how);
}

/** Discards a proposal (`shadow_attributes/discard`). */
export function discardAttributeProposal(
  client: MispClient,
  key: string,
  options: CallOptions = {},
): Promise<string> {
  const how = { ...options, expect: said(/discarded/i) };
  return client.post(`/shadow_attributes/discard/${encodeURIComponent(key)}`, {}, how);
}

/** Whether a proposal is still open (`shadow_attributes/view`). @throws {WorkflowError} `misp.notFound` if it is not */
export async function isProposalOpen(
  client: MispClient,
  key: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const path = `/shadow_attributes/view/${encodeURIComponent(key)}`;
  return !isSet((await client.get(path, signal, one('ShadowAttribute', key))).deleted);
}
