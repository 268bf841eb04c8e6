import type { Card } from './card';
import { clip, line, webhookUrl, type ChatService } from './service';

const MOST_TEXT = 40_000;
const MOST_HEADER = 150;
const MOST_FIELD = 2000;
const MOST_FIELDS = 10;
const MOST_SECTION = 3000;

/** MISP's data is full of addresses that nobody should fetch. */
const NO_PREVIEW = { unfurl_links: false, unfurl_media: false };

/**
 * Incoming webhooks with Block Kit. Success is 200 "ok"; errors are a word as text, such as `no_service`.
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export const slack: ChatService = {
  name: 'Slack',
  url: webhookUrl,
  text: (text) => ({ text: clip(text, MOST_TEXT), ...NO_PREVIEW }),
  card(card) {
    const fields = card.facts.slice(0, MOST_FIELDS).map(({ label, value }) => ({
      type: 'mrkdwn',
      text: clip(`*${escape(label)}*\n${escape(value)}`, MOST_FIELD),
    }));
    const blocks: object[] = [
      { type: 'header', text: { type: 'plain_text', text: clip(line(card.title), MOST_HEADER) } },
    ];
    if (fields.length > 0) blocks.push({ type: 'section', fields });
    const tags = [card.tlp?.name, ...card.tags].filter((tag) => tag !== undefined);
    if (tags.length > 0) {
      blocks.push({
        type: 'context',
        elements: [{ type: 'mrkdwn', text: clip(tags.map(escape).join(' · '), MOST_SECTION) }],
      });
    }
    if (card.link) blocks.push({ type: 'section', text: { type: 'mrkdwn', text: linkTo(card.link) } });
    return {
      text: clip(escape(card.title), MOST_SECTION),
      attachments: [
        {
          fallback: clip(escape(card.title), MOST_SECTION),
          ...(card.tlp ? { color: card.tlp.colour } : {}),
          blocks,
        },
      ],
      ...NO_PREVIEW,
    };
  },
};

/** The three characters that Slack reads; without them there is no mention and no link. */
function escape(text: string): string {
  return line(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function linkTo(link: NonNullable<Card['link']>): string {
  return `<${link.replace(/[<>|]/g, encodeURIComponent)}|MISP>`;
}
