import type { Card, Tlp } from './card';
import { clip, clipJson, markdown, webhookUrl, type ChatService } from './service';

/** Bytes: Teams takes 28 KB, as JSON; the rest of the card needs some of it. */
const MOST_TEXT = 24_000;
const MOST_TITLE = 500;
const MOST_VALUE = 500;

/** Adaptive Cards know no colours but these. */
const STYLES: Record<string, string> = {
  'TLP:RED': 'attention',
  'TLP:AMBER+STRICT': 'warning',
  'TLP:AMBER': 'warning',
  'TLP:GREEN': 'good',
  'TLP:CLEAR': 'default',
};

/**
 * The webhooks of Teams' Workflows with Adaptive Cards. Success is 202 without a body; errors are
 * `{"error": {"code", "message"}}`.
 * @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 */
export const teams: ChatService = {
  name: 'Microsoft Teams',
  url: webhookUrl,
  text: (text) => message([{ type: 'TextBlock', text: clipJson(text, MOST_TEXT), wrap: true }]),
  card(card) {
    const body: object[] = [...(card.tlp ? [band(card.tlp)] : []), title(card)];
    const facts = card.facts.map(({ label, value }) => ({
      title: label,
      value: clip(markdown(value), MOST_VALUE),
    }));
    if (facts.length > 0) body.push({ type: 'FactSet', facts });
    if (card.tags.length > 0) {
      const tags = clip(card.tags.map(markdown).join(' · '), MOST_VALUE);
      body.push({ type: 'TextBlock', text: tags, wrap: true, isSubtle: true });
    }
    return message(body, card.link ? [{ type: 'Action.OpenUrl', title: 'MISP', url: card.link }] : []);
  },
};

function title({ title }: Card): object {
  return {
    type: 'TextBlock',
    text: clip(markdown(title), MOST_TITLE),
    size: 'Large',
    weight: 'Bolder',
    wrap: true,
  };
}

function band({ name }: Tlp): object {
  const items = [{ type: 'TextBlock', text: name, weight: 'Bolder' }];
  return { type: 'Container', style: STYLES[name] ?? 'default', bleed: true, items };
}

function message(body: object[], actions: object[] = []): object {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body,
    ...(actions.length > 0 ? { actions } : {}),
    msteams: { width: 'Full' },
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}
