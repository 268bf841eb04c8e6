import type { Approval, Approver } from '../../../src/approval/approval';
import { provenBy } from '../../../src/misp/account';
import type { MispClient } from '../../../src/misp/client';
import { eventHeads } from '../../../src/misp/events';
import { textOf } from '../../../src/event/values';
import { WorkflowError } from '../../../src/text';
import type { ServerNode } from '../../config/misp-server';
import type { KeyValue } from '../../definition';

/** What somebody brings to show who he is: his key of MISP, or that Node-RED knows him by name. */
export interface Asker {
  key?: string;
  /** As Node-RED has logged him in. */
  user?: string;
}

/** Who may approve. */
export interface ApproverSettings {
  who: 'misp' | 'node-red';
  /** Addresses of users of MISP; without any, all who may publish. */
  approvers: readonly string[];
  /** Users of Node-RED, and who they are in MISP. */
  logins: readonly KeyValue[];
}

/** An address as addresses are compared. */
export const address = (text: unknown): string => textOf(text).trim().toLowerCase();

/** @throws {WorkflowError} why it is nobody who may approve this */
export function approverOf(
  { key = '', user = '' }: Asker,
  { event }: Approval,
  { who, approvers, logins }: ApproverSettings,
  server: Pick<ServerNode, 'withKey'>,
): Approver | Promise<Approver> {
  if (who === 'misp') return userOfMisp(key.trim(), event.uuid, approvers, server);
  if (user === '') throw new WorkflowError('approval.noUsers');
  const email = address(logins.find(({ name }) => name.trim() === user)?.value);
  if (email === '') throw new WorkflowError('approval.notMapped', { user });
  return { email, name: `${user} (${email})` };
}

/** MISP itself says who it is, and whether he sees the event. */
async function userOfMisp(
  key: string,
  uuid: string,
  approvers: readonly string[],
  server: Pick<ServerNode, 'withKey'>,
): Promise<Approver> {
  if (key === '') throw new WorkflowError('approval.noKey');
  const client = server.withKey(key);
  try {
    const { email, publishes } = await provenBy(client);
    const listed = approvers.map(address).filter((one) => one !== '');
    if (listed.length > 0 && !listed.includes(email))
      throw new WorkflowError('approval.notListed', { email });
    if (listed.length === 0 && !publishes) throw new WorkflowError('approval.mayNotPublish', { email });
    const heads = await eventHeads(client, [uuid]);
    if (!heads.has(uuid.toLowerCase())) throw new WorkflowError('approval.cannotSee');
    return { email, name: email };
  } finally {
    client.close();
  }
}

/**
 * Address of who made the event, as MISP has it now; empty if the key may not know it.
 * @throws {WorkflowError} if MISP does not have the event
 */
export async function authorIn(client: MispClient, uuid: string, signal?: AbortSignal): Promise<string> {
  const head = (await eventHeads(client, [uuid], signal)).get(uuid.toLowerCase());
  if (!head) throw new WorkflowError('approval.gone');
  return address(head.fields.event_creator_email);
}
