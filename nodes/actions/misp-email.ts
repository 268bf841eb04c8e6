import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import type { SendMail } from '../../src/actions/plan';
import { get } from '../../src/event/hash';
import { omit } from '../../src/event/edit';
import { isEntries, isRecord, textOf } from '../../src/event/values';
import { userAccounts, type UserAccount } from '../../src/misp/accounts';
import { addressesIn } from '../../src/notify/mail/addresses';
import { planMails, type MailParams, type MailTo } from '../../src/notify/mail/compose';
import { needsAccounts, resolveRecipients } from '../../src/notify/mail/recipients';
import { compileTemplate, type Names } from '../../src/template/template';
import { beforeDeadline } from '../../src/deadline';
import { deadlineOf, type Message } from '../../src/runs/message';
import { WorkflowError } from '../../src/text';
import type { MailServerNode } from '../config/misp-mail-server';
import type { ServerNode } from '../config/misp-server';
import { configNode } from '../config-node';
import { defineAction } from './parts/define-action';
import { SENDS } from './parts/sends';

const MEGABYTE = 1024 * 1024;

const SEND_MAIL = {
  module: 'send-mail',
  set: { onlyUsers: true },
  params: {
    recipients: { setting: 'recipients', form: 'list' },
    mail_template_subject: { setting: 'mail_template_subject', default: '' },
    mail_template_body: 'mail_template_body',
  },
} as const satisfies ModuleMapping;
const SEND_LOG_MAIL: ModuleMapping = { ...SEND_MAIL, module: 'send-log-mail' };

/** MISP's parameters, as a node has them. */
interface MailModule {
  recipients: string[];
  mail_template_subject: string;
  mail_template_body: string;
}

export default defineAction(
  {
    type: 'misp-email',
    modules: [SEND_MAIL, SEND_LOG_MAIL],
    version: 1,
    notification: true,
    retries: true,
    fields: {
      mailServer: { kind: 'config', type: 'misp-mail-server', required: true },
      server: { kind: 'config', type: 'misp-server' },
      recipients: {
        kind: 'picker',
        source: 'recipients',
        default: ['All admins'],
        required: true,
        orElse: ['organisations', 'more'],
      },
      organisations: { kind: 'picker', source: 'organisations', default: [] },
      more: { kind: 'typed', default: '', types: ['msg', 'str', 'flow', 'global', 'env', 'jsonata'] },
      domains: { kind: 'list', default: [], advanced: true },
      onlyUsers: { kind: 'checkbox', default: false, advanced: true },
      mail_template_subject: { kind: 'template', default: '{{ Event.info }}', required: true, rows: 1 },
      mail_template_body: { kind: 'template', default: '', rows: 6 },
      html: { kind: 'template', default: '', rows: 4, advanced: true },
      attach: { kind: 'checkbox', default: false },
      delivery: { kind: 'select', default: 'each', options: ['each', 'bcc'] },
      replyTo: { kind: 'text', default: '', advanced: true },
      most: { kind: 'number', default: 100, min: 1, max: 5000, advanced: true },
      mostMegabytes: { kind: 'number', default: 10, min: 1, max: 50, unit: 'MB', advanced: true },
    },
  },
  (context) => {
    const { RED, config } = context;
    const { organisations, onlyUsers, domains } = config;
    const params = writeParams<MailModule>(SEND_MAIL, config);
    const wanted = { recipients: addressesIn(params.recipients), organisations, onlyUsers };
    const templates = {
      subject: compileTemplate(params.mail_template_subject),
      text: compileTemplate(params.mail_template_body),
      html: compileTemplate(config.html),
    };
    warnIfUnusable();
    return {
      async plan(message): Promise<SendMail[]> {
        const { from } = mailServer();
        const content = contentOf(message.payload, context.names(message));
        return planMails({ from, ...content }, await recipientsOf(message));
      },
      system: () => (RED.nodes.getNode(config.mailServer) as MailServerNode | null)?.mail?.server ?? '',
      carryOut: SENDS['send-mail'](mailServer, Number(config.mostMegabytes) * MEGABYTE),
    };

    function mailServer() {
      return configNode<MailServerNode, 'mail'>(RED, config.mailServer, 'mail', 'mail.noServer').mail;
    }

    /** Said when it is deployed; each message is told again. */
    function warnIfUnusable(): void {
      try {
        mailServer();
      } catch (error) {
        context.notSetUp(error);
      }
    }

    /** Users and addresses of the settings; with "only users" also those of the message who are users. */
    async function recipientsOf(message: Message): Promise<MailTo> {
      const given = addressesIn(config.more === '' ? [] : await context.evaluate('more', message));
      const all = onlyUsers ? { ...wanted, more: given } : wanted;
      const accounts = needsAccounts(all) ? await accountsFor(message) : [];
      const { addresses, refused } = resolveRecipients(all, accounts, message.payload);
      return { known: addresses, given: onlyUsers ? [] : given, domains, refused };
    }

    function accountsFor(message: Message): Promise<UserAccount[]> {
      const late = new WorkflowError('mail.lookupLate');
      return beforeDeadline(userAccounts(mispClient()), deadlineOf(message), late);
    }

    function mispClient() {
      const client = (RED.nodes.getNode(config.server) as ServerNode | null)?.client;
      if (!client) throw new WorkflowError('mail.noMisp');
      return client;
    }

    /** A mail may have no text, as in MISP; a template that comes to nothing is an error. */
    function contentOf(payload: unknown, names: Names): Omit<MailParams, 'from'> {
      const text = templates.text.render(payload, names);
      const html = templates.html.render(payload, names);
      const isMeant = params.mail_template_body !== '' || config.html !== '';
      if (isMeant && text.trim() === '' && html.trim() === '') throw new WorkflowError('mail.empty');
      return {
        replyTo: config.replyTo.trim(),
        subject: templates.subject.render(payload, names),
        text: params.mail_template_body === '' && html !== '' ? undefined : text,
        html,
        ...(config.attach ? { attach: attachmentOf(payload) } : {}),
        delivery: config.delivery,
        most: Number(config.most),
      };
    }
  },
);

/** An event as MISP imports it, with MISP's name for the file; other data as it is. */
function attachmentOf(payload: unknown): { filename: string; data: unknown } {
  const event = isRecord(payload) ? payload.Event : undefined;
  if (!isRecord(event)) return { filename: 'misp.json', data: payload };
  const id = isEntries(payload) ? textOf(get(payload, 'Event.id')) : '';
  const filename = /^\d+$/.test(id) ? `misp.event.${id}.json` : 'misp.event.json';
  return { filename, data: { Event: omit(event, '_AttributeFlattened') } };
}
