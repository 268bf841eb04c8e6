import type { Card } from './card';
import { clip, markdown, noMentions } from './service';

const MOST_TITLE = 250;
const MOST_VALUE = 1000;

/** The message attachment that Mattermost and Rocket.Chat share with Slack's older form. */
export function attachmentOf(card: Card): object {
  const tags = card.tags.map(safe).join(' · ');
  return {
    fallback: clip(safe(card.title), MOST_TITLE),
    title: clip(safe(card.title), MOST_TITLE),
    ...(card.link ? { title_link: card.link } : {}),
    ...(card.tlp ? { color: card.tlp.colour } : {}),
    text: [card.tlp ? `**${card.tlp.name}**` : '', tags].filter((part) => part !== '').join('\n'),
    fields: card.facts.map(({ label, value }) => ({
      short: true,
      title: label,
      value: clip(safe(value), MOST_VALUE),
    })),
  };
}

function safe(text: string): string {
  return noMentions(markdown(text));
}
