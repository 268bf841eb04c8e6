import type { Readable } from 'node:stream';
import nodemailer from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool';
import type { SendMail } from '../../actions/plan';
import { Deadline } from '../../deadline';
import { WorkflowError } from '../../text';
import { isAddress, senderOf } from './addresses';
import type { MailFile } from './attachments';
import { mailFailure, refusedBy } from './failure';
import type { Refused } from './recipients';
import { poolOptions, type MailSettings } from './settings';
import { Slots } from './slots';

/** Who was told, and who was refused by the server, in its words. */
export interface Delivery {
  accepted: string[];
  refused: Refused[];
  messageId: string;
}

/** What a mail may cost. */
export interface MailLimits {
  signal: AbortSignal;
  /** When the run must have its answer. */
  deadline?: Deadline;
}

/** Mails that wait for a connection. More would wait for hours. */
const MOST_WAITING = 1000;

/** An SMTP server, with connections that are kept open. */
export class MailServer {
  private readonly transport: ReturnType<typeof nodemailer.createTransport<SMTPPool.SentMessageInfo>>;
  private readonly slots: Slots;
  /** Mails as the server reads them, by what gives them up. */
  private readonly streams = new WeakMap<object, Readable>();
  /** Host and port. */
  readonly server: string;

  /** @throws {WorkflowError} if host or sender are missing */
  constructor(private readonly settings: MailSettings) {
    if (!settings.host) throw new WorkflowError('mail.noHost');
    if (!senderOf(settings.from)) throw new WorkflowError('mail.noFrom');
    this.server = `${settings.host}:${settings.port}`;
    this.slots = new Slots(settings.connections);
    this.transport = nodemailer.createTransport(poolOptions(settings));
    // Errors of idle connections; those of mails are told to whoever sends them.
    this.transport.on('error', () => undefined);
    this.transport.use('stream', ({ data: { signal }, message }, done) => {
      message.processFunc((mail) => {
        if (signal) this.streams.set(signal, mail);
        return mail;
      });
      done();
    });
  }

  /** Address of the sender, with a name if wanted. */
  get from(): string {
    return this.settings.from;
  }

  get connections(): number {
    return this.settings.connections;
  }

  close(): void {
    this.transport.close();
  }

  /**
   * Connects and logs in, without sending anything.
   * @throws {WorkflowError} in words
   */
  async verify(): Promise<void> {
    const once = nodemailer.createTransport({ ...poolOptions(this.settings), pool: undefined });
    try {
      await this.inTime({ signal: new AbortController().signal }, () => once.verify());
    } finally {
      once.close();
    }
  }

  /** @throws {WorkflowError} if nobody was told */
  async send(mail: SendMail, files: MailFile[], limits: MailLimits): Promise<Delivery> {
    const { to, bcc = [], from, replyTo, subject, text, html } = mail;
    const isGood = [...to, ...bcc].every(isAddress);
    if (!isGood || to.length + bcc.length === 0) throw new WorkflowError('mail.notAnAddress');
    const leave = await this.turn(limits);
    try {
      const { accepted, rejectedErrors, messageId } = await this.inTime(limits, (signal) =>
        this.transport.sendMail({
          signal,
          from: senderOf(from),
          replyTo,
          to: to.length > 0 ? to.map(asAddress) : 'undisclosed-recipients:;',
          bcc: bcc.map(asAddress),
          subject,
          text: text ?? (html ? undefined : ''),
          html,
          attachments: files,
          // Nobody's out-of-office note is wanted (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        }),
      );
      const refused = (rejectedErrors ?? []).map((error) => refusedBy(error, this.settings));
      return { accepted: accepted.map(addressOf), refused, messageId };
    } finally {
      leave();
    }
  }

  /** Waits until a connection is free: as long as it takes, unless MISP waits too. */
  private async turn({ signal, deadline = new Deadline() }: MailLimits): Promise<() => void> {
    if (this.slots.queue >= MOST_WAITING)
      throw this.failure(new WorkflowError('mail.busy', { server: this.server }));
    const { ms } = deadline.timeLeft(Infinity);
    const giveUp = this.giveUpAfter(ms, new WorkflowError('mail.deadline', { server: this.server }), signal);
    try {
      return await this.slots.take(giveUp.signal);
    } catch (error) {
      throw this.failure(error);
    } finally {
      giveUp.done();
    }
  }

  /** nodemailer's own time-outs are for each step, not for a mail. What is given up is not sent later. */
  private async inTime<T>(
    { signal, deadline = new Deadline() }: MailLimits,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { ms, byDeadline } = deadline.timeLeft(this.settings.timeoutMs);
    const late = new WorkflowError(byDeadline ? 'mail.deadline' : 'mail.slow', { server: this.server });
    const giveUp = this.giveUpAfter(ms, late, signal);
    try {
      return await Promise.race([work(giveUp.signal), giveUp.reached]);
    } catch (error) {
      // nodemailer reads a mail when the server is ready to take it.
      const isSent = this.streams.get(giveUp.signal)?.readableDidRead === true;
      throw this.failure(giveUp.signal.aborted ? giveUp.signal.reason : error, isSent);
    } finally {
      giveUp.done();
    }
  }

  private failure(error: unknown, isSent = false): WorkflowError {
    return mailFailure(error, this.settings, isSent);
  }

  private giveUpAfter(ms: number, late: WorkflowError, signal: AbortSignal) {
    const giving = new AbortController();
    const reached = new Promise<never>((_resolve, reject) => {
      giving.signal.addEventListener('abort', () => reject(late), { once: true });
    });
    reached.catch(() => undefined);
    const timer = Number.isFinite(ms) ? setTimeout(() => giving.abort(late), ms) : undefined;
    const onStop = () => giving.abort(new WorkflowError('mail.closed'));
    signal.addEventListener('abort', onStop, { once: true });
    if (signal.aborted) onStop();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onStop);
    };
    return { signal: giving.signal, reached, done };
  }
}

/** As an object it is never read as a list or a name. */
const asAddress = (address: string) => ({ name: '', address });

function addressOf(value: string | { address: string }): string {
  return typeof value === 'string' ? value : value.address;
}
