import type { Node, NodeAPI } from 'node-red';
import { KeptAnswers } from '../../src/modules/kept';
import { KnownModules } from '../../src/modules/known';
import { ModuleService, type ServiceSettings } from '../../src/modules/service';
import { mergeSettings, type ModuleSettings } from '../../src/modules/settings';
import { defineNode } from '../adaptor';
import { tlsOptions } from '../tls-options';
import { PROXY, TLS_FIELDS, WEB_ADDRESS } from '../web-fields';

/** What other nodes use of a service of modules. */
export interface ModulesNode extends Node {
  service: ModuleService;
  /** How it is reached. */
  connection: ServiceSettings;
  /** Of all its modules. */
  moduleSettings: ModuleSettings;
  known: KnownModules;
  kept: KeptAnswers;
}

/** The settings of the form, saved or not. */
export interface ModulesForm {
  url: string;
  user: string;
  password: string;
  verify: boolean;
  tls: string;
  proxy: string;
  timeout: number | string;
  parallel: number | string;
  answerLimit: number | string;
}

const MEGABYTE = 1024 * 1024;

export default defineNode(
  {
    type: 'misp-modules',
    family: 'config',
    modules: [],
    version: 1,
    inputs: 0,
    outputs: [],
    editorFile: true,
    fields: {
      url: { ...WEB_ADDRESS, default: 'http://127.0.0.1:6666' },
      user: { kind: 'secret', secret: 'text' },
      password: { kind: 'secret', secret: 'password' },
      ...TLS_FIELDS,
      /** JSON of what changed; the form shows a row for each setting in its place. */
      settings: { kind: 'secret', secret: 'password' },
      timeout: { kind: 'number', default: 10, min: 1, max: 300, unit: 's' },
      parallel: { kind: 'number', default: 5, min: 1, max: 50, advanced: true },
      keep: { kind: 'number', default: 60, min: 0, max: 10080, unit: 'min', advanced: true },
      answerLimit: { kind: 'number', default: 20, min: 1, max: 100, unit: 'MB', advanced: true },
      proxy: PROXY,
    },
  },
  ({ RED, config, secrets }, self) => {
    const node = self as ModulesNode;
    const { user = '', password = '', proxy = '' } = secrets;
    node.moduleSettings = keepSettings(RED, node);
    node.connection = serviceSettingsOf(RED, { ...config, user, password, proxy });
    node.service = new ModuleService(node.connection);
    node.known = new KnownModules(node.service);
    node.kept = new KeptAnswers(config.keep * 60_000);
    return { close: () => node.service.close() };
  },
);

/** How the service of a form is reached. @throws {WorkflowError} if TLS cannot be used */
export function serviceSettingsOf(RED: NodeAPI, form: ModulesForm): ServiceSettings {
  return {
    url: form.url,
    user: form.user.trim(),
    password: form.password,
    verify: form.verify,
    tls: tlsOptions(RED, form.tls),
    proxy: form.proxy,
    timeoutMs: Number(form.timeout) * 1000,
    mostBytes: Number(form.answerLimit) * MEGABYTE,
    parallel: Number(form.parallel),
  };
}

/**
 * The settings of the modules. The editor is never told those that are saved, so it sends only what has changed;
 * here it joins the others, among the node's credentials.
 */
function keepSettings(RED: NodeAPI, node: Node): ModuleSettings {
  // As they are saved, without what the environment has put in.
  const saved = (RED.nodes.getCredentials(node.id) ?? {}) as Record<string, string | undefined>;
  const settings = mergeSettings(saved.kept, saved.settings);
  if (saved.settings !== undefined) {
    const joined: typeof saved = { ...saved, kept: JSON.stringify(settings) };
    delete joined.settings;
    void RED.nodes.addCredentials(node.id, joined);
  }
  const named = Object.entries(settings).map(([name, value]) => [name, filledIn(RED, node, value)]);
  return Object.fromEntries(named) as ModuleSettings;
}

/** `${NAME}` alone is a value of the environment, as in all credentials. */
function filledIn(RED: NodeAPI, node: Node, value: string): string {
  const [, name] = /^\s*\$\{([^}]+)\}\s*$/.exec(value) ?? [];
  if (name === undefined) return value;
  const found: unknown = RED.util.evaluateNodeProperty(name, 'env', node, {});
  return typeof found === 'string' ? found : '';
}
