import type { NodeAPI } from 'node-red';
import { isAddress } from '../../src/notify/mail/addresses';
import { MailServer } from '../../src/notify/mail/server';
import { WorkflowError, type TextParams } from '../../src/text';
import { mailSettingsOf, type MailServerForm } from '../config/misp-mail-server';
import { savedSecret, type TestResult } from './test-connection';

/** The form, and where a test mail goes; without it the server is only asked to let us in. */
type TestForm = MailServerForm & { id: string; to?: string };

/** The route behind "Test connection" of a mail server. */
export function serveMailServerTest(RED: NodeAPI): void {
  const mayWrite = RED.auth.needsPermission('misp.write');
  RED.httpAdmin.post('/misp-workflows/mail-servers/test', mayWrite, (request, response) => {
    testMailServer(RED, request.body as TestForm).then(
      (result) => response.json(result),
      () => response.status(500).end(),
    );
  });
}

/** Logs in with a form, with the saved password where the form does not have it, and says what came of it. */
async function testMailServer(RED: NodeAPI, form: TestForm): Promise<TestResult> {
  let mail: MailServer | undefined;
  try {
    const settings = mailSettingsOf(RED, withSavedSecrets(RED, form));
    const to = form.to?.trim() ?? '';
    if (to !== '' && !isAddress(to)) throw new WorkflowError('mail.notAnAddress');
    mail = new MailServer(settings);
    if (to === '') await mail.verify();
    else await sendTo(RED, mail, to);
    const key = to !== '' ? 'sent' : settings.user ? 'loggedIn' : 'noLogin';
    const server = `${settings.host}:${settings.port}`;
    return { state: 'ok', message: text(RED, `test.${key}`, { server, to, user: settings.user ?? '' }) };
  } catch (error) {
    return { state: 'error', message: words(RED, error) };
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

function withSavedSecrets(RED: NodeAPI, form: TestForm): MailServerForm {
  const saved = (RED.nodes.getCredentials(form.id) ?? {}) as Partial<MailServerForm>;
  const user = savedSecret(form.user, saved.user);
  return { ...form, connections: 1, user, password: savedSecret(form.password, saved.password) };
}

function words(RED: NodeAPI, error: unknown): string {
  if (!(error instanceof WorkflowError)) return text(RED, 'test.broken', { problem: String(error) });
  const own = `errors.${error.key}`;
  const message = text(RED, own, error.params);
  return message.endsWith(own) ? error.message : message;
}

/** A text of the node type misp-mail-server, whose catalogue is the node's own. */
function text(RED: NodeAPI, key: string, params: TextParams = {}): string {
  return RED._(`@misp-flows/node-red-misp/misp-mail-server:misp-mail-server.${key}`, params);
}
