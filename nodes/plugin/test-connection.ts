import type { NodeAPI } from 'node-red';
import { checkAccount, type Account } from '../../src/misp/account';
import { MispClient } from '../../src/misp/client';
import { WorkflowError, type TextParams } from '../../src/text';
import { settingsOf, type ServerForm } from '../config/misp-server';

/** What the form shows. */
export interface TestResult {
  state: 'ok' | 'warning' | 'error';
  message: string;
}

/** What Node-RED's editor shows in place of a password that it does not know. */
const UNCHANGED = '__PWRD__';

/** Asks the MISP of a form, with the saved key where the form does not have it, and says what came of it. */
export async function testConnection(RED: NodeAPI, form: ServerForm & { id: string }): Promise<TestResult> {
  let client: MispClient | undefined;
  try {
    client = new MispClient(settingsOf(RED, withSavedSecrets(RED, form)));
    return describe(RED, await checkAccount(client));
  } catch (error) {
    return { state: 'error', message: words(RED, error) };
  } finally {
    client?.close();
  }
}

function withSavedSecrets(RED: NodeAPI, form: ServerForm & { id: string }): ServerForm {
  const saved = (RED.nodes.getCredentials(form.id) ?? {}) as Partial<ServerForm>;
  return {
    ...form,
    apiKey: savedSecret(form.apiKey, saved.apiKey),
    proxy: savedSecret(form.proxy, saved.proxy),
    headerSecret: savedSecret(form.headerSecret, saved.headerSecret),
  };
}

/** What a secret field of a form stands for. */
export function savedSecret(value: string | undefined, saved: string | undefined): string {
  return value === UNCHANGED ? (saved ?? '') : (value ?? '');
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

function words(RED: NodeAPI, error: unknown): string {
  if (!(error instanceof WorkflowError)) return text(RED, 'errors.misp.failed', { problem: String(error) });
  const own = text(RED, `errors.${error.key}`, error.params);
  return own.endsWith(`errors.${error.key}`) ? error.message : own;
}

/** A text of the node type misp-server, whose catalogue is the node's own. */
function text(RED: NodeAPI, key: string, params: TextParams): string {
  return RED._(`@misp-flows/node-red-misp/misp-server:misp-server.${key}`, params);
}
