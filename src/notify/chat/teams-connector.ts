import { clip, markdown, webhookUrl, type ChatService } from './service';

const MOST_TITLE = 500;
const MOST_VALUE = 500;

/**
 * The connectors that Microsoft is retiring, which MISP's own module writes to. Success is 200 "1"; some errors come
 * with the status 200, as text.
 * @see https://learn.microsoft.com/outlook/actionable-messages/message-card-reference
 */
export const teamsConnector: ChatService = {
  name: 'Microsoft Teams',
  url: webhookUrl,
  // Not clipped: MISP sends whole events, and Teams says itself what it does not take.
  text: (text) => ({ text }),
  card(card) {
    const facts = card.facts.map(({ label, value }) => ({
      name: label,
      value: clip(markdown(value), MOST_VALUE),
    }));
    const tags = [card.tlp?.name, ...card.tags].filter((tag) => tag !== undefined);
    const section = {
      facts,
      ...(tags.length > 0 ? { text: clip(tags.map(markdown).join(' · '), MOST_VALUE) } : {}),
    };
    const open = { '@type': 'OpenUri', name: 'MISP', targets: [{ os: 'default', uri: card.link }] };
    return {
      '@type': 'MessageCard',
      '@context': 'https://schema.org/extensions',
      summary: clip(card.title, MOST_TITLE),
      title: clip(markdown(card.title), MOST_TITLE),
      ...(card.tlp ? { themeColor: card.tlp.colour.slice(1) } : {}),
      sections: [section],
      ...(card.link ? { potentialAction: [open] } : {}),
    };
  },
  refusal: ({ text }) => (/delivery failed|HTTP error/i.test(text) ? text : undefined),
};
