import type { NodeAPI } from 'node-red';
import { MispClient } from '../../src/misp/client';
import { WorkflowError } from '../../src/text';
import { settingsOf, type ServerForm } from '../config/misp-server';
import type { KeyValue } from '../definition';
import { configOf, numberField, textField } from './body';
import { deployedNode, literal, secretOf, UNCHANGED, type Deployed } from './saved-secrets';

/** What a form sends. */
type Body = Record<string, unknown>;

/**
 * A client for the MISP of a form, with what is saved where the form does not have it; to be closed.
 * @throws {WorkflowError} if it cannot be asked, or a secret has to be typed again
 */
export function clientOfForm(RED: NodeAPI, sent: Body): MispClient {
  return new MispClient(settingsOf(RED, formOf(RED, sent)));
}

/**
 * A client for a deployed MISP with a key that came along, else with the one that is saved; to be closed. It gets what
 * is saved of a listener, so that no form may say where it is.
 * @throws {WorkflowError} if it is not deployed
 */
export function clientOfAdmin(RED: NodeAPI, sent: { server?: unknown; key?: unknown }): MispClient {
  const form = deployedForm(RED, textField(sent.server));
  const key = textField(sent.key);
  return clientOfForm(RED, key === '' ? form : { ...form, apiKey: key });
}

/** The form of a MISP that is deployed, as it would be sent unchanged. */
function deployedForm(RED: NodeAPI, id: string): Body {
  const deployed = deployedNode(RED, id, 'misp-server');
  if (!deployed) throw new WorkflowError('connect.noMisp');
  const { settings, secrets } = deployed;
  const secret = (name: string) => (secrets[name] ? UNCHANGED : '');
  const kept = { apiKey: secret('apiKey'), proxy: secret('proxy'), headerSecret: secret('headerSecret') };
  return { ...settings, id, ...kept };
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
  // Before a secret is asked for that would not help.
  if (!form.url.trim()) throw new WorkflowError('misp.noUrl');
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
