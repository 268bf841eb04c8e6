import type { HttpMethod, HttpRequest, SecretText } from '../../actions/plan';
import { toJson } from '../../http/json';
import { WorkflowError } from '../../text';
import { CONTENT_TYPES } from './body';

/** A header of the user's, its value filled in. */
export interface Header {
  name: string;
  value: string | SecretText;
}

export interface WebhookParams {
  url: SecretText;
  method: HttpMethod;
  contentType: 'json' | 'form' | 'text';
  headers: readonly Header[];
  /** The filled-in payload; without it the data is sent. */
  payload?: string;
}

/** How we call ourselves. */
export const USER_AGENT = 'node-red-misp';

/**
 * MISP's module `webhook`: a text of the user's, or the data. A payload that is no JSON is sent as a JSON text, as
 * MISP does; an empty object stays one.
 * @param data what is sent without a payload, by reference
 * @throws {WorkflowError} without an address
 */
export function planWebhook(params: WebhookParams, data: unknown): HttpRequest {
  const { url, method, contentType, headers, payload } = params;
  if (url.every((part) => part === '')) throw new WorkflowError('http.noUrl');
  const request: HttpRequest = { do: 'http-request', method, url, headers: headersOf(contentType, headers) };
  if (method !== 'GET') request.body = { as: contentType, data: bodyOf(contentType, payload, data) };
  return request;
}

function bodyOf(
  contentType: WebhookParams['contentType'],
  payload: string | undefined,
  data: unknown,
): unknown {
  if (payload === undefined) return contentType === 'text' ? toJson(data) : data;
  if (contentType !== 'json') return payload;
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    return payload;
  }
}

/** The user's headers go before ours, except that a form says that it is one. */
function headersOf(
  contentType: WebhookParams['contentType'],
  own: readonly Header[],
): Record<string, SecretText> {
  const headers = new Map<string, [string, SecretText]>();
  const set = (name: string, value: string | SecretText) =>
    headers.set(name.toLowerCase(), [name, typeof value === 'string' ? [value] : value]);
  set('Accept', 'application/json');
  set('Content-Type', CONTENT_TYPES[contentType]);
  set('User-Agent', USER_AGENT);
  for (const { name, value } of own) set(name, value);
  if (contentType === 'form') set('Content-Type', CONTENT_TYPES.form);
  return Object.fromEntries(headers.values());
}

/** MISP's module has no PATCH. */
export const METHODS = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'] as const satisfies readonly HttpMethod[];

/** @throws {WorkflowError} if it is no method of a webhook, as a variable of the environment may be */
export function methodOf(name: string): HttpMethod {
  const method = METHODS.find((known) => known === name);
  if (!method) throw new WorkflowError('http.badMethod', { method: JSON.stringify(name.slice(0, 20)) });
  return method;
}
