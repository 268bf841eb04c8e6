import type { Said } from '../../text';

/** What is not saved as it is, and why. */
export interface Refused {
  /** Its place in the data, from 1. */
  row: number;
  what: string;
  problem: Said;
}

/** So many are named; a message that holds more says how many. */
export const MOST_NAMED = 10_000;
const MOST_CHARACTERS = 100;

/** What was refused, of any size: the first are named, all are counted. */
export class RefusedRows {
  readonly named: Refused[] = [];
  count = 0;

  add(row: number, what: string, problem: Said): void {
    this.count += 1;
    if (this.named.length < MOST_NAMED) this.named.push({ row, what: short(what), problem });
  }
}

/** A text as a list names it. */
export const short = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
