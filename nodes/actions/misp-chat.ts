import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import type { HttpRequest } from '../../src/actions/plan';
import { extractData } from '../../src/event/hash';
import { eventCard, type Card } from '../../src/notify/chat/card';
import { judgeChat, planChat } from '../../src/notify/chat/chat';
import { botToken, TELEGRAM_API } from '../../src/notify/chat/telegram';
import { compileTemplate } from '../../src/template/template';
import { mispOf, type Message } from '../../src/runs/message';
import { WorkflowError } from '../../src/text';
import type { ServerNode } from '../config/misp-server';
import { defineAction } from './parts/define-action';
import { HTTP_FIELDS, senderOf } from './parts/http-fields';
import { SENDS } from './parts/sends';
import { WEB_ADDRESS } from '../web-fields';

const BY_WEBHOOK = ['teams', 'teams-connector', 'mattermost', 'slack', 'discord', 'rocketchat'] as const;

const TEAMS = {
  module: 'ms-teams-webhook',
  when: { service: 'teams-connector', content: 'data' },
  params: {
    url: 'webhookUrl',
    content_type: { setting: 'contentType', default: 'form' },
    data_extraction_path: 'path',
  },
} as const satisfies ModuleMapping;
const TELEGRAM = {
  module: 'telegram-send-alert',
  when: { service: 'telegram', content: 'text' },
  params: {
    bot_token: 'token',
    chat_id: 'chatId',
    message_body_template: { setting: 'text', default: '' },
  },
} as const satisfies ModuleMapping;

/** MISP's parameters, as a node has them; what is not given is missing. */
interface TeamsModule {
  url?: string;
  content_type: 'json' | 'form';
  data_extraction_path: string;
}
interface TelegramModule {
  bot_token?: string;
  chat_id: string;
  message_body_template: string;
}

export default defineAction(
  {
    type: 'misp-chat',
    modules: [TEAMS, TELEGRAM],
    version: 1,
    labelBy: 'service',
    notification: true,
    retries: true,
    fields: {
      service: {
        kind: 'select',
        default: 'teams',
        options: ['teams', 'mattermost', 'slack', 'telegram', 'discord', 'rocketchat', 'teams-connector'],
        describe: true,
      },
      webhookUrl: {
        kind: 'secret',
        secret: 'password',
        required: true,
        when: { service: [...BY_WEBHOOK] },
      },
      token: { kind: 'secret', secret: 'password', required: true, when: { service: 'telegram' } },
      chatId: { kind: 'text', default: '', required: true, when: { service: 'telegram' } },
      content: { kind: 'select', default: 'card', options: ['card', 'text', 'data'], describe: true },
      mispUrl: { kind: 'text', default: '', when: { content: 'card' } },
      text: {
        kind: 'template',
        default: '{{ Event.info }}',
        required: true,
        rows: 4,
        when: { content: 'text' },
      },
      path: { kind: 'hashpath', default: '', when: { content: 'data' } },
      contentType: {
        kind: 'select',
        default: 'json',
        options: ['json', 'form'],
        advanced: true,
        when: { service: 'teams-connector' },
      },
      apiUrl: {
        ...WEB_ADDRESS,
        default: TELEGRAM_API,
        required: false,
        message: 'apiUrl',
        advanced: true,
        when: { service: 'telegram' },
      },
      ...HTTP_FIELDS,
    },
  },
  (context) => {
    const { RED, config, secrets } = context;
    const { service, content } = config;
    // What they have in common with the other services is kept in the same settings.
    const teams = writeParams<TeamsModule>(TEAMS, config, secrets);
    const telegram = writeParams<TelegramModule>(TELEGRAM, config, secrets);
    const webhookUrl = teams.url?.trim() ?? '';
    const token = telegram.bot_token ?? '';
    const chatId = telegram.chat_id.trim();
    if (service !== 'telegram' && !webhookUrl) throw new WorkflowError('chat.noUrl');
    if (service === 'telegram' && !token.trim()) throw new WorkflowError('chat.noToken');
    if (service === 'telegram' && !chatId) throw new WorkflowError('chat.noChat');
    const sender = senderOf(context, { webhookUrl, token: botToken(token) });
    const template = compileTemplate(telegram.message_body_template);
    const target = { chatId, apiUrl: config.apiUrl, contentType: teams.content_type };
    return {
      plan: (message): HttpRequest[] => [planChat(service, contentOf(message), target)],
      carryOut: SENDS['http-request'](sender, judgeChat(service)),
      close: () => sender.close(),
    };

    /** @throws {WorkflowError} if there is nothing to say */
    function contentOf(message: Message): Card | string {
      const { payload } = message;
      if (content === 'card') return eventCard(payload, config.mispUrl || urlOfMisp(message));
      const text =
        content === 'text'
          ? template.render(payload, context.names(message))
          : JSON.stringify(extractData(payload, teams.data_extraction_path));
      if (text.trim() === '') throw new WorkflowError('chat.empty');
      return text;
    }

    /** The MISP that the trigger is connected with, if it is. */
    function urlOfMisp(message: Message): string {
      return (RED.nodes.getNode(String(mispOf(message).server)) as ServerNode | null)?.client?.url ?? '';
    }
  },
);
