import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { root } from './node-red';

export const TLS = {
  key: readFileSync(path.join(root, 'test/fixtures/tls/key.pem')),
  cert: readFileSync(path.join(root, 'test/fixtures/tls/cert.pem')),
};

/** A mail as it arrived. */
export interface ReceivedMail {
  from: string;
  to: string[];
  user?: string;
  secure: boolean;
  /** By name in lower case, unfolded. */
  headers: Record<string, string>;
  /** Headers and content, as sent. */
  raw: string;
}

export interface SmtpOptions extends SMTPServerOptions {
  login?: { user: string; password: string };
  /** How long a mail takes, in milliseconds. */
  delay?: number;
  /** Called when a mail has arrived, before the server says so. */
  onMail?: (mail: ReceivedMail) => void;
}

/** A real SMTP server. Recipients whose address begins with `refused` are refused. */
export class TestMailServer {
  readonly mails: ReceivedMail[] = [];
  connections = 0;
  private readonly server: SMTPServer;

  private constructor({ login, delay = 0, onMail, ...options }: SmtpOptions) {
    this.server = new SMTPServer({
      ...TLS,
      logger: false,
      authOptional: !login,
      disabledCommands: login ? [] : ['AUTH'],
      closeTimeout: 100,
      onConnect: (_session, done) => {
        this.connections++;
        done();
      },
      onAuth: ({ username, password }, _session, done) => {
        const isRight = username === login?.user && password === login?.password;
        if (isRight) done(null, { user: username });
        else done(new Error(`Not with ${password}`));
      },
      onRcptTo: ({ address }, _session, done) => {
        if (!address.startsWith('refused')) return done();
        done(Object.assign(new Error('No such mailbox'), { responseCode: 550 }));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const raw = Buffer.concat(chunks).toString();
          const { mailFrom, rcptTo } = session.envelope;
          const mail = {
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            user: session.user === undefined ? undefined : String(session.user),
            secure: session.secure,
            headers: headersOf(raw),
            raw,
          };
          onMail?.(mail);
          setTimeout(() => {
            this.mails.push(mail);
            done();
          }, delay);
        });
      },
      ...options,
    });
    this.server.on('error', () => undefined);
  }

  static async start(options: SmtpOptions = {}, port = 0): Promise<TestMailServer> {
    const test = new TestMailServer(options);
    await new Promise<void>((resolve) => test.server.listen(port, '127.0.0.1', resolve));
    return test;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

function headersOf(raw: string): Record<string, string> {
  const [head = ''] = raw.split('\r\n\r\n', 1);
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
}

/** What stands behind the headers. */
export function contentOf({ raw }: ReceivedMail): string {
  return raw.slice(raw.indexOf('\r\n\r\n') + 4).trim();
}
