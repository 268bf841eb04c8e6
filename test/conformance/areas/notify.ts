/** Telling people and systems: what is planned is compared with what MISP sends. */
import type { HttpRequest, SendMail } from '../../../src/actions/plan';
import { extractData } from '../../../src/event/hash';
import { isEmpty, isRecord, textOf } from '../../../src/event/values';
import type { UserAccount } from '../../../src/misp/accounts';
import { judgeChat, planChat } from '../../../src/notify/chat/chat';
import { botToken, TELEGRAM_API } from '../../../src/notify/chat/telegram';
import { refusalOf } from '../../../src/notify/webhook/answer';
import { encodeBody } from '../../../src/notify/webhook/body';
import type { Judge } from '../../../src/notify/webhook/carry-out';
import { fillIn, type Secrets } from '../../../src/notify/webhook/secrets';
import { methodOf, planWebhook, USER_AGENT } from '../../../src/notify/webhook/webhook';
import { planMails } from '../../../src/notify/mail/compose';
import { resolveRecipients } from '../../../src/notify/mail/recipients';
import { planSplunk, splunkParams } from '../../../src/notify/splunk/splunk';
import { readHeaders } from '../../../src/mapping/headers';
import { WorkflowError } from '../../../src/text';
import type { Json, JsonObject, Vector } from '../vectors';
import { questionOf, type Question } from '../misp/question';
import { renderDotted } from './filters';
import type { Adapter, Reading } from './index';

type Params = Record<string, Json | undefined>;

/** An answer in the terms in which it is compared; the wording of errors does not count. */
export interface Sent {
  result: boolean;
  sent: unknown[];
}

const FAILED: Sent = { result: false, sent: [] };

const fails = (work: () => Sent): Sent => {
  try {
    return work();
  } catch (error) {
    if (error instanceof WorkflowError) return FAILED;
    throw error;
  }
};

/** The users of the vectors' MISP. */
export function accountsOf({ fixtures }: Vector): UserAccount[] {
  const roles = new Map(((fixtures?.roles ?? []) as JsonObject[]).map((role) => [role.id, role]));
  return ((fixtures?.users ?? []) as JsonObject[]).map(({ id, email, role_id: role, org_id: org }) => ({
    id: textOf(id),
    email: textOf(email),
    organisation: { id: textOf(org), name: '' },
    siteAdmin: roles.get(role ?? null)?.perm_site_admin === true,
    orgAdmin: roles.get(role ?? null)?.perm_admin === true,
  }));
}

const mail: Adapter = (input, vector) => {
  const { params, data } = questionOf(input);
  const {
    recipients = ['All admins'],
    mail_template_subject: subject,
    mail_template_body: body,
  } = params as Params;
  if (isEmpty(recipients)) return FAILED;
  if (!Array.isArray(recipients)) throw new Error('The recipients are no list');
  return fails(() => {
    const wanted = { recipients: recipients.map(textOf), onlyUsers: true };
    const { addresses: known, refused } = resolveRecipients(wanted, accountsOf(vector), data);
    const content = {
      from: 'misp@example.org',
      subject: renderDotted(textOf(subject), data),
      text: renderDotted(textOf(body), data),
    };
    const mails = planMails({ ...content, delivery: 'each', most: 100 }, { known, refused });
    return { result: true, sent: mails.map(shownMail) };
  });
};

function shownMail({ to: [to], subject, text: body }: SendMail): object {
  return { to, subject, body };
}

/** The request as MISP's vectors write it. */
export function shownRequest(request: HttpRequest, secrets: Secrets = {}): JsonObject {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name.toLowerCase(),
    fillIn(value, secrets),
  ]);
  const own = headers.filter(([, value]) => value !== USER_AGENT);
  const body = encodeBody(request);
  return {
    method: request.method.toLowerCase(),
    url: fillIn(request.url, secrets),
    headers: Object.fromEntries(own) as JsonObject,
    ...(body === undefined ? {} : { body }),
  };
}

/** What becomes of a request in the vector's world. */
function answered(question: Question, judge: Judge, silence: 'fails' | 'throws'): boolean {
  const [response = [200, 'ok']] = (question.env.http_responses ?? []) as ([number, string] | string)[];
  if (typeof response === 'string') {
    if (silence === 'throws') throw new Error(response);
    return false;
  }
  const [status, text] = response;
  return judge({ status, text, headers: {}, host: 'example.org' }) === undefined;
}

/** Those that MISP's module knows. */
const MISP_METHODS = ['post', 'get', 'put', 'delete'];

