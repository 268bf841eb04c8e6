import type { RunRow } from '../../src/history/record';
import { fillLine, newLine } from './list';

/** So many lines beyond what is seen are there: scrolling by the keyboard finds the next one. */
const AROUND = 5;

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
  private readonly lines = new Map<number, HTMLElement>();
  /** Lines that went out of sight, to be used again. */
  private readonly spare: HTMLElement[] = [];
  private isWaiting = false;
  /** What comes while a line is pressed: a line that is taken away meanwhile would not be clicked. */
  private pressed: (() => void)[] | undefined;

  /** @param scroller what scrolls @param list what the lines stand in */
  constructor(
    private readonly scroller: HTMLElement,
    private readonly list: JQuery,
    private readonly source: RowSource,
  ) {
    list.on('click', '.misp-run', function () {
      source.open(this.dataset.run ?? '');
    });
    list[0].addEventListener('pointerdown', ({ button }) => {
      if (button === 0) this.pressed ??= [];
    });
    // The click comes after them.
    for (const over of ['pointerup', 'pointercancel'])
      addEventListener(over, () => setTimeout(() => this.released()), { passive: true });
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
    if (this.pressed) return void this.pressed.push(() => this.replace(rows));
    this.rows = rows;
    this.redraw();
  }

  /** The latest runs, again: what is new comes on top, and what is looked at stays where it is. */
  renew(latest: RunRow[]): void {
    if (this.pressed) return void this.pressed.push(() => this.renew(latest));
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

  private released(): void {
    const waiting = this.pressed ?? [];
    this.pressed = undefined;
    for (const show of waiting) show();
  }

  private redraw(): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset.run;
    this.takeAway(() => true);
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
    this.takeAway((index) => index < from || index >= to);
    // From the last one on: each finds its place before the next.
    for (let index = to - 1; index >= from; index--) this.lineAt(index);
    if (to === rows.length && rows.length > 0) this.source.more();
  }

  private lineAt(index: number): void {
    if (this.lines.has(index)) return;
    const line = this.spare.pop() ?? newLine();
    fillLine(line, this.rows[index]);
    line.style.top = `${index * this.height}px`;
    line.ariaPosInSet = String(index + 1);
    line.ariaSetSize = String(this.rows.length);
    this.lines.set(index, line);
    // In order, for the keyboard and for screen readers.
    const next = this.lines.get(index + 1) ?? null;
    this.list[0].insertBefore(line, next);
  }

  private takeAway(isOut: (index: number) => boolean): void {
    for (const [index, line] of this.lines) {
      if (!isOut(index)) continue;
      line.remove();
      this.lines.delete(index);
      this.spare.push(line);
    }
  }

  /** How high a line is depends on the font; it is known while the list is shown. */
  private measure(): boolean {
    if (this.rows.length === 0) {
      this.takeAway(() => true);
      this.list.css('height', '0');
      return false;
    }
    if (this.height > 0) return true;
    const probe = newLine();
    fillLine(probe, this.rows[0]);
    this.list[0].append(probe);
    this.height = probe.offsetHeight;
    probe.remove();
    return this.height > 0;
  }
}
