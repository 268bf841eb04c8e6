import { isRecord } from '../../event/values';
import { bodyOf, detailOf } from '../webhook/answer';
import { attachmentOf } from './attachment';
import { clip, webhookUrl, type ChatService } from './service';

/** `Message_MaxAllowedSize`, as it comes. */
const MOST_TEXT = 5000;

/**
 * Incoming webhooks. Success is `{"success": true}`; errors are `{"success": false, "error": "..."}`.
 * @see https://docs.rocket.chat/docs/integrations
 */
export const rocketchat: ChatService = {
  name: 'Rocket.Chat',
  url: webhookUrl,
  text: (text) => ({ text: clip(text, MOST_TEXT) }),
  card: (card) => ({ attachments: [attachmentOf(card)] }),
  refusal(answer) {
    const body = bodyOf(answer);
    return isRecord(body) && body.success === false ? detailOf(answer) : undefined;
  },
};
