import type { HttpRequest } from '../../actions/plan';
import { WorkflowError } from '../../text';
import { refusalOf, isSuccess } from '../webhook/answer';
import { CONTENT_TYPES } from '../webhook/body';
import type { Judge } from '../webhook/carry-out';
import { USER_AGENT } from '../webhook/webhook';
import type { Card } from './card';
import { discord } from './discord';
import { mattermost } from './mattermost';
import { rocketchat } from './rocketchat';
import { line, type ChatService, type ChatTarget } from './service';
import { slack } from './slack';
import { teams } from './teams';
import { teamsConnector } from './teams-connector';
import { telegram } from './telegram';

/** The chat services, by their names in settings. */
export const CHAT_SERVICES = {
  teams,
  'teams-connector': teamsConnector,
  mattermost,
  slack,
  telegram,
  discord,
  rocketchat,
} as const satisfies Record<string, ChatService>;

export type ChatServiceName = keyof typeof CHAT_SERVICES;

/** The request that puts a card, or a text, into a chat. */
export function planChat(name: ChatServiceName, content: Card | string, target: ChatTarget): HttpRequest {
  const service: ChatService = CHAT_SERVICES[name];
  const data = typeof content === 'string' ? service.text(content, target) : service.card(content, target);
  const as = name === 'teams-connector' ? target.contentType : 'json';
  return {
    do: 'http-request',
    method: 'POST',
    url: service.url(target),
    headers: {
      Accept: ['application/json'],
      'Content-Type': [CONTENT_TYPES[as]],
      'User-Agent': [USER_AGENT],
    },
    body: { as, data },
  };
}

/** What is wrong with a service's answer, in words. */
export function judgeChat(name: ChatServiceName): Judge {
  const service: ChatService = CHAT_SERVICES[name];
  return (answer) => {
    const refused = isSuccess(answer) ? service.refusal?.(answer) : undefined;
    if (refused === undefined) return refusalOf(answer);
    return new WorkflowError('chat.refused', { service: service.name, problem: line(refused).slice(0, 200) });
  };
}
