import { LOOP_LIMIT, Trail, type Looping } from './loops';
import type { Reception } from './reception';

/**
 * A message that no run waits for, at a node behind a concurrent node. Nothing but its way is followed, so that a loop
 * ends there too; it knows nothing of the run, which may be forgotten meanwhile.
 */
export class Aside {
  /** Travels on the message, as that of a reception does. */
  readonly token = (): Aside => this;

  private constructor(
    readonly branch: Looping,
    private readonly trail: Trail | undefined,
  ) {}

  /** A branch for a message of a run, or of none; what is aside already goes on as it is. */
  static of(place: Reception | Aside | undefined): Aside {
    if (place instanceof Aside) return place;
    return new Aside({ loopLimit: place?.run.loopLimit ?? LOOP_LIMIT, hasLoop: false }, place?.trail);
  }

  get nodeId(): string | undefined {
    return this.trail?.nodeId;
  }

  /** The same message at the next node. */
  goTo(nodeId: string): Aside {
    return new Aside(this.branch, new Trail(nodeId, this.trail));
  }

  /** Where the message was when it was at a node last: a node may send what it has sent before. */
  backAt(nodeId: string): Aside {
    if (nodeId === this.nodeId) return this;
    const trail = this.trail?.nearestAt(nodeId);
    return trail ? new Aside(this.branch, trail) : this;
  }

  /** To be asked once: it counts. */
  isLoop(): boolean {
    return this.trail?.isLoop(this.branch.loopLimit) === true;
  }
}
