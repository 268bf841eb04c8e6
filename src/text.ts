import english from '../locales/en-US/messages.json';
import type { TextNames } from './text-params';

/** The key of a text in `locales/<language>/messages.json`. */
export type TextKey = keyof TextNames;

/** Something to say that nobody has read yet: it is put into words by who shows it. Plain data. */
export interface Text {
  readonly key: TextKey;
  readonly params: TextParams;
}

/** What is said: a text of ours, or words from outside, such as MISP's or those of a library. */
export type Said = Text | string;

/** Values that a text names: `__port__` in the text is replaced by `params.port`. */
export type TextParams = Readonly<Record<string, Said | number>>;

/** What a text must be given: all that it names. */
export type ParamsOf<K extends TextKey> = Readonly<Record<TextNames[K], Said | number>>;

/** The parameters behind a key: none if it names nothing. */
export type Given<K extends TextKey> = [TextNames[K]] extends [never]
  ? [params?: Readonly<Record<string, never>>]
  : [params: ParamsOf<K>];

/** Keys of texts that name nothing else. */
export type KeyOf<Name extends string> = {
  [K in TextKey]: [TextNames[K]] extends [Name] ? K : never;
}[TextKey];

/** Texts by key. */
export type Catalogue = Readonly<Record<string, string>>;

let catalogue: Catalogue = english.messages ?? {};

/** Has this thread speak another language from now on; what its catalogue lacks stays English. */
export function speak(messages: Catalogue): void {
  catalogue = { ...english.messages, ...messages };
}

/** What this thread speaks, for another thread. */
export const spoken = (): Catalogue => catalogue;

/** A text, for whoever will read it. */
export function text<K extends TextKey>(key: K, ...[params = {}]: Given<K>): Text {
  return { key, params: params };
}

/** At the edge: what is said as a person reads it. */
export function words(said: Said): string {
  if (typeof said === 'string') return said;
  const { key, params } = said;
  return (catalogue[key] ?? key).replace(/__([a-zA-Z]+)__/g, (whole, name: string) => {
    if (!Object.hasOwn(params, name)) return whole;
    const value = params[name];
    return typeof value === 'number' ? String(value) : words(value);
  });
}

/** Parameters with their values in words, as Node-RED takes them. */
export function inWords(params: TextParams): Record<string, string | number> {
  const values = Object.entries(params);
  return Object.fromEntries(
    values.map(([name, value]) => [name, typeof value === 'object' ? words(value) : value]),
  );
}

/** What an error of these keys is made with: key, parameters, and Node's options. */
export type Made<K extends TextKey> = {
  [One in K]: [key: One, ...Given<One>] | [key: One, ParamsOf<One>, ErrorOptions];
}[K];

/** An error that a user can act on. Who shows it reads `said`; `message` is for those who know of no texts. */
export class WorkflowError extends Error {
  readonly key: TextKey;
  readonly params: TextParams;

  constructor(...made: Made<TextKey>) {
    const [key, params = {}, options] = made as [TextKey, TextParams?, ErrorOptions?];
    super(words({ key, params }), options);
    this.name = 'WorkflowError';
    this.key = key;
    this.params = params;
  }

  get said(): Text {
    return { key: this.key, params: this.params };
  }
}

/** What an error is made with, of a text that was put together before. */
export const madeOf = ({ key, params }: Text): Made<TextKey> => [key, params] as Made<TextKey>;

/** The error that says a text. */
export function errorSaying(said: Text): WorkflowError {
  return new WorkflowError(...madeOf(said));
}

/** The error that says something; what is no text of ours is an error of its own words. */
export const errorOf = (said: Said): Error =>
  typeof said === 'string' ? new Error(said) : errorSaying(said);

/** What an error says: its text if it is one of ours, else its own words. */
export function saidBy(error: unknown): Said {
  if (error instanceof WorkflowError) return error.said;
  return error instanceof Error ? error.message : String(error);
}
