import type { RequestQueue, TakenRequest } from '../queue/queue';
import { saidBy, type Said } from '../text';
import { kindOf, type KindName, type RequestOf } from './kinds';
import type { ModuleOwner, OpenQuery, RequestText } from './open-query';
import { readBody } from './request';

type Fates = Pick<RequestQueue, 'quiet' | 'done' | 'again' | 'unreadable'>;

/** Hands requests that were kept to the flows, and tells what becomes of them. */
export class FromQueue {
  /**
   * @param ownerOf who takes the requests of a module now
   * @param queue told what becomes of them
   */
  constructor(
    private readonly ownerOf: (module: string) => ModuleOwner<KindName> | undefined,
    private readonly queue: Fates,
  ) {}

  take(taken: TakenRequest): void {
    const owner = this.ownerOf(taken.module);
    // A deploy has begun meanwhile.
    if (!owner) return this.queue.again(taken.id);
    const { body: bytes, notes } = taken;
    let request: RequestOf<KindName>;
    try {
      request = kindOf(owner.module).read(readBody(bytes, notes), owner.module);
    } catch (error) {
      return this.putAside(taken, owner, saidBy(error));
    }
    this.give(taken, owner, request, { bytes, flattenedCut: notes.flattenedCut });
  }

  private give(
    taken: TakenRequest,
    owner: ModuleOwner<KindName>,
    request: RequestOf<KindName>,
    text: RequestText,
  ): void {
    try {
      owner.onQuery(this.queryOf(taken, owner, request), text);
    } catch (error) {
      this.putAside(taken, owner, saidBy(error));
    }
  }

  private putAside({ id }: TakenRequest, owner: ModuleOwner<KindName>, problem: Said): void {
    this.queue.unreadable(id);
    owner.onUnreadable?.(problem);
  }

  /** MISP has its answer: nobody waits for this one. */
  private queryOf(
    { id, module, caller, receivedAt, attempt }: TakenRequest,
    owner: ModuleOwner<KindName>,
    request: RequestOf<KindName>,
  ): OpenQuery<KindName> {
    const { queue } = this;
    return {
      ...{ module, caller, receivedAt, request },
      deadline: Date.now() + owner.module.deadlineMs,
      answer: () => queue.done(id),
      accept: () => undefined,
      left: () => queue.quiet(id),
      drop: () => undefined,
      giveBack: () => queue.again(id),
      kept: { attempt, ended: () => queue.done(id) },
    };
  }
}
