import { isRecord } from '../../event/values';
import type { HttpAnswer } from '../../http/client';
import { secondsOf } from '../../http/repeat';
import { WorkflowError } from '../../text';

/** What a receiver says, without our secrets. */
export interface ReceiverAnswer extends HttpAnswer {
  /** Who answered, for messages: host and port. */
  host: string;
}

const MOST_DETAIL = 200;

/** Whether it is what MISP takes for success: 200 to 206. */
export function isSuccess({ status }: ReceiverAnswer): boolean {
  return status >= 200 && status <= 206;
}

/** The body as JSON, or as the text that it is. */
export function bodyOf({ text }: ReceiverAnswer): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * How long the other side asks to wait, in seconds: the header, or what chat services say in the body
 * (Discord's `retry_after`, Telegram's `parameters.retry_after`).
 */
export function retryAfterOf(answer: ReceiverAnswer): number {
  const header = secondsOf(answer.headers['retry-after']);
  const body = bodyOf(answer);
  if (!isRecord(body)) return header;
  const parameters = isRecord(body.parameters) ? body.parameters : {};
  const said = [header, body.retry_after, parameters.retry_after].filter(
    (value) => typeof value === 'number',
  );
  return Math.max(0, ...said.filter(Number.isFinite));
}

/** Why it was refused, in words; nothing if it was not. */
export function refusalOf(answer: ReceiverAnswer, detail = detailOf(answer)): WorkflowError | undefined {
  if (isSuccess(answer)) return undefined;
  const { status, host, headers } = answer;
  const params = { host, status, said: detail && `: ${detail}` };
  if (status >= 300 && status < 400)
    return new WorkflowError('http.redirect', { ...params, to: originOf(headers.location) });
  if (status === 401 || status === 403) return new WorkflowError('http.unauthorised', params);
  if (status === 404 || status === 410) return new WorkflowError('http.notFound', params);
  if (status === 413) return new WorkflowError('http.bodyTooLarge', params);
  if (status === 429)
    return new WorkflowError('http.busy', { ...params, seconds: Math.ceil(retryAfterOf(answer)) });
  return new WorkflowError(status >= 500 ? 'http.broken' : 'http.refused', params);
}

/** Where a redirect leads, without anything that may be secret. */
function originOf(location: string | undefined): string {
  try {
    return new URL(location ?? '').origin;
  } catch {
    return '-';
  }
}

/** The words of the other side: common fields of JSON errors, or a short text that is no page. */
export function detailOf(answer: ReceiverAnswer): string {
  const body = bodyOf(answer);
  const said = isRecord(body)
    ? (wordsIn(body.error) ?? wordsIn(body))
    : typeof body === 'string'
      ? body
      : undefined;
  const text = (said ?? '').replace(/\s+/g, ' ').trim();
  if (text.startsWith('<')) return '';
  return text.length > MOST_DETAIL ? `${text.slice(0, MOST_DETAIL)}…` : text;
}

function wordsIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!isRecord(value)) return undefined;
  const { message, description, text, error, detail } = value;
  return [message, description, text, error, detail].find((entry) => typeof entry === 'string');
}
