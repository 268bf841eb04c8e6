import type { NodeAPI } from 'node-red';
import { isAddress } from '../../src/notify/mail/addresses';
import { MailServer } from '../../src/notify/mail/server';
import { inWords, WorkflowError, type TextParams } from '../../src/text';
import type { MailSettings } from '../../src/notify/mail/settings';
import { wordsFor } from '../words';
import { mailSettingsOf, type MailServerForm } from '../config/misp-mail-server';
import type { TestResult } from './api';
import { configOf, numberField, textField } from './body';
import { serve } from './route';
import { deployedNode, literal, secretOf, type Deployed } from './saved-secrets';

/** What a form sends. */
type Body = Record<string, unknown>;

/** The route behind "Test connection" of a mail server. */
export function serveMailServerTest(RED: NodeAPI): void {
  serve(RED, 'POST /mail-servers/test', { permission: 'misp.write' }, ({ body }) =>
    testMailServer(RED, body),
  );
}

/**
 * Logs in with a form, with the saved password where the form does not have it, and says what came of it. If the form
 * says where to, a mail is sent; else the server is only asked to let us in.
 */
async function testMailServer(RED: NodeAPI, sent: Body): Promise<TestResult> {
  let mail: MailServer | undefined;
  try {
    const settings = mailSettingsOf(RED, formOf(RED, sent));
    const to = textField(sent.to).trim();
    if (to !== '' && !isAddress(to)) throw new WorkflowError('mail.notAnAddress');
    mail = new MailServer(settings);
    if (to === '') await mail.verify();
    else await sendTo(RED, mail, to);
    const key = to !== '' ? 'sent' : settings.user ? 'loggedIn' : 'noLogin';
    const server = `${settings.host}:${settings.port}`;
    return { state: 'ok', message: text(RED, `test.${key}`, { server, to, user: settings.user ?? '' }) };
  } catch (error) {
    return { state: 'error', message: wordsOf(RED, error) };
  } finally {
    mail?.close();
  }
}

async function sendTo(RED: NodeAPI, mail: MailServer, to: string): Promise<void> {
  const subject = text(RED, 'test.subject');
  const content = { subject, text: text(RED, 'test.body') };
  const limits = { signal: new AbortController().signal };
  await mail.send({ do: 'send-mail', from: mail.from, to: [to], ...content }, [], limits);
}

function formOf(RED: NodeAPI, sent: Body): MailServerForm {
  const deployed = deployedNode(RED, textField(sent.id), 'misp-mail-server');
  const form = {
    host: literal(textField(sent.host)).trim(),
    port: numberField(sent.port, 587, 65535),
    security: textField(sent.security) as MailSettings['security'],
    // What is not switched off in so many words is checked.
    verify: sent.verify !== false,
    tls: configOf(sent.tls),
    from: literal(textField(sent.from)),
    connections: 1,
    timeout: numberField(sent.timeout, 20, 300),
  };
  if (!['starttls', 'tls', 'none'].includes(form.security)) form.security = 'starttls';
  const user = secretOf(textField(sent.user), deployed?.secrets.user, true);
  const mayGo = deployed !== undefined && leadsTo(deployed, { ...form, user });
  return { ...form, user, password: secretOf(textField(sent.password), deployed?.secrets.password, mayGo) };
}

/** Whether a form leads to the account that a password was saved for, on a way that is no less safe. */
function leadsTo({ settings, secrets }: Deployed, form: Omit<MailServerForm, 'password'>): boolean {
  return (
    form.host.toLowerCase() === textField(settings.host).trim().toLowerCase() &&
    Number(form.port) === Number(settings.port) &&
    form.security === settings.security &&
    (form.tls || '') === textField(settings.tls) &&
    (form.verify || settings.verify === false) &&
    form.user.trim() === (secrets.user ?? '').trim()
  );
}

function wordsOf(RED: NodeAPI, error: unknown): string {
  if (!(error instanceof WorkflowError)) return text(RED, 'test.broken', { problem: String(error) });
  return wordsFor(error, (key, params) => text(RED, key, params));
}

/** A text of the node type misp-mail-server, whose catalogue is the node's own. */
function text(RED: NodeAPI, key: string, params: TextParams = {}): string {
  return RED._(`@misp-flows/node-red-misp/misp-mail-server:misp-mail-server.${key}`, inWords(params));
}
