import type { SendMail } from '../../src/actions/plan';
import { get } from '../../src/event/hash';
import { isEntries, textOf } from '../../src/event/values';
import { userAccounts } from '../../src/misp/accounts';
import { addressesIn } from '../../src/notify/mail/addresses';
import { carryOutMails } from '../../src/notify/mail/carry-out';
import { planMails } from '../../src/notify/mail/compose';
import { needsAccounts, resolveRecipients } from '../../src/notify/mail/recipients';
import { compileTemplate } from '../../src/notify/template/template';
import type { Message } from '../../src/runs/tracker';
import { WorkflowError } from '../../src/text';
import type { MailServerNode } from '../config/misp-mail-server';
import type { ServerNode } from '../config/misp-server';
import { defineAction } from './define-action';

const MEGABYTE = 1024 * 1024;

export default defineAction(
  {
    type: 'misp-email',
    modules: ['send-mail', 'send-log-mail'],
    version: 1,
    notification: true,
    fields: {
      mailServer: { kind: 'config', type: 'misp-mail-server', required: true },
      recipients: { kind: 'picker', source: 'users', default: ['All admins'] },
      organisations: { kind: 'picker', source: 'organisations', default: [] },
      server: { kind: 'config', type: 'misp-server' },
      more: { kind: 'typed', default: '', types: ['msg', 'jsonata', 'flow', 'global', 'env'] },
      domains: { kind: 'list', default: [], advanced: true },
      onlyUsers: { kind: 'checkbox', default: false, advanced: true },
      delivery: { kind: 'select', default: 'each', options: ['each', 'bcc'] },
      subject: { kind: 'template', default: '{{ Event.info }}', required: true, rows: 1 },
      body: { kind: 'template', default: '', rows: 6 },
      html: { kind: 'template', default: '', rows: 4, advanced: true },
      attach: { kind: 'checkbox', default: false },
      replyTo: { kind: 'text', default: '', advanced: true },
      most: { kind: 'number', default: 100, min: 1, max: 5000, advanced: true },
      mostMegabytes: { kind: 'number', default: 10, min: 1, max: 50, unit: 'MB', advanced: true },
    },
  },
  (context) => {
    const { RED, config } = context;
    const mail = (RED.nodes.getNode(config.mailServer) as MailServerNode | null)?.mail;
    if (!mail) throw new WorkflowError('mail.noServer');
    const wanted = { recipients: addressesIn(config.recipients), organisations: config.organisations, onlyUsers: config.onlyUsers };
    const templates = {
      subject: compileTemplate(config.subject),
      body: compileTemplate(config.body),
      html: compileTemplate(config.html),
    };
    return {
      async plan(message): Promise<SendMail[]> {
        const given = addressesIn(config.more === '' ? [] : await context.evaluate('more', message));
        return planMails(contentOf(message), {
          known: await knownRecipients(message, given),
          given: config.onlyUsers ? [] : given,
          domains: config.domains,
        });
      },
      carryOut: carryOutMails(mail, config.mostMegabytes * MEGABYTE),
    };

    /** Users and addresses of the settings; with "only users" also those of the message who are users. */
    async function knownRecipients({ payload }: Message, given: string[]): Promise<string[]> {
      const all = config.onlyUsers ? { ...wanted, more: given } : wanted;
      if (!needsAccounts(all)) return resolveRecipients(all, [], payload);
      const client = (RED.nodes.getNode(config.server) as ServerNode | null)?.client;
      if (!client) throw new WorkflowError('mail.noMisp');
      return resolveRecipients(all, await userAccounts(client), payload);
    }

    function contentOf({ payload }: Message) {
      const text = templates.body.render(payload);
      const html = templates.html.render(payload);
      const isEmpty = text.trim() === '' && html.trim() === '';
      if (isEmpty && (config.body !== '' || config.html !== '')) throw new WorkflowError('mail.empty');
      return {
        from: mail!.from,
        replyTo: config.replyTo.trim(),
        subject: templates.subject.render(payload),
        text: config.body === '' && html !== '' ? undefined : text,
        html,
        ...(config.attach ? { attach: { filename: fileName(payload), data: payload } } : {}),
        delivery: config.delivery,
        most: config.most,
      };
    }
  },
);

/** As MISP names an event that is downloaded. */
function fileName(data: unknown): string {
  const id = isEntries(data) ? textOf(get(data, 'Event.id')) : '';
  return /^\d+$/.test(id) ? `misp.event.${id}.json` : 'misp.json';
}
