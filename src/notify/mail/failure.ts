import { hiddenTexts, scrub } from '../../http/scrub';
import type { Away } from '../../actions/plan';
import { errorSaying, madeOf, WorkflowError } from '../../text';
import { nameable } from './addresses';
import type { Refused } from './recipients';
import type { MailSettings } from './settings';

/** Errors of nodemailer, as far as they tell what to do. */
interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
  response?: string;
  recipient?: string;
}

type Login = Pick<MailSettings, 'user' | 'password'>;

const MOST_DETAIL = 200;
/** What a server says before it closes the connection (RFC 5321). */
const CLOSING = 421;

/** A mail was not sent, or perhaps it was: why, and whether to try again is of use. */
export class MailFailure extends WorkflowError {
  constructor(
    { said }: WorkflowError,
    readonly away: Away | undefined,
  ) {
    super(...madeOf(said));
  }
}

/**
 * Why a mail was not sent, in words, without the login should the server repeat it.
 * @param isSent the server has begun to read it
 */
export function mailFailure(
  error: unknown,
  settings: Login & Pick<MailSettings, 'host' | 'port'>,
  isSent: boolean,
): WorkflowError {
  if (error instanceof MailFailure) return error;
  const { code = '', responseCode = 0, message = '' } = (error ?? {}) as Partial<SmtpError>;
  const params = { server: `${settings.host}:${settings.port}`, problem: clean(error, settings) };
  const failure =
    error instanceof WorkflowError ? error : errorSaying({ key: keyOf(code, responseCode, message), params });
  // What a server says with 4xx it has not done (RFC 5321), whenever it says so.
  if (isLater(responseCode)) return new MailFailure(failure, 'nothing');
  if (!AWAY.has(failure.key) || responseCode > 0) return failure;
  return new MailFailure(failure, isSent ? 'perhaps' : 'nothing');
}

const AWAY = new Set<string>(
  ['unreachable', 'slow', 'deadline', 'closed', 'cut', 'busy'].map((key) => `mail.${key}`),
);
const isLater = (code: number) => code >= 400 && code < 500;

function keyOf(code: string, responseCode: number, message: string) {
  if (code === 'EAUTH' || code === 'ENOAUTH') return 'mail.login';
  if (/certificate|altname/i.test(message)) return 'mail.certificate';
  if (/wrong version number|EPROTO|ssl3?_|packet length/i.test(message)) return 'mail.tlsMode';
  if (code === 'ETLS') return 'mail.tls';
  if (code === 'ETIMEDOUT') return 'mail.slow';
  if (responseCode === CLOSING) return 'mail.cut';
  if (responseCode > 0 || code === 'EENVELOPE') return 'mail.refused';
  if (/^E(?:SOCKET|DNS|CONNREFUSED|HOST\w*|NET\w*|NOTFOUND)$/.test(code)) return 'mail.unreachable';
  return code === 'ECONNECTION' ? 'mail.cut' : 'mail.failed';
}

/** One recipient whom the server refused. */
export function refusedBy(error: SmtpError, login: Login): Refused {
  const refused = { item: nameable(error.recipient ?? ''), problem: clean(error, login) };
  return isLater(error.responseCode ?? 0) ? { ...refused, away: 'nothing' } : refused;
}

/** The server's words, or those of the library, in one short line. */
function clean(error: unknown, login: Login): string {
  const { response, message } = (error ?? {}) as Partial<SmtpError>;
  const said = String(response ?? message ?? error);
  const line = scrub(said, secretsOf(login))
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
  return line.length > MOST_DETAIL ? `${line.slice(0, MOST_DETAIL)}…` : line;
}

/** The password, and what the protocol makes of it. */
function secretsOf({ user = '', password = '' }: Login): string[] {
  if (hiddenTexts([password]).length === 0) return [];
  const encoded = [password, `\0${user}\0${password}`].map((text) => Buffer.from(text).toString('base64'));
  return hiddenTexts([password, ...encoded]);
}
