import { isNumericText, looseEquals } from './loose';
import { isEmpty } from './values';

/**
 * Values that are asked often whether one of them is loosely equal to another value (PHP's `in_array`). Asking
 * costs the same however many there are, unless they are lists, objects or numbers beyond 2^53.
 */
export class LooseSet {
  /** Texts that are no numbers: equal to another text only if identical. */
  readonly #words = new Set<string>();
  /** Numbers, and texts that are numbers: equal by value. */
  readonly #numbers = new Set<number>();
  readonly #others = new Set<unknown>();
  /** What the values are loosely equal to apart from texts and numbers. */
  #nullLike = false;
  #truthy = false;
  #falsy = false;

  constructor(values: Iterable<unknown>) {
    for (const value of values) this.#insert(value);
  }

  has(value: unknown): boolean {
    if (value === null || value === undefined) return this.#nullLike;
    if (typeof value === 'boolean') return value ? this.#truthy : this.#falsy;
    if (typeof value === 'string' && this.#words.has(value)) return true;
    return this.#hasNumber(value) || this.#hasOther(value);
  }

  /** Adds a value that is not there yet; whether it was added. */
  add(value: unknown): boolean {
    if (this.has(value)) return false;
    this.#insert(value);
    return true;
  }

  #hasNumber(value: unknown): boolean {
    if (this.#numbers.size === 0) return false;
    const number = simpleNumber(value);
    return number !== undefined && this.#numbers.has(number);
  }

  #hasOther(value: unknown): boolean {
    if (this.#others.size === 0) return false;
    for (const other of this.#others) if (looseEquals(other, value)) return true;
    return false;
  }

  #insert(value: unknown): void {
    if (typeof value === 'string' && this.#words.has(value)) return;
    this.#nullLike ||= looseEquals(value, null);
    if (isEmpty(value)) this.#falsy = true;
    else this.#truthy = true;
    const number = simpleNumber(value);
    if (number !== undefined) this.#numbers.add(number);
    else if (typeof value === 'string' && !isNumericText(value)) this.#words.add(value);
    else this.#others.add(value);
  }
}

/** The number that a number or a numeric text stands for, if doubles hold it exactly enough. */
function simpleNumber(value: unknown): number | undefined {
  if (typeof value !== 'number' && !(typeof value === 'string' && isNumericText(value))) return undefined;
  const number = Number(value);
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : undefined;
}
