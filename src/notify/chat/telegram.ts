import { isRecord } from '../../event/values';
import { bodyOf, detailOf } from '../webhook/answer';
import type { Card } from './card';
import { clip, line, type ChatService, type ChatTarget } from './service';

const MOST_TEXT = 4096;
const MOST_PART = 250;

/** Where Telegram's own servers are. */
export const TELEGRAM_API = 'https://api.telegram.org';

/**
 * Bots. Success is `{"ok": true}`; errors are `{"ok": false, "error_code", "description"}`, and 429 says
 * `parameters.retry_after` in seconds.
 * @see https://core.telegram.org/bots/api#sendmessage
 */
export const telegram: ChatService = {
  name: 'Telegram',
  url: ({ apiUrl }) => [`${apiUrl.replace(/\/+$/, '')}/bot`, { secret: 'token' }, '/sendMessage'],
  text: (text, target) => message(text, target),
  // MISP's data is full of addresses that nobody should fetch.
  card: (card, target) => ({ ...message(htmlOf(card), target), link_preview_options: { is_disabled: true } }),
  refusal(answer) {
    const body = bodyOf(answer);
    return isRecord(body) && body.ok === false ? detailOf(answer) : undefined;
  },
};

/** A token as the address needs it; some people copy the "bot" of the address with it, as MISP's users do. */
export function botToken(token: string): string {
  return token.trim().replace(/^bot/i, '');
}

/** A text that is too long is sent without mark-up: cut HTML would be refused. */
function message(text: string, { chatId }: ChatTarget): object {
  if (text.length <= MOST_TEXT) return { chat_id: chatId, text, parse_mode: 'HTML' };
  return { chat_id: chatId, text: clip(plain(text), MOST_TEXT) };
}

function htmlOf(card: Card): string {
  const title = `<b>${html(card.title)}</b>`;
  return [
    card.tlp ? `<b>${html(card.tlp.name)}</b>` : '',
    card.link ? `<a href="${html(card.link)}">${title}</a>` : title,
    ...card.facts.map(({ label, value }) => `${html(label)}: ${html(value)}`),
    card.tags.map(html).join(' · '),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function html(text: string): string {
  return clip(line(text), MOST_PART)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function plain(text: string): string {
  return text
    .replace(/<[^<>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
