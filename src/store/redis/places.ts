import type { QueuePlaces } from '../../queue/queue';

interface Source {
  places: QueuePlaces;
  runs: number;
  bytes: number;
  readonly lanes: Map<string, { isOpen: boolean; runs: number }>;
}

/** How much this process may have under way: bounded by each listener's places, so that no module starves. */
export class Places {
  private readonly sources = new Map<string, Source>();
  private waiting: (() => void)[] = [];

  set(source: string, places: QueuePlaces): void {
    this.sourceOf(source).places = places;
    this.wake();
  }

  setOpen(source: string, module: string, isOpen: boolean): void {
    this.laneOf(source, module).isOpen = isOpen;
    this.wake();
  }

  isOpen(source: string, module: string): boolean {
    return this.laneOf(source, module).isOpen;
  }

  /** Waits until a module may have one more under way, or all is over: whoever waits looks then. */
  async free(source: string, module: string, isOver: () => boolean): Promise<void> {
    while (!isOver() && !this.isFree(source, module))
      await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  take(source: string, module: string, bytes: number): void {
    this.count(source, module, 1, bytes);
  }

  leave(source: string, module: string, bytes: number): void {
    this.count(source, module, -1, -bytes);
    this.wake();
  }

  wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** One module may take at most half of the places while others are open. */
  private isFree(source: string, module: string): boolean {
    const { places, runs, bytes, lanes } = this.sourceOf(source);
    const lane = this.laneOf(source, module);
    if (!lane.isOpen || runs >= places.runs || (runs > 0 && bytes >= places.bytes)) return false;
    const others = [...lanes.values()].some((other) => other !== lane && other.isOpen);
    return !others || lane.runs < Math.max(1, Math.floor(places.runs / 2));
  }

  private count(source: string, module: string, runs: number, bytes: number): void {
    const from = this.sourceOf(source);
    from.runs += runs;
    from.bytes += bytes;
    this.laneOf(source, module).runs += runs;
  }

  private sourceOf(name: string): Source {
    let source = this.sources.get(name);
    if (!source) {
      source = { places: { runs: 1, bytes: 0 }, runs: 0, bytes: 0, lanes: new Map() };
      this.sources.set(name, source);
    }
    return source;
  }

  private laneOf(source: string, module: string): { isOpen: boolean; runs: number } {
    const { lanes } = this.sourceOf(source);
    let lane = lanes.get(module);
    if (!lane) lanes.set(module, (lane = { isOpen: false, runs: 0 }));
    return lane;
  }
}
