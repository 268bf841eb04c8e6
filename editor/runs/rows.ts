import type { RunRow } from '../../src/history/record';
import { lineOf } from './list';

/** So many lines beyond what is seen are there: scrolling by the keyboard finds the next one. */
const AROUND = 10;

/** What the list needs of who has the runs. */
export interface RowSource {
  open(run: string): void;
  /** The end of what is known comes into sight. */
  more(): void;
}

/** The list of runs: only the lines in sight are on the page, however many there are. All are equally high. */
export class Rows {
  private rows: RunRow[] = [];
  private height = 0;
  private readonly lines = new Map<number, JQuery>();
  private isWaiting = false;

  /** @param scroller what scrolls @param list what the lines stand in */
  constructor(
    private readonly scroller: HTMLElement,
    private readonly list: JQuery,
    private readonly source: RowSource,
  ) {
    scroller.addEventListener('scroll', () => this.drawSoon(), { passive: true });
    new ResizeObserver(() => this.drawSoon()).observe(scroller);
  }

  get count(): number {
    return this.rows.length;
  }

  get last(): string | undefined {
    return this.rows.at(-1)?.run;
  }

  /** Other runs take the place of those before. */
  replace(rows: RunRow[]): void {
    this.rows = rows;
    this.redraw();
  }

  /** The latest runs, again: what is new comes on top, and what is looked at stays where it is. */
  renew(latest: RunRow[]): void {
    const last = latest.at(-1)?.run;
    const covered = this.rows.findIndex(({ run }) => run === last) + 1;
    if (covered === 0) return this.replace(latest);
    this.rows = [...latest, ...this.rows.slice(covered)];
    const isAbove = this.scroller.scrollTop > this.list[0].offsetTop;
    this.redraw();
    if (isAbove) this.scroller.scrollTop += (latest.length - covered) * this.height;
  }

  /** Earlier runs, behind those that are known. */
  add(earlier: RunRow[]): void {
    this.rows.push(...earlier);
    this.draw();
  }

  private redraw(): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset.run;
    for (const line of this.lines.values()) line.remove();
    this.lines.clear();
    this.draw();
    if (focused) this.list.find(`[data-run="${CSS.escape(focused)}"]`).trigger('focus');
  }

  private drawSoon(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.draw();
    });
  }

  private draw(): void {
    const { rows, scroller, list } = this;
    if (!this.measure()) return;
    list.css('height', `${rows.length * this.height}px`);
    const top = scroller.scrollTop - list[0].offsetTop;
    const from = Math.max(0, Math.floor(top / this.height) - AROUND);
    const to = Math.min(rows.length, Math.ceil((top + scroller.clientHeight) / this.height) + AROUND);
    for (const [index, line] of this.lines) {
      if (index >= from && index < to) continue;
      line.remove();
      this.lines.delete(index);
    }
    for (let index = from; index < to; index++) this.lineAt(index);
    if (to === rows.length && rows.length > 0) this.source.more();
  }

  private lineAt(index: number): void {
    const { list } = this;
    if (this.lines.has(index)) return;
    const line = lineOf(this.rows[index], (run) => this.source.open(run))
      .css('top', `${index * this.height}px`)
      .attr({ 'aria-posinset': index + 1, 'aria-setsize': this.rows.length });
    this.lines.set(index, line);
    // In order, for the keyboard and for screen readers.
    const next = this.lines.get(index + 1);
    if (next) line.insertBefore(next);
    else line.appendTo(list);
  }

  /** How high a line is depends on the font; it is known while the list is shown. */
  private measure(): boolean {
    if (this.rows.length === 0) {
      for (const line of this.lines.values()) line.remove();
      this.lines.clear();
      this.list.css('height', '0');
      return false;
    }
    if (this.height > 0) return true;
    const { list } = this;
    const probe = lineOf(this.rows[0], () => undefined).appendTo(list);
    this.height = probe[0].offsetHeight;
    probe.remove();
    return this.height > 0;
  }
}
