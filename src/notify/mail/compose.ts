import type { SendMail } from '../../actions/plan';
import { WorkflowError, text as words } from '../../text';
import { distinct, domainOf, isAddress, nameable } from './addresses';

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
}

/** Nothing needs a longer one; RFC 5322 advises 78, and folds. */
const LONGEST_SUBJECT = 400;

/**
 * The mails as they would be sent. MISP's rule: without a subject there is no mail, and "0" is none.
 * @throws {WorkflowError} if nobody, or nothing, is left, or there are too many
 */
export function planMails(params: MailParams, to: MailTo): SendMail[] {
  const { from, replyTo, text, html, attach, delivery, most } = params;
  const { addresses, refused } = check(to);
  if (addresses.length === 0) throw nobody(refused);
  if (addresses.length > most) throw new WorkflowError('mail.tooMany', { count: addresses.length, most });
  const subject = oneLine(params.subject);
  if (subject === '' || subject === '0') throw new WorkflowError('mail.noSubject');
  const mail: Omit<SendMail, 'to'> = {
    do: 'send-mail',
    from,
    subject,
    ...(replyTo ? { replyTo } : {}),
    ...(text === undefined ? {} : { text }),
    ...(html ? { html } : {}),
    ...(attach ? { attachments: [{ filename: oneLine(attach.filename), data: attach.data }] } : {}),
  };
  const mails = delivery === 'bcc' ? [{ ...mail, to: [], bcc: addresses }] : addresses.map((one) => ({ ...mail, to: [one] }));
  if (refused.length > 0) mails[0] = { ...mails[0], refused };
  return mails;
}

/** What is no address, or from the message and not in the domains, is refused; the others get their mail. */
function check({ known, given = [], domains = [] }: MailTo) {
  const allowed = new Set(domains.map((domain) => domain.trim().replace(/^@/, '').toLowerCase()));
  const strange = new Set(given.map((address) => address.toLowerCase()));
  for (const address of known) strange.delete(address.toLowerCase());
  const refused: { item: string; problem: string }[] = [];
  const addresses = distinct([...known, ...given]).filter((address) => {
    const key = !isAddress(address)
      ? 'mail.notAnAddress'
      : allowed.size > 0 && strange.has(address.toLowerCase()) && !allowed.has(domainOf(address))
        ? 'mail.domain'
        : undefined;
    if (key) refused.push({ item: nameable(address), problem: words(key) });
    return key === undefined;
  });
  return { addresses, refused };
}

function nobody(refused: { item: string; problem: string }[]): WorkflowError {
  if (refused.length === 0) return new WorkflowError('mail.nobody');
  const [{ item, problem }] = refused;
  return new WorkflowError('mail.allRefused', { item, problem });
}

/** Line breaks and other control characters would begin another header. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return line.length > LONGEST_SUBJECT ? `${line.slice(0, LONGEST_SUBJECT - 1)}…` : line;
}
