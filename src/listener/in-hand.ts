import { saidBy, text, type Said } from '../text';
import { wallClock } from '../clock';
import type { Verdict } from '../runs/verdict';
import { kindOf, type AnnouncedModule, type KindName, type RequestOf } from './kinds';
import type { ModuleOwner, OpenQuery, RequestText } from './open-query';
import type { OwnAnswer, QueryHead, ToWorker } from './protocol';
import { readBody } from './request';

interface Returned {
  head: QueryHead;
  module: AnnouncedModule;
  request: RequestOf<KindName>;
}

/** What the main thread has in hand: the requests that the service's thread has handed over to the flows. */
export class InHand {
  private readonly open = new Map<number, { query: OpenQuery<KindName>; owner: ModuleOwner<KindName> }>();
  /** Requests that were given back and wait for their next trigger. */
  private readonly returned = new Map<string, Returned[]>();
  /** Accepted requests of which something is under way. */
  private readonly accepted = new Set<number>();

  /**
   * @param moduleOf a module that the thread was told of
   * @param isPaused whether requests for a module wait for its trigger
   */
  constructor(
    private readonly owners: ReadonlyMap<string, ModuleOwner<KindName>>,
    private readonly moduleOf: (name: string) => AnnouncedModule | undefined,
    private readonly isPaused: (module: string) => boolean,
    private readonly send: (message: ToWorker) => void,
  ) {}

  /** Takes a request from the thread. */
  take(head: QueryHead, bytes: Uint8Array): void {
    const { id, flattenedCut } = head;
    let module = this.moduleOf(head.module);
    let request: RequestOf<KindName>;
    try {
      const body = readBody(bytes, head);
      // A name that is written in another way is seen by the parser only.
      module = this.moduleOf(body.fields.module);
      if (!module) return this.refuse(id, undefined, text('service.gone', { module: body.fields.module }));
      request = kindOf(module).read(body, module);
    } catch (error) {
      return this.refuse(id, module, saidBy(error));
    }
    this.hand({ head, module, request }, { bytes, flattenedCut });
  }

  /** Hands over the requests for a module that were given back. */
  takeReturned(module: string): void {
    const list = this.returned.get(module) ?? [];
    this.returned.delete(module);
    for (const returned of list) this.hand(returned);
  }

  /**
   * The service has answered a request that a flow still works on, or that waits to be taken again.
   * @returns whether a flow worked on it
   */
  end(id: number, by: OwnAnswer | 'lost', blocked = false): boolean {
    const entry = this.open.get(id);
    this.open.delete(id);
    for (const list of this.returned.values()) {
      const index = list.findIndex(({ head }) => head.id === id);
      if (index >= 0) list.splice(index, 1);
    }
    if (!this.accepted.has(id)) this.send({ type: 'ended', id });
    if (entry) entry.owner.onEnded(entry.query, by, blocked);
    return entry !== undefined;
  }

  /** The thread has failed: nobody waits for an answer any more. */
  clear(): void {
    for (const id of [...this.open.keys()]) this.end(id, 'lost');
    this.accepted.clear();
    this.returned.clear();
  }

  private hand(returned: Returned, requestText?: RequestText): void {
    const { head, module } = returned;
    if (this.isPaused(module.name)) return this.park(returned);
    const owner = this.owners.get(module.name);
    const isSame = owner?.module.kind === module.kind;
    if (!owner || !isSame) return this.refuse(head.id, module, text('service.gone', { module: module.name }));
    const query = this.openQuery(returned);
    this.open.set(head.id, { query, owner });
    try {
      owner.onQuery(query, requestText);
    } catch (error) {
      if (!this.open.delete(head.id)) return;
      this.refuse(head.id, module, text('service.failed', { problem: saidBy(error) }));
    }
  }

  private openQuery(returned: Returned): OpenQuery<KindName> {
    const { head, module, request } = returned;
    const { id } = head;
    const answer = (verdict: Verdict, goesOn: boolean) => {
      if (!this.open.has(id)) return;
      const reply = kindOf(module).reply(verdict); // if that fails the request can still be answered
      this.open.delete(id);
      if (goesOn) this.accepted.add(id);
      this.send({ type: 'answer', id, reply, goesOn });
    };
    return {
      module: module.name,
      caller: head.caller,
      receivedAt: wallClock(head.receivedAt),
      deadline: wallClock(head.deadline),
      mispTimeout: head.mispTimeout,
      request,
      answer: (verdict) => answer(verdict, false),
      accept: (verdict) => answer(verdict, true),
      left: () => {
        if (this.accepted.delete(id)) this.send({ type: 'ended', id });
      },
      drop: () => {
        if (this.open.has(id)) this.send({ type: 'drop', id });
      },
      giveBack: () => {
        if (this.open.delete(id)) this.park(returned);
      },
    };
  }

  private park(returned: Returned): void {
    const list = this.returned.get(returned.module.name);
    if (list) list.push(returned);
    else this.returned.set(returned.module.name, [returned]);
  }

  private refuse(id: number, module: AnnouncedModule | undefined, problem: Said): void {
    this.send({ type: 'answer', id, reply: kindOf(module).refuse(problem) });
  }
}
