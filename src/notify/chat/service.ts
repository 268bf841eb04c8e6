import type { SecretText } from '../../actions/plan';
import type { ReceiverAnswer } from '../webhook/answer';
import type { Card } from './card';

/** Where a message goes, as far as it is no secret. */
export interface ChatTarget {
  /** Telegram: the chat, or `@channel`. */
  chatId: string | number;
  /** Telegram: the Bot API; people may run their own. */
  apiUrl: string;
  /** Teams' retired connectors: how MISP sends. */
  contentType: 'json' | 'form';
}

/** One chat service: its form, its limits, its way of refusing. */
export interface ChatService {
  /** Name of the service, for messages. */
  name: string;
  /** Where to, with places for the secrets `webhookUrl` and `token`. */
  url(target: ChatTarget): SecretText;
  card(card: Card, target: ChatTarget): object;
  /** A text of the user's, in the service's own mark-up. */
  text(text: string, target: ChatTarget): object;
  /** Why a message was refused although the status says success; nothing if it was not. */
  refusal?(answer: ReceiverAnswer): string | undefined;
}

/** The full address of an incoming webhook is its secret. */
export const webhookUrl = (): SecretText => [{ secret: 'webhookUrl' }];

/** A text of at most `most` UTF-16 units, without half a character at its end. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** The same, in at most `most` bytes of JSON: there a character is one to six. */
export function clipJson(text: string, most: number): string {
  const bytes = (part: string) => Buffer.byteLength(JSON.stringify(part));
  if (bytes(text) <= most) return text;
  let short = clip(text, most);
  while (bytes(short) > most) short = clip(text, Math.floor((short.length * most) / bytes(short)));
  return short;
}

/** Data in one line: nothing of it begins a list or a heading. */
export function line(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

/** Data from MISP as Markdown text: nothing in it is a link, an image, or emphasis. */
export function markdown(text: string): string {
  return line(text)
    .replace(/[\\`*_{}[\]()<>|~]/g, '\\$&')
    .replace(/^[#+-]/, '\\$&');
}

/** Data from MISP must not call a whole channel: a zero-width space breaks the word. */
export function noMentions(text: string): string {
  return text.replace(/@(?=all\b|channel\b|here\b|everyone\b)/gi, '@\u200b');
}
