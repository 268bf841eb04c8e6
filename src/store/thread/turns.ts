import type { QueuePlaces } from '../../queue/queue';

/** A request as far as its turn counts. */
export interface Waiting {
  readonly id: number;
  readonly source: string;
  readonly module: string;
  /** Where the order is to be kept: of which event it is. */
  readonly event: string;
  readonly size: number;
  /** It may be what ends the process: it goes when nothing else waits, and no other one like it is under way then. */
  readonly isSuspect: boolean;
}

/** The requests of one module. */
class Lane<W extends Waiting> {
  isOpen = false;
  running = 0;
  /** Those that were given back go before the others. */
  private readonly first = new Set<W>();
  private readonly ready = new Set<W>();
  private readonly suspects = new Set<W>();
  /** Those behind another one of their event. */
  private readonly behind = new Map<string, W[]>();

  get waits(): boolean {
    return this.first.size + this.ready.size > 0;
  }

  get hasSuspects(): boolean {
    return this.suspects.size > 0;
  }

  get count(): number {
    const behind = [...this.behind.values()].reduce((sum, list) => sum + list.length, 0);
    return this.first.size + this.ready.size + this.suspects.size + behind;
  }

  add(waiting: W): void {
    if (waiting.event === '') return this.letGo(waiting);
    const list = this.behind.get(waiting.event);
    if (list) return void list.push(waiting);
    this.behind.set(waiting.event, []);
    this.letGo(waiting);
  }

  /** The first one that may go. */
  take(mayGo: (waiting: W) => boolean): W | undefined {
    for (const set of [this.first, this.ready, this.suspects]) {
      for (const waiting of set) {
        if (!mayGo(waiting)) continue;
        set.delete(waiting);
        this.running++;
        return waiting;
      }
    }
    return undefined;
  }

  /** One that was taken is through. */
  free(taken: W): void {
    this.running--;
    this.letNext(taken);
  }

  /** One that was taken waits again; others of its event stay behind it. */
  back(taken: W): void {
    this.running--;
    (taken.isSuspect ? this.suspects : this.first).add(taken);
  }

  /** One that waits is not wanted any more. */
  remove(waiting: W): void {
    if ([this.first, this.ready, this.suspects].some((set) => set.delete(waiting)))
      return this.letNext(waiting);
    const list = this.behind.get(waiting.event);
    const index = list?.indexOf(waiting) ?? -1;
    if (index >= 0) list?.splice(index, 1);
  }

  private letNext({ event }: W): void {
    const list = this.behind.get(event);
    const next = list?.shift();
    if (next) this.letGo(next);
    else if (list) this.behind.delete(event);
  }

  private letGo(waiting: W): void {
    (waiting.isSuspect ? this.suspects : this.ready).add(waiting);
  }
}

/** How much of one listener is under way. */
interface Source<W extends Waiting> {
  places: QueuePlaces;
  runs: number;
  bytes: number;
  readonly lanes: Map<string, Lane<W>>;
}

/** Whose turn it is: bounded by each listener's places, so that none starves, and in order where that is asked for. */
export class Turns<W extends Waiting> {
  private readonly sources = new Map<string, Source<W>>();
  private suspects = 0;

  setPlaces(source: string, places: QueuePlaces): void {
    this.sourceOf(source).places = places;
  }

  open(source: string, module: string): void {
    this.laneOf(source, module).isOpen = true;
  }

  pause(source: string, module: string): void {
    this.laneOf(source, module).isOpen = false;
  }

  add(waiting: W): void {
    this.laneOf(waiting.source, waiting.module).add(waiting);
  }

  remove(waiting: W): void {
    this.laneOf(waiting.source, waiting.module).remove(waiting);
  }

  /** One that is under way already, as this begins. */
  resume(taken: W): void {
    this.add(taken);
    const lane = this.laneOf(taken.source, taken.module);
    lane.take((waiting) => waiting === taken);
    this.enter(taken);
  }

  /** Takes the next one that has a place. */
  next(): W | undefined {
    const next = this.nextIn((lane) => lane.waits);
    if (next || this.suspects > 0) return next;
    return this.nextIn((lane) => lane.hasSuspects);
  }

  private nextIn(isWanted: (lane: Lane<W>) => boolean): W | undefined {
    for (const source of this.sources.values()) {
      for (const [name, lane] of source.lanes) {
        if (!lane.isOpen || !isWanted(lane) || !hasPlace(source, lane)) continue;
        const taken = lane.take((waiting) => this.mayGo(source, waiting));
        if (!taken) continue;
        // Its module comes after the others now.
        source.lanes.delete(name);
        source.lanes.set(name, lane);
        this.enter(taken);
        return taken;
      }
    }
    return undefined;
  }

  /** Whether one that came now, after so many others, would have its turn at once. */
  isFree(source: string, module: string, others: number): boolean {
    const from = this.sourceOf(source);
    const lane = this.laneOf(source, module);
    return lane.isOpen && !lane.waits && from.runs + others < from.places.runs;
  }

  free(taken: W): void {
    this.leave(taken);
    this.laneOf(taken.source, taken.module).free(taken);
  }

  back(taken: W): void {
    this.leave(taken);
    this.laneOf(taken.source, taken.module).back(taken);
  }

  /** What waits at modules that are not open. */
  get stranded(): { module: string; count: number }[] {
    return [...this.sources.values()].flatMap(({ lanes }) =>
      [...lanes]
        .filter(([, lane]) => !lane.isOpen && lane.count > 0)
        .map(([module, lane]) => ({ module, count: lane.count })),
    );
  }

  private mayGo({ bytes, runs, places }: Source<W>, { size, isSuspect }: W): boolean {
    if (isSuspect && this.suspects > 0) return false;
    return runs === 0 || bytes + size <= places.bytes;
  }

  private enter({ source, size, isSuspect }: W): void {
    const from = this.sourceOf(source);
    from.runs++;
    from.bytes += size;
    if (isSuspect) this.suspects++;
  }

  private leave({ source, size, isSuspect }: W): void {
    const from = this.sourceOf(source);
    from.runs--;
    from.bytes -= size;
    if (isSuspect) this.suspects--;
  }

  private sourceOf(name: string): Source<W> {
    let source = this.sources.get(name);
    if (!source) {
      source = { places: { runs: 1, bytes: 0 }, runs: 0, bytes: 0, lanes: new Map() };
      this.sources.set(name, source);
    }
    return source;
  }

  private laneOf(source: string, module: string): Lane<W> {
    const { lanes } = this.sourceOf(source);
    let lane = lanes.get(module);
    if (!lane) lanes.set(module, (lane = new Lane()));
    return lane;
  }
}

/** One module may take at most half of the places while others wait, so that none starves. */
function hasPlace<W extends Waiting>({ places, runs, lanes }: Source<W>, lane: Lane<W>): boolean {
  if (runs >= places.runs) return false;
  const others = [...lanes.values()].some((other) => other !== lane && other.isOpen);
  return !others || lane.running < Math.max(1, Math.floor(places.runs / 2));
}
