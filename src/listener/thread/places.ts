import { kindOf } from '../kinds';
import type { ServiceLimits } from '../protocol';
import { Breaker } from './sparing';
import type { Query } from './query';
import { Room } from './room';

/** Which requests the main thread may be given: none may starve the others, or be asked for in vain. */
export class Places {
  private readonly breaker = new Breaker();
  private readonly room = new Room();

  constructor(public limits: ServiceLimits) {}

  /**
   * Takes a place for a request.
   * @param living how many modules have a flow
   * @returns why there is none
   */
  take(query: Query, living: number): 'breaker' | 'overload' | undefined {
    const { module } = query;
    if (module && this.breaker.isOpen(module.name)) return 'breaker';
    if (!this.room.hasRoomFor(query, this.limits, living)) return 'overload';
    this.room.enter(query);
    return undefined;
  }

  /** MISP has its answer, the flow goes on. */
  accept(query: Query): void {
    this.room.accept(query);
  }

  leave(query: Query): void {
    this.room.leave(query);
  }

  /** The flow of a module answers, or was changed. */
  mended(module: string): void {
    this.breaker.answered(module);
  }

  /** The flow did not answer in time. */
  timedOut({ module }: Query): void {
    if (module && kindOf(module).stallsMisp(module)) this.breaker.timedOut(module.name);
  }
}
