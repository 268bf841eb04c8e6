import { clip, markdown, webhookUrl, type ChatService } from './service';

const MOST_TEXT = 2000;
const MOST_TITLE = 256;
const MOST_VALUE = 1024;
const MOST_FIELDS = 24;
const NOBODY = { allowed_mentions: { parse: [] } };

/**
 * Webhooks with an embed. Success is 204; errors are `{"message", "code"}`, and 429 says `retry_after` in seconds.
 * @see https://docs.discord.com/developers/resources/webhook
 */
export const discord: ChatService = {
  name: 'Discord',
  url: webhookUrl,
  text: (text) => ({ content: clip(text, MOST_TEXT), ...NOBODY }),
  card(card) {
    const fields = card.facts.slice(0, MOST_FIELDS).map(({ label, value }) => ({
      name: clip(label, MOST_TITLE),
      value: clip(markdown(value), MOST_VALUE),
      inline: true,
    }));
    const tags = [card.tlp?.name, ...card.tags].filter((tag) => tag !== undefined);
    const embed = {
      title: clip(markdown(card.title), MOST_TITLE),
      ...(card.link ? { url: card.link } : {}),
      ...(card.tlp ? { color: Number.parseInt(card.tlp.colour.slice(1), 16) } : {}),
      ...(tags.length > 0 ? { description: clip(tags.map(markdown).join(' · '), MOST_TEXT) } : {}),
      fields,
    };
    return { embeds: [embed], ...NOBODY };
  },
};
