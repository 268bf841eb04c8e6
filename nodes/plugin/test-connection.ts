import type { NodeAPI } from 'node-red';
import { checkAccount, type Account } from '../../src/misp/account';
import type { MispClient } from '../../src/misp/client';
import { inWords, text as said, words, WorkflowError, type TextParams } from '../../src/text';
import { wordsFor } from '../words';
import type { TestResult } from './api';
import { serve } from './route';
import { clientOfForm } from './server-form';

/** The route behind "Test connection" of a MISP. */
export function serveConnectionTest(RED: NodeAPI): void {
  serve(RED, 'POST /servers/test', { permission: 'misp.write' }, ({ body }) => testConnection(RED, body));
}

/** Asks the MISP of a form, with what is saved where the form does not have it, and says what came of it. */
async function testConnection(RED: NodeAPI, sent: Record<string, unknown>): Promise<TestResult> {
  let client: MispClient | undefined;
  try {
    client = clientOfForm(RED, sent);
    return describe(RED, await checkAccount(client));
  } catch (error) {
    return { state: 'error', message: wordsOf(RED, error) };
  } finally {
    client?.close();
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
