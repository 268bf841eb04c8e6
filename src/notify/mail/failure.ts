import { WorkflowError } from '../../text';
import { nameable } from './addresses';

/** Errors of nodemailer, as far as they tell what to do. */
interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
  response?: string;
  recipient?: string;
  rejected?: string[];
}

const MOST_DETAIL = 200;

/** Why a mail was not sent, in words, without the password should the server repeat it. */
export function mailFailure(error: unknown, server: string, password = ''): WorkflowError {
  if (error instanceof WorkflowError) return error;
  const { code = '', responseCode = 0, message } = (error ?? {}) as SmtpError;
  const problem = clean(wordsOf(error), password);
  const params = { server, problem };
  if (code === 'EAUTH' || code === 'ENOAUTH') return new WorkflowError('mail.login', params);
  if (code === 'ETLS') return new WorkflowError('mail.tls', params);
  if (/certificate|altname/i.test(message)) return new WorkflowError('mail.certificate', params);
  if (/wrong version number|EPROTO|ssl3?_/i.test(message)) return new WorkflowError('mail.tlsMode', params);
  if (code === 'ETIMEDOUT') return new WorkflowError('mail.slow', params);
  if (/^E(?:CONNECTION|SOCKET|DNS|CONN\w*|HOST\w*|NET\w*|NOTFOUND)$/.test(code))
    return new WorkflowError('mail.unreachable', params);
  if (code === 'EENVELOPE' || responseCode > 0) return new WorkflowError('mail.refused', params);
  return new WorkflowError('mail.failed', params);
}

/** One recipient whom the server refused. */
export function refusedBy(error: SmtpError): { item: string; problem: string } {
  return { item: nameable(error.recipient ?? ''), problem: clean(wordsOf(error), '') };
}

function wordsOf(error: unknown): string {
  const { response, message } = (error ?? {}) as SmtpError;
  return response ?? message ?? String(error);
}

function clean(text: string, password: string): string {
  const shown = password.length > 3 ? text.replaceAll(password, '***') : text;
  const line = shown.replace(/[\p{Cc}]+/gu, ' ').trim();
  return line.length > MOST_DETAIL ? `${line.slice(0, MOST_DETAIL)}…` : line;
}
