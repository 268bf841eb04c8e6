import type { SMTPPoolOptions } from 'nodemailer/lib/smtp-pool';

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

/** The settings in nodemailer's terms. */
export function poolOptions(settings: MailSettings): SMTPPoolOptions & { pool: true } {
  const { host, port, security, verify, tls, user, password, connections, timeoutMs } = settings;
  return {
    host,
    port,
    pool: true,
    maxConnections: connections,
    // A mail whose connection breaks may have arrived: it is reported, and not sent a second time.
    maxRequeues: 0,
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
