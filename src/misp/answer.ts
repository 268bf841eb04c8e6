/** The one place where what MISP answers is read: JSON that is whole, of a bounded depth; else what it is, in words. */
import { listsIn, mayHoldKeyedLists } from '../event/keyed-lists';
import { isEntries, isRecord } from '../event/values';
import type { HttpAnswer } from '../http/client';
import { isDeeper } from '../http/json';
import { busy, CallProblem, problemWith } from './call-problem';
import type { ParamsOf, TextKey } from '../text';
import { permissionFor, permissionOf, type Permission } from './permissions';
import { invalid } from './validation';

/** As deep as the listener takes requests. Deeper data kills Node-RED where it is cloned, as before a Catch node. */
const MOST_LEVELS = 200;

/** How an answer is read. */
export interface Reading {
  url: string;
  path: string;
  /** A text that is no JSON is taken too, if MISP says that it is one: exports such as CSV. */
  text?: boolean;
  asSent?: boolean;
  /** Where MISP sends us when it has done this call. */
  doneAt?: string;
  /** What the key's role needs for the call, where the path does not tell. */
  permission?: Permission;
}

/**
 * What an answer holds.
 * @throws {CallProblem} if it is a refusal, or nothing that can be believed
 */
export function readAnswer(response: HttpAnswer, reading: Reading): unknown {
  const { status } = response;
  if (isDoneAt(response, reading)) return { saved: true };
  if (status >= 200 && status <= 206 && status !== 204) return readBody(response, reading);
  throw refusal(response, reading);
}

/** MISP answers a browser's way to some calls: it sends us to the thing that it has changed. */
function isDoneAt({ status, headers }: HttpAnswer, { url, doneAt }: Reading): boolean {
  if (doneAt === undefined || (status !== 302 && status !== 303)) return false;
  const to = headers.location ?? '';
  const target = URL.canParse(to, url) ? new URL(to, url).pathname : '';
  return target.endsWith(doneAt);
}

function readBody(response: HttpAnswer, { url, text, asSent }: Reading): unknown {
  const type = typeOf(response);
  const body = response.text;
  if (body.trim() === '') throw unbelievable('misp.empty', { url, status: response.status });
  const parsed = parse(body);
  const isText = text === true && !/json|html/.test(type);
  if (isText && !isEntries(parsed?.data)) return body;
  if (parsed !== undefined) {
    if (isDeeper(parsed.data, MOST_LEVELS)) {
      throw unbelievable('misp.tooDeep', { url, levels: MOST_LEVELS });
    }
    return !asSent && mayHoldKeyedLists(body) ? listsIn(parsed.data) : parsed.data;
  }
  if (!type.includes('json')) throw problemWith('misp.notAnApi', { url }, { unknown: true });
  throw unbelievable(isCut(body) ? 'misp.cutJson' : 'misp.notJson', { url });
}

function parse(text: string): { data: unknown } | undefined {
  try {
    return { data: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** It is JSON as far as it goes: what is wrong with it is its end. */
function isCut(body: string): boolean {
  if (!/^\s*[[{]/.test(body)) return false;
  try {
    JSON.parse(body);
    return false;
  } catch (error) {
    const { message } = error as SyntaxError;
    const [, position] = /position (\d+)/.exec(message) ?? [];
    return /end of JSON|Unterminated/i.test(message) || Number(position) >= body.trimEnd().length;
  }
}

const typeOf = ({ headers }: HttpAnswer) => (headers['content-type'] ?? '').toLowerCase();

/** An answer of 200 that is none: MISP may have done what was asked. Asking again may help. */
function unbelievable<K extends TextKey>(key: K, params: ParamsOf<K>): CallProblem {
  return problemWith(key, params, { again: 'harmless', unknown: true });
}

/** MISP says why in `message` and `errors` (recorded in test/fixtures/rest); what stands before it has pages. */
function refusal(response: HttpAnswer, { url, path, permission }: Reading): CallProblem {
  const { status, headers } = response;
  const body = typeOf(response).includes('json') ? parse(response.text)?.data : undefined;
  const said = isRecord(body) ? body : undefined;
  const message = typeof said?.message === 'string' ? said.message : '';
  if (status === 429 || status === 503) return busy(status, headers);
  if (status === 407) return problemWith('misp.proxyLogin', {});
  if (status === 502 || status === 504) {
    return problemWith('misp.gateway', { status, url }, { again: 'harmless', unknown: true, silent: true });
  }
  if (status === 204) return unbelievable('misp.empty', { url, status });
  if (status < 400) return redirect(response, url);
  if (!said) return problemWith(pageKey(status), { url, status }, { unknown: status >= 500 });
  if (status === 401 || /^Authentication failed/.test(message)) return problemWith('misp.wrongKey', {});
  if (/Auth key from your IP address/.test(message)) return problemWith('misp.wrongAddress', { message });
  if (said.errors !== undefined && status < 500) return new CallProblem(invalid(message, said.errors));
  if (status === 403) return forbidden(message, path, permission);
  if (status === 404) return problemWith('misp.notFound', { message });
  if (status === 405) return problemWith('misp.notTaken', { message });
  if (status === 413) return problemWith('misp.requestTooLarge', { url, status });
  return problemWith('misp.refused', { status, message }, { again: status >= 500 ? 'harmless' : 'never' });
}

/** Words for a page, by its status: it is not MISP's API that speaks. */
function pageKey(status: number) {
  if (status === 401) return 'misp.pageLogin';
  if (status === 403) return 'misp.pageForbidden';
  if (status === 404 || status === 410) return 'misp.pageNotFound';
  if (status === 413) return 'misp.requestTooLarge';
  return status >= 500 ? 'misp.pageBroken' : 'misp.pageRefused';
}

/** To a login page, or to where MISP really is. What is done before it sends us on is not known. */
function redirect({ status, headers }: HttpAnswer, url: string): CallProblem {
  const to = headers.location ?? '';
  const target = URL.canParse(to, url) ? new URL(to, url) : undefined;
  const isLogin = !to || !target || /login|sso|auth/i.test(target.pathname);
  const unknown = status === 302 || status === 303;
  if (isLogin) return problemWith('misp.loginPage', { url, status }, { unknown: false });
  const address = `${target.origin}${target.pathname}`.slice(0, 200);
  return problemWith('misp.redirect', { url, status, to: address }, { unknown });
}

function forbidden(message: string, path: string, known?: Permission): CallProblem {
  const permission = permissionFor(path, message, known);
  if (permission) return problemWith('misp.forbiddenNeeds', { message, permission });
  const needed = permissionOf(path);
  // Some calls say the same of both.
  if (needed && /permission to do that/.test(message)) {
    return problemWith('misp.forbiddenEither', { message, permission: needed });
  }
  return problemWith(isOfOthers(message) ? 'misp.forbiddenOther' : 'misp.forbidden', { message });
}

/** MISP's words for what belongs to another organisation. */
function isOfOthers(message: string): boolean {
  return /permission to do that|not authori[sz]ed|only the organisation that has created/i.test(message);
}
