import type { Node, NodeAPI } from 'node-red';
import { MailServer } from '../../src/notify/mail/server';
import type { MailSettings } from '../../src/notify/mail/settings';
import { defineNode } from '../adaptor';
import { tlsOptions } from '../tls-options';
import { TLS_FIELDS } from '../web-fields';

/** What other nodes use of a mail server. */
export interface MailServerNode extends Node {
  mail: MailServer;
}

/** The settings of the form, saved or not. */
export interface MailServerForm {
  host: string;
  port: number | string;
  security: MailSettings['security'];
  verify: boolean;
  tls: string;
  user: string;
  password: string;
  from: string;
  connections: number | string;
  timeout: number | string;
}

export default defineNode(
  {
    type: 'misp-mail-server',
    family: 'config',
    modules: [],
    version: 1,
    inputs: 0,
    outputs: [],
    editorFile: true,
    fields: {
      host: { kind: 'text', default: '', required: true },
      port: { kind: 'number', default: 587, min: 1, max: 65535 },
      security: { kind: 'select', default: 'starttls', options: ['starttls', 'tls', 'none'], describe: true },
      user: { kind: 'secret', secret: 'text' },
      password: { kind: 'secret', secret: 'password' },
      from: {
        kind: 'text',
        default: '',
        required: true,
        pattern: '^[^\\s<>]+@[^\\s<>]+$|^[^<>]*<[^\\s<>]+@[^\\s<>]+>$',
        message: 'from',
      },
      verify: TLS_FIELDS.verify,
      tls: { ...TLS_FIELDS.tls, advanced: true },
      connections: { kind: 'number', default: 2, min: 1, max: 20, advanced: true },
      timeout: { kind: 'number', default: 20, min: 1, max: 300, unit: 's', advanced: true },
    },
  },
  ({ RED, config, secrets }, self) => {
    const node = self as MailServerNode;
    const { user = '', password = '' } = secrets;
    node.mail = new MailServer(mailSettingsOf(RED, { ...config, user, password }));
    return { close: () => node.mail.close() };
  },
);

/** How the mail server of a form is reached. */
export function mailSettingsOf(RED: NodeAPI, form: MailServerForm): MailSettings {
  return {
    host: form.host.trim(),
    port: Number(form.port),
    security: form.security,
    verify: form.verify,
    tls: tlsOptions(RED, form.tls),
    user: form.user.trim(),
    password: form.password,
    from: form.from.trim(),
    connections: Number(form.connections),
    timeoutMs: Number(form.timeout) * 1000,
  };
}
