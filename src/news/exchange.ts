import { randomBytes } from 'node:crypto';
import { isRecord } from '../event/values';

/** What was told, before it is known to be anything. */
export type Told = Readonly<Record<string, unknown>>;

/** One kind of news. */
export interface Kind<T extends object> {
  name: string;
  /** What is told; undefined if it is nothing of this kind: anybody may have written it. */
  read(told: Told): T | undefined;
  /** @param ageMs how long ago it was told */
  hear(news: T, ageMs: number): void;
}

/** Of so many others is remembered what they told last. */
const MOST_OTHERS = 1000;
const MOST_NAME = 50;

/** What the Node-REDs on one store tell each other: several kinds of news, each with one who reads and hears it. */
export class Exchange {
  private readonly kinds = new Map<string, (told: Told, ageMs: number) => void>();
  private send: ((text: string) => void) | undefined;
  private readonly own = randomBytes(9).toString('base64url');
  private told = 0;
  /** The number of the last news of each other one. */
  private readonly heard = new Map<string, number>();

  /**
   * Takes part with a kind of its own.
   * @returns tells the others; as long as there are none, nothing is told
   */
  join<T extends object>(kind: Kind<T>): (news: T) => void {
    const { name } = kind;
    this.kinds.set(name, (told, ageMs) => {
      const news = kind.read(told);
      if (news) kind.hear(news, ageMs);
    });
    return (news) => this.send?.(JSON.stringify({ from: this.own, number: ++this.told, kind: name, news }));
  }

  /** There are others; the function returned ends that. */
  sendBy(send: (text: string) => void): () => void {
    this.send = send;
    return () => {
      if (this.send === send) this.send = undefined;
    };
  }

  /** What one of them has told; what is no news, is known, or is its own, is passed over. */
  hear(text: string, ageMs: number): void {
    const told = parsed(text);
    if (!isRecord(told) || typeof told.kind !== 'string' || !isRecord(told.news) || !this.isNew(told)) return;
    this.kinds.get(told.kind)?.(told.news, ageMs);
  }

  /** Who begins to listen anew hears again what was told before. */
  private isNew({ from, number }: Told): boolean {
    if (typeof from !== 'string' || from.length > MOST_NAME || typeof number !== 'number') return false;
    if (from === this.own || !Number.isSafeInteger(number) || number <= (this.heard.get(from) ?? 0))
      return false;
    this.heard.delete(from);
    this.heard.set(from, number);
    if (this.heard.size > MOST_OTHERS) this.heard.delete(this.heard.keys().next().value!);
    return true;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
