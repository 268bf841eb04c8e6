import type { SendMail } from '../../actions/plan';
import { text, WorkflowError } from '../../text';
import { distinct, domainOf, isAddress, nameable } from './addresses';
import type { Refused } from './recipients';

export interface MailParams {
  from: string;
  replyTo?: string;
  subject: string;
  text?: string;
  html?: string;
  /** The data goes with it, as JSON. */
  attach?: { filename: string; data: unknown };
  /** A mail for each, or one whose recipients do not see each other. */
  delivery: 'each' | 'bcc';
  /** Addresses at most. */
  most: number;
}

/** Who is to get it. Addresses of the message are in one of the domains, if any is named. */
export interface MailTo {
  known: readonly string[];
  /** From the message, which may be anybody's. */
  given?: readonly string[];
  domains?: readonly string[];
  /** Who is known already to get nothing. */
  refused?: readonly Refused[];
}

/** Nothing needs a longer one; RFC 5322 advises 78, and folds. */
const LONGEST_SUBJECT = 400;

/**
 * The mails as they would be sent. MISP's rule: without a subject there is no mail, and "0" is none.
 * @throws {WorkflowError} if nobody, or nothing, is left, or there are too many
 */
export function planMails(params: MailParams, to: MailTo): SendMail[] {
  const { delivery, most } = params;
  const { addresses, refused } = check(to);
  if (addresses.length === 0) throw nobody(refused);
  if (addresses.length > most) throw new WorkflowError('mail.tooMany', { count: addresses.length, most });
  const mail = contentOf(params);
  const mails: SendMail[] =
    delivery === 'bcc'
      ? [{ ...mail, to: [], bcc: addresses }]
      : addresses.map((one) => ({ ...mail, to: [one] }));
  if (refused.length > 0) mails[0] = { ...mails[0], refused };
  return mails;
}

function contentOf({ from, replyTo, text, html, attach, ...params }: MailParams): Omit<SendMail, 'to'> {
  const subject = oneLine(params.subject);
  if (subject === '' || subject === '0') throw new WorkflowError('mail.noSubject');
  if (replyTo && !isAddress(replyTo))
    throw new WorkflowError('mail.badReplyTo', { address: nameable(replyTo) });
  return {
    do: 'send-mail',
    from,
    subject,
    ...(replyTo ? { replyTo } : {}),
    ...(text === undefined ? {} : { text }),
    ...(html ? { html } : {}),
    ...(attach ? { attachments: [{ filename: oneLine(attach.filename), data: attach.data }] } : {}),
  };
}

/** What is no address, or from the message and not in the domains, is refused; the others get their mail. */
function check({ known, given = [], domains = [], refused: before = [] }: MailTo) {
  const allowed = new Set(domains.map((domain) => domain.trim().replace(/^@/, '').toLowerCase()));
  const own = new Set(known.map((address) => address.toLowerCase()));
  const problemOf = (address: string) => {
    if (!isAddress(address)) return text('mail.notAnAddress');
    const isFree = allowed.size === 0 || own.has(address.toLowerCase());
    return isFree || allowed.has(domainOf(address)) ? undefined : text('mail.domain');
  };
  const refused = [...before];
  const addresses = distinct([...known, ...given]).filter((address) => {
    const problem = problemOf(address);
    if (problem) refused.push({ item: nameable(address), problem });
    return problem === undefined;
  });
  return { addresses, refused };
}

function nobody(refused: readonly Refused[]): WorkflowError {
  if (refused.length === 0) return new WorkflowError('mail.nobody');
  const [{ item, problem }] = refused;
  return new WorkflowError('mail.allRefused', { item, problem });
}

/** Line breaks and other control characters would begin another header. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return line.length > LONGEST_SUBJECT ? `${line.slice(0, LONGEST_SUBJECT - 1)}…` : line;
}
