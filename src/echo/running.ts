/** Workflows of MISP that this Node-RED is running: MISP has no guard against one that leads to itself. */
export class RunningWorkflows {
  private readonly open = new Map<string, number>();
  private plans = 0;

  /** Runs in each other beyond this are no plan of anybody. */
  constructor(private readonly mostInside = 20) {}

  /** Runs begin; the function returned says that they are over. */
  begin(names: readonly string[]): () => void {
    this.plans++;
    for (const name of names) this.open.set(name, (this.open.get(name) ?? 0) + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.plans--;
      for (const name of names) {
        const left = (this.open.get(name) ?? 1) - 1;
        if (left > 0) this.open.set(name, left);
        else this.open.delete(name);
      }
    };
  }

  /** Whether one more run, from within a run, would be a run of the same, or too deep. */
  refuses(names: readonly string[]): boolean {
    return this.plans >= this.mostInside || names.some((name) => this.open.has(name));
  }
}