const webhook: Adapter = (input) => {
  const question = questionOf(input);
  const { params, data } = question;
  const { url, request_method: wanted, content_type: type = 'json', payload, headers } = params as Params;
  const word = wanted === undefined ? 'post' : textOf(wanted);
  const method = methodOf(MISP_METHODS.includes(word) ? word.toUpperCase() : word);
  return fails(() => {
    const rendered = textOf(url) === '' ? '' : renderDotted(textOf(url), data);
    const own = readHeaders(textOf(headers)).map(({ name, value }) => ({
      name,
      value: renderDotted(value, data),
    }));
    const template = textOf(payload);
    const request = planWebhook(
      {
        url: [rendered],
        method,
        contentType: type === 'form' ? 'form' : 'json',
        headers: own,
        ...(template === '' ? {} : { payload: renderDotted(template, data) }),
      },
      data,
    );
    return { result: answered(question, refusalOf, 'fails'), sent: [shownRequest(request)] };
  });
};

const telegram: Adapter = (input) => {
  const question = questionOf(input);
  const {
    bot_token: token,
    chat_id: chatId = '',
    message_body_template: template,
  } = question.params as Params;
  const text = renderDotted(textOf(template), question.data);
  const target = { chatId: chatId as string | number, apiUrl: TELEGRAM_API, contentType: 'json' } as const;
  const request = planChat('telegram', text, target);
  const secrets = { token: botToken(textOf(token)) };
  const result = answered(question, judgeChat('telegram'), 'throws');
  return { result, sent: [shownRequest(request, secrets)] };
};

const teams: Adapter = (input) => {
  const question = questionOf(input);
  const { url, content_type: type = 'form', data_extraction_path: path } = question.params as Params;
  if (textOf(url) === '') return FAILED;
  const text = JSON.stringify(extractData(question.data, textOf(path)));
  const contentType = type === 'form' ? 'form' : 'json';
  const request = planChat('teams-connector', text, { chatId: '', apiUrl: '', contentType });
  const result = answered(question, judgeChat('teams-connector'), 'throws');
  return { result, sent: [shownRequest(request, { webhookUrl: textOf(url) })] };
};

const splunk: Adapter = (input) => {
  const { params, data } = questionOf(input);
  const { url, hec_token: token } = params as Params;
  if (textOf(token) === '' || textOf(url) === '') return FAILED;
  const requests = planSplunk(textOf(url), splunkParams(params as never), data);
  return { result: true, sent: requests.flatMap((request) => shownEvents(request, textOf(token))) };
};

/** MISP sends a request for each event. */
function shownEvents({ url, headers, body }: HttpRequest, token: string): unknown[] {
  const secrets = { token };
  const { Authorization } = headers;
  return (body?.data as unknown[]).map((event) => ({
    url: fillIn(url, secrets),
    body: event,
    headers: { Authorization: fillIn(Authorization, secrets) },
  }));
}

export const adapters: Record<string, Adapter> = {
  'action-mail': mail,
  'action-webhook': webhook,
  'action-telegram': telegram,
  'action-ms-teams': teams,
  'action-splunk': splunk,
  'splunk-payload': splunk,
};

const readCalls =
  (name: string, read: (call: JsonObject) => JsonObject): Reading =>
  (expected) => {
    if (!isRecord(expected) || expected.throws) return expected;
    const calls = (expected.calls ?? []) as JsonObject[];
    return { result: expected.result, sent: calls.filter(({ call }) => call === name).map(read) };
  };

function readRequest({ method, url, headers, body }: JsonObject): JsonObject {
  const all = Object.entries(headers as JsonObject).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  const own = all.filter(([, value]) => !/^MISP /.test(textOf(value)));
  return {
    method: method ?? null,
    url: url ?? null,
    headers: Object.fromEntries(own),
    ...(body === undefined ? {} : { body }),
  };
}

const requests = readCalls('http', readRequest);

export const readings: Record<string, Reading> = {
  'action-mail': readCalls('User.sendEmail', ({ to, subject, body }) => ({
    to: to ?? null,
    subject: subject ?? null,
    body: body ?? null,
  })),
  'action-webhook': requests,
  'action-telegram': requests,
  'action-ms-teams': requests,
  'splunk-payload': (expected) => {
    if (!isRecord(expected) || expected.throws) return expected;
    const events = (expected.sent as JsonObject[]).map(({ url, body, headers }) => ({ url, body, headers }));
    return { result: expected.result, sent: events };
  },
};
