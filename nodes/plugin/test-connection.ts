import type { NodeAPI } from 'node-red';
import { checkAccount, type Account } from '../../src/misp/account';
import { MispClient } from '../../src/misp/client';
import { inWords, text as said, words, WorkflowError, type TextParams } from '../../src/text';
import { wordsFor } from '../words';
import { settingsOf, type ServerForm } from '../config/misp-server';
import type { KeyValue } from '../definition';
import type { TestResult } from './api';
import { configOf, numberField, textField } from './body';
import { serve } from './route';
import { deployedNode, literal, secretOf, UNCHANGED, type Deployed } from './saved-secrets';

/** What a form sends. */
type Body = Record<string, unknown>;

/** The route behind "Test connection" of a MISP. */
export function serveConnectionTest(RED: NodeAPI): void {
  serve(RED, 'POST /servers/test', { permission: 'misp.write' }, ({ body }) => testConnection(RED, body));
}

/** Asks the MISP of a form, with what is saved where the form does not have it, and says what came of it. */
async function testConnection(RED: NodeAPI, sent: Body): Promise<TestResult> {
  let client: MispClient | undefined;
  try {
    client = new MispClient(settingsOf(RED, formOf(RED, sent)));
    return describe(RED, await checkAccount(client));
  } catch (error) {
    return { state: 'error', message: wordsOf(RED, error) };
  } finally {
    client?.close();
  }
}

function formOf(RED: NodeAPI, sent: Body): ServerForm {
  const deployed = deployedNode(RED, textField(sent.id), 'misp-server');
  const form = {
    url: literal(textField(sent.url)),
    // What is not switched off in so many words is checked.
    verify: sent.verify !== false,
    tls: configOf(sent.tls),
    timeout: numberField(sent.timeout, 30, 600),
    headers: headersOf(sent.headers),
  };
  const [apiKey, proxy] = [textField(sent.apiKey), textField(sent.proxy)];
  const mayGo = deployed !== undefined && leadsTo(deployed, { ...form, proxy });
  return {
    ...form,
    apiKey: secretOf(apiKey, deployed?.secrets.apiKey, mayGo),
    // The proxy's address is a part of the secret.
    proxy: secretOf(proxy, deployed?.secrets.proxy, true),
    headerSecret: secretOf(textField(sent.headerSecret), deployed?.secrets.headerSecret, mayGo),
  };
}

function headersOf(sent: unknown): KeyValue[] {
  const rows: unknown[] = Array.isArray(sent) ? sent : [];
  return rows.map((row) => {
    const { name, value } = (row ?? {}) as Record<string, unknown>;
    return { name: textField(name), value: literal(textField(value)) };
  });
}

/** Whether a form leads to the MISP that a key was saved for, on a way that is no less safe. */
function leadsTo({ settings, secrets }: Deployed, form: Omit<ServerForm, 'apiKey'>): boolean {
  return (
    addressOf(form.url) === addressOf(textField(settings.url)) &&
    (form.tls || '') === textField(settings.tls) &&
    (form.verify || settings.verify === false) &&
    (form.proxy === UNCHANGED || form.proxy === (secrets.proxy ?? ''))
  );
}

function addressOf(url: string): string {
  try {
    const { origin, pathname } = new URL(url.trim());
    return origin + pathname.replace(/\/+$/, '');
  } catch {
    return url;
  }
}

function describe(RED: NodeAPI, account: Account): TestResult {
  const { version, email, role } = account;
  const kind = kindOf(account);
  const message = text(RED, `test.${kind}`, { version, email, role });
  return { state: account.writes ? 'ok' : 'warning', message };
}

function kindOf({ readOnlyKey, siteAdmin, writes }: Account): string {
  if (readOnlyKey) return 'readOnlyKey';
  return siteAdmin ? 'siteAdmin' : writes ? 'user' : 'reader';
}

function wordsOf(RED: NodeAPI, error: unknown): string {
  if (!(error instanceof WorkflowError)) return words(said('misp.failed', { problem: String(error) }));
  return wordsFor(error, (key, params) => text(RED, key, params));
}

/** A text of the node type misp-server, whose catalogue is the node's own. */
function text(RED: NodeAPI, key: string, params: TextParams = {}): string {
  return RED._(`@misp-flows/node-red-misp/misp-server:misp-server.${key}`, inWords(params));
}
