import { isSet } from '../event/flags';
import type { CallOptions, MispClient } from './client';

type Said = { message?: string };

/** Accepts a proposal (`shadow_attributes/accept`). MISP says so even if a workflow has stopped it. */
export function acceptAttributeProposal(
  client: MispClient,
  key: string,
  options: CallOptions = {},
): Promise<Said> {
  return client.post(`/shadow_attributes/accept/${encodeURIComponent(key)}`, {}, options);
}

/** Discards a proposal (`shadow_attributes/discard`). */
export function discardAttributeProposal(
  client: MispClient,
  key: string,
  options: CallOptions = {},
): Promise<Said> {
  return client.post(`/shadow_attributes/discard/${encodeURIComponent(key)}`, {}, options);
}

/** Whether a proposal is still open (`shadow_attributes/view`). @throws {WorkflowError} `misp.notFound` if it is not */
export async function isProposalOpen(
  client: MispClient,
  key: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const answer = await client.get<{ ShadowAttribute?: { deleted?: unknown } }>(
    `/shadow_attributes/view/${encodeURIComponent(key)}`,
    signal,
  );
  return answer.ShadowAttribute !== undefined && !isSet(answer.ShadowAttribute.deleted);
}
