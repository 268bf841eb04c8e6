import nodemailer from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool';
import type { SendMail } from '../../actions/plan';
import { WorkflowError } from '../../text';
import { timeLeft } from '../time-left';
import { isAddress } from './addresses';
import { mailFailure, refusedBy } from './failure';

/** How a mail server is reached. */
export interface MailSettings {
  host: string;
  port: number;
  /** `starttls` insists on it; `none` never encrypts. */
  security: 'none' | 'starttls' | 'tls';
  /** Refuse a certificate that is not trusted. */
  verify: boolean;
  tls?: { ca?: string; cert?: string; key?: string; passphrase?: string };
  user?: string;
  password?: string;
  /** Address of the sender, with a name if wanted: `MISP <misp@example.org>`. */
  from: string;
  /** Connections at a time. */
  connections: number;
  timeoutMs: number;
}

/** Who was told, and who was refused by the server, in its words. */
export interface Delivery {
  accepted: string[];
  refused: { item: string; problem: string }[];
  messageId: string;
}

/** What a mail may cost. */
export interface MailLimits {
  signal: AbortSignal;
  /** In milliseconds since 1970. */
  deadline?: number;
  /** All attachments of a mail together, in bytes. */
  mostBytes: number;
}

/** An SMTP server, with connections that are kept open. */
export class MailServer {
  private readonly transport: ReturnType<typeof nodemailer.createTransport<SMTPPool.SentMessageInfo>>;
  readonly from: string;
  readonly connections: number;

  constructor(private readonly settings: MailSettings) {
    this.from = settings.from;
    this.connections = settings.connections;
    this.transport = nodemailer.createTransport(poolOptions(settings));
    // Errors of idle connections; those of mails are told to whoever sends them.
    this.transport.on('error', () => undefined);
  }

  close(): void {
    this.transport.close();
  }

  /**
   * Connects and logs in, without sending anything.
   * @throws {WorkflowError} in words
   */
  async verify(): Promise<void> {
    const once = nodemailer.createTransport({ ...poolOptions(this.settings), pool: false } as object);
    try {
      await this.inTime(once.verify(), { signal: new AbortController().signal });
    } finally {
      once.close();
    }
  }

  /** @throws {WorkflowError} if nobody was told */
  async send(mail: SendMail, limits: MailLimits): Promise<Delivery> {
    const { to, bcc = [], from, replyTo, subject, text, html } = mail;
    const recipients = [...to, ...bcc];
    const wrong = recipients.filter((address) => !isAddress(address));
    if (recipients.length === 0 || wrong.length > 0) throw new WorkflowError('mail.notAnAddress');
    const sending = this.transport.sendMail({
      from,
      replyTo,
      to: to.map(asAddress),
      bcc: bcc.map(asAddress),
      subject,
      // Two line ends would be a mail without a body, which some servers refuse.
      text: text ?? (html ? undefined : ''),
      html,
      attachments: attachmentsOf(mail, limits.mostBytes),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const { accepted, rejectedErrors = [], messageId } = await this.inTime(sending, limits);
    return { accepted: accepted.map(addressOf), refused: rejectedErrors.map(refusedBy), messageId };
  }

  /** What nodemailer gives, unless it takes too long. Its own time-outs are for each step, not for a mail. */
  private async inTime<T>(work: Promise<T>, { signal, deadline }: Omit<MailLimits, 'mostBytes'>): Promise<T> {
    const { host, port, timeoutMs, password } = this.settings;
    const left = timeLeft(timeoutMs, deadline);
    let stop: (error: Error) => void = () => undefined;
    const stopped = new Promise<never>((_resolve, reject) => (stop = reject));
    const server = `${host}:${port}`;
    const timer = setTimeout(
      () => stop(new WorkflowError(left.byDeadline ? 'mail.deadline' : 'mail.slow', { server })),
      left.ms,
    );
    const onAbort = () => stop(new WorkflowError('mail.closed'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await Promise.race([work, stopped]);
    } catch (error) {
      throw mailFailure(error, server, password);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      work.catch(() => undefined);
    }
  }
}

function poolOptions(settings: MailSettings): SMTPPool.Options {
  const { host, port, security, verify, tls, user, password, connections, timeoutMs } = settings;
  return {
    host,
    port,
    pool: true,
    maxConnections: connections,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { ...tls, rejectUnauthorized: verify },
    ...(user ? { auth: { user, pass: password ?? '' } } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** As an object it is never read as a list or a name. */
const asAddress = (address: string) => ({ name: '', address });

function addressOf(value: string | { address: string }): string {
  return typeof value === 'string' ? value : value.address;
}

/** @throws {WorkflowError} if they are too large */
function attachmentsOf({ attachments = [] }: SendMail, mostBytes: number) {
  let bytes = 0;
  return attachments.map(({ filename, data }) => {
    const content = JSON.stringify(data, undefined, 2) ?? 'null';
    bytes += Buffer.byteLength(content);
    if (bytes > mostBytes) {
      throw new WorkflowError('mail.tooLarge', { size: megabytes(bytes), most: megabytes(mostBytes) });
    }
    return { filename, content, contentType: 'application/json' };
  });
}

const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);
