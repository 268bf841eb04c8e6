import { attachmentOf } from './attachment';
import { clip, webhookUrl, type ChatService } from './service';

const MOST_TEXT = 16_383;

/**
 * Incoming webhooks. Success is 200 "ok"; errors are `{"id", "message", "detailed_error", "status_code"}`.
 * @see https://developers.mattermost.com/integrate/webhooks/incoming/
 */
export const mattermost: ChatService = {
  name: 'Mattermost',
  url: webhookUrl,
  text: (text) => ({ text: clip(text, MOST_TEXT) }),
  card: (card) => ({ attachments: [attachmentOf(card)] }),
};
