import type { Node, NodeAPI } from 'node-red';
import { userOfKey } from '../../src/misp/account';
import type { Found } from '../../src/misp/breaker';
import { MispClient, type MispSettings } from '../../src/misp/client';
import { WorkflowError } from '../../src/text';
import { OwnKey } from '../../src/triggers/own-calls';
import { defineNode } from '../adaptor';
import { runtimeOf } from '../runtime';
import { tlsOptions } from '../tls-options';
import { PROXY, TLS_FIELDS, WEB_ADDRESS } from '../web-fields';
import type { KeyValue } from '../definition';

/** What other nodes use of a MISP. */
export interface ServerNode extends Node {
  client: MispClient;
  /** The same MISP for somebody who comes with a key of his own; the caller closes it. @throws {WorkflowError} */
  withKey(apiKey: string): MispClient;
}

/** The settings of the form, saved or not. */
export interface ServerForm {
  url: string;
  apiKey: string;
  verify: boolean;
  tls: string;
  proxy: string;
  timeout: number | string;
  answerLimit?: number | string;
  headers?: readonly KeyValue[];
  headerSecret?: string;
}

export default defineNode(
  {
    type: 'misp-server',
    family: 'config',
    modules: [],
    version: 1,
    inputs: 0,
    outputs: [],
    editorFile: true,
    fields: {
      url: WEB_ADDRESS,
      apiKey: { kind: 'secret', secret: 'password', required: true },
      ...TLS_FIELDS,
      proxy: PROXY,
      headers: { kind: 'keyvalue', default: [], advanced: true },
      headerSecret: { kind: 'secret', secret: 'password', advanced: true },
      timeout: { kind: 'number', default: 30, min: 1, max: 600, unit: 's', advanced: true },
      answerLimit: { kind: 'number', default: 100, min: 1, max: 400, unit: 'MB', advanced: true },
    },
  },
  ({ RED, config, secrets }, self) => {
    const node = self as ServerNode;
    const { apiKey = '', proxy = '', headerSecret = '' } = secrets;
    const form: ServerForm = { ...config, apiKey, proxy, headerSecret };
    const { tracker, ownCalls, awayNews } = runtimeOf(RED);
    const key = new OwnKey(() => userOfKey(node.client));
    const leaves = () => {
      const back = key.leaves(tracker.waiterHere);
      return () => {
        back();
        ownCalls.learn();
      };
    };
    const writes = () => tracker.runHere?.countWrite();
    const turned = (found: Found) => awayNews.tell(node.id, found);
    node.client = new MispClient({ ...settingsOf(RED, form), leaves, writes, turned });
    // Only to ask who it is: what is changed, is changed with the node's own key.
    node.withKey = (theirs) => new MispClient(settingsOf(RED, { ...form, apiKey: theirs }));
    const forget = ownCalls.add(key);
    const stopListening = awayNews.listen(node.id, (found) => void node.client.hear(found));
    return {
      close() {
        forget();
        stopListening();
        node.client.close();
      },
    };
  },
);

/**
 * How the MISP of a form is reached.
 * @throws {WorkflowError} if the address or the key is missing, or TLS cannot be used
 */
export function settingsOf(RED: NodeAPI, form: ServerForm): MispSettings {
  if (!form.url.trim()) throw new WorkflowError('misp.noUrl');
  const apiKey = form.apiKey.trim();
  if (!apiKey) throw new WorkflowError('misp.noKey');
  return {
    url: form.url,
    apiKey,
    verify: form.verify,
    tls: tlsOptions(RED, form.tls),
    proxy: form.proxy,
    headers: headersOf(form),
    timeoutMs: Number(form.timeout) * 1000,
    mostBytes: Number(form.answerLimit ?? 100) * 1024 * 1024,
  };
}

/** The headers of the form; one without a value gets the secret. */
function headersOf({ headers = [], headerSecret = '' }: ServerForm): KeyValue[] {
  const rows = headers.map(({ name, value }) => ({ name: name.trim(), value: value || headerSecret.trim() }));
  return rows.filter(({ name }) => name !== '');
}
