import { saidBy, words } from '../src/text';
import type { Translate } from './definition';

/** What is wrong, in words: the node's own `errors.<key>` if it has one, else those that all share. */
export function wordsFor(error: unknown, text: Translate): string {
  const said = saidBy(error);
  if (typeof said === 'string') return said;
  const own = `errors.${said.key}`;
  const message = text(own, said.params);
  return message.endsWith(own) ? words(said) : message;
}
