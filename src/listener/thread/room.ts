import { kindOf, type AnnouncedModule } from '../kinds';
import { SHARE_OF_ACCEPTED, type ServiceLimits } from '../protocol';

/** A request as far as its place counts. */
interface Guest {
  readonly module: AnnouncedModule | undefined;
  /** Bytes of its body. */
  readonly held: number;
}

/** What queries of enrichments, imports and exports may take of it, and of what may wait: the rest is for triggers. */
const SHARE_OF_MODULES = 0.5;

/**
 * What the main thread has in hand: requests that MISP waits for, and accepted ones of which something is still
 * under way. Both are bounded, because each takes memory that all of Node-RED shares.
 */
export class Room {
  private readonly open = new Map<Guest, string>();
  private readonly accepted = new Map<Guest, string>();
  private readonly perModule = new Map<string, number>();
  private readonly acceptedPerModule = new Map<string, number>();
  private bytes = 0;
  /** Of `open` and `bytes`, what belongs to modules that are no triggers. */
  private readonly queries = new Set<Guest>();
  private bytesOfQueries = 0;

  /** @param living how many modules have a flow */
  hasRoomFor(guest: Guest, limits: ServiceLimits, living: number): boolean {
    const { module, held } = guest;
    const name = nameOf(guest);
    if (isQuery(guest) && !this.hasRoomForQuery(guest, limits)) return false;
    const goesOn = module !== undefined && kindOf(module).goesOnAtOnce(module);
    const isAccepted = goesOn || (this.acceptedPerModule.get(name) ?? 0) > 0;
    const bytes = isAccepted ? limits.handedBytes * SHARE_OF_ACCEPTED : limits.handedBytes;
    if (this.bytes + held > bytes) return false;
    if (isAccepted && this.accepted.size >= limits.acceptedRuns) return false;
    // One module may take at most half of the places while there are others, so that none starves.
    const places = isQuery(guest) ? limits.moduleRuns : limits.openRuns;
    const taken = isQuery(guest) ? this.queries.size : this.open.size - this.queries.size;
    const share = living > 1 ? Math.max(1, Math.floor(places / 2)) : places;
    return taken < places && (this.perModule.get(name) ?? 0) < share;
  }

  private hasRoomForQuery({ held }: Guest, { handedBytes, waitingBytes }: ServiceLimits): boolean {
    return this.bytesOfQueries + held <= Math.min(handedBytes, waitingBytes) * SHARE_OF_MODULES;
  }

  /** The request is handed over. */
  enter(guest: Guest): void {
    const name = nameOf(guest);
    this.open.set(guest, name);
    add(this.perModule, name, 1);
    this.bytes += guest.held;
    if (!isQuery(guest)) return;
    this.queries.add(guest);
    this.bytesOfQueries += guest.held;
  }

  /** MISP has its answer, the flow goes on. */
  accept(guest: Guest): void {
    const name = this.leaveOpen(guest);
    if (name === undefined) return;
    this.accepted.set(guest, name);
    add(this.acceptedPerModule, name, 1);
  }

  /** Nothing of the request is left. */
  leave(guest: Guest): void {
    const accepted = this.accepted.get(guest);
    if (accepted !== undefined) {
      this.accepted.delete(guest);
      add(this.acceptedPerModule, accepted, -1);
    } else if (this.leaveOpen(guest) === undefined) return;
    this.bytes -= guest.held;
    if (this.queries.delete(guest)) this.bytesOfQueries -= guest.held;
  }

  private leaveOpen(guest: Guest): string | undefined {
    const name = this.open.get(guest);
    if (name === undefined) return undefined;
    this.open.delete(guest);
    add(this.perModule, name, -1);
    return name;
  }
}

const nameOf = ({ module }: Guest) => module?.name ?? '';
const isQuery = ({ module }: Guest) => module !== undefined && kindOf(module).quota === 'modules';

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
