import { randomBytes } from 'node:crypto';
import { WorkflowError } from '../text';
import type { Approval, Approver } from './approval';
import type { KeepsApprovals } from './files';
import { idIn, tokenOf } from './links';
import { short } from './shown';

export interface ApprovalLimits {
  /** That wait at a time. */
  waiting: number;
  /** That are decided, and kept to say so to who follows an old link. */
  kept: number;
  keptMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
export const APPROVAL_LIMITS: ApprovalLimits = { waiting: 500, kept: 1000, keptMs: 30 * DAY_MS };

const MOST_COMMENT = 1000;

/** An event that wants to be published. */
export type Asked = Pick<Approval, 'node' | 'digest' | 'author' | 'event' | 'findings'> & { validMs: number };

/** What became of it: it passes, once; or it waits for somebody. */
export type Answer =
  { passes: true; approval: Approval } | { passes: false; isNew: boolean; approval: Approval };

export type Decision = 'approved' | 'refused';

/**
 * Requests for approval. Each change is kept before anybody is told of it, and all of them come one after
 * another: of two approvers at once one is first. What cannot be kept is an error, and nothing has changed.
 */
export class Approvals {
  private readonly known: Map<string, Approval>;
  private signedWith: string | undefined;

  constructor(
    private readonly files: KeepsApprovals,
    private readonly limits = APPROVAL_LIMITS,
    private readonly now: () => number = Date.now,
  ) {
    this.known = new Map(files.read().map((approval) => [approval.id, approval]));
  }

  get(id: string): Approval | undefined {
    return this.known.get(id);
  }

  /** What the link to a request carries. @throws why it cannot be kept */
  token({ id }: Approval): string {
    return tokenOf(this.secret, id);
  }

  /** The request that a link is for. @throws {WorkflowError} if it is forged, or nothing is known of it */
  find(token: unknown): Approval {
    const id = idIn(this.secret, token);
    const approval = id === undefined ? undefined : this.known.get(id);
    if (!approval) throw new WorkflowError('approval.unknownLink');
    return this.seen(approval);
  }

  /**
   * An event wants to be published: exactly the state that was approved passes, and once. Else it waits. A request for
   * another state of the event ends.
   * @throws {WorkflowError} if too many wait; why it cannot be kept
   */
  ask({ validMs, ...asked }: Asked): Answer {
    const open = this.of(asked.node).filter(
      (one) => one.event.uuid === asked.event.uuid && isOpen(this.seen(one)),
    );
    const same = open.find(({ digest }) => digest === asked.digest);
    if (same?.state === 'approved') {
      return { passes: true, approval: this.change(same, { state: 'used', used: this.now() }) };
    }
    for (const other of open) if (other !== same) this.change(other, { state: 'replaced' });
    if (same) return { passes: false, isNew: false, approval: same };
    this.makeRoom();
    const id = randomBytes(16).toString('base64url');
    const asks = { asked: this.now(), expires: this.now() + validMs };
    const approval: Approval = { id, state: 'waiting', ...asks, ...asked };
    this.save(approval);
    return { passes: false, isNew: true, approval };
  }

  /**
   * Somebody decides. The first one counts.
   * @param authors addresses of the event's author, in lower case
   * @throws {WorkflowError} if it does not wait any more, or who decides is the author; why it cannot be kept
   */
  decide(
    id: string,
    decision: Decision,
    { email, name }: Approver,
    { comment = '', authors = [] }: { comment?: string; authors?: readonly string[] } = {},
  ): Approval {
    const known = this.known.get(id);
    if (!known) throw new WorkflowError('approval.unknownLink');
    const approval = this.seen(known);
    if (approval.state !== 'waiting') throw notWaiting(approval);
    if (email === '') throw new WorkflowError('approval.nobody');
    if ([approval.author, ...authors].includes(email)) throw new WorkflowError('approval.own');
    const what = { by: name, decided: this.now(), comment: short(comment.trim(), MOST_COMMENT) };
    return this.change(approval, { state: decision, ...what });
  }

  /** Requests of a node whose time is up since it was looked at last. @throws why it cannot be kept */
  expire(node: string): Approval[] {
    const late = this.of(node).filter((one) => isOpen(one) && this.isLate(one));
    return late.map((one) => this.change(one, { state: 'expired' }));
  }

  /** Nobody asks any more. */
  forget(node: string): void {
    for (const { id } of this.of(node)) this.remove(id);
  }

  private of(node: string): Approval[] {
    return [...this.known.values()].filter((one) => one.node === node);
  }

  /** As it is at this moment, whatever is kept. */
  private seen(approval: Approval): Approval {
    return isOpen(approval) && this.isLate(approval) ? { ...approval, state: 'expired' } : approval;
  }

  private isLate({ expires }: Approval): boolean {
    return expires <= this.now();
  }

  private change(approval: Approval, changes: Partial<Approval>): Approval {
    const changed = { ...approval, ...changes };
    this.save(changed);
    return changed;
  }

  /** Kept first. */
  private save(approval: Approval): void {
    this.files.save(approval);
    this.known.set(approval.id, approval);
  }

  private remove(id: string): void {
    this.files.remove(id);
    this.known.delete(id);
  }

  /** Takes away what is too old, or too many of those that are decided. */
  private makeRoom(): void {
    const all = [...this.known.values()];
    const waiting = all.filter((one) => isOpen(this.seen(one)));
    if (waiting.length >= this.limits.waiting)
      throw new WorkflowError('approval.tooMany', { count: waiting.length });
    const over = all.filter((one) => !isOpen(one)).sort((a, b) => a.asked - b.asked);
    const surplus = over.length - this.limits.kept;
    over.forEach((one, index) => {
      if (index < surplus || one.expires < this.now() - this.limits.keptMs) this.remove(one.id);
    });
  }

  private get secret(): string {
    return (this.signedWith ??= this.files.secret());
  }
}

/** Something may still come of it. */
const isOpen = ({ state }: Approval) => state === 'waiting' || state === 'approved';

/** Why nobody can decide about it any more. */
export function notWaiting({ state, by = '' }: Approval): WorkflowError {
  if (state === 'refused') return new WorkflowError('approval.refused', { by });
  if (state === 'expired') return new WorkflowError('approval.expired');
  if (state === 'replaced') return new WorkflowError('approval.replaced');
  return new WorkflowError('approval.approved', { by });
}
