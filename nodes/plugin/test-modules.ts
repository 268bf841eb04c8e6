import type { NodeAPI } from 'node-red';
import { ModuleService } from '../../src/modules/service';
import { inWords, WorkflowError, type TextParams } from '../../src/text';
import { wordsFor } from '../words';
import { serviceSettingsOf, type ModulesForm, type ModulesNode } from '../config/misp-modules';
import type { ServiceModules, TestResult } from './api';
import { configOf, numberField, textField } from './body';
import { serve } from './route';
import { deployedNode, literal, secretOf, UNCHANGED, type Deployed } from './saved-secrets';

/** What a form sends. */
type Body = Record<string, unknown>;

/** The routes behind the form of a service of modules: its test, and the modules of one that is deployed. */
export function serveModuleServices(RED: NodeAPI): void {
  serve(RED, 'POST /module-services/test', { permission: 'misp.write' }, ({ body }) =>
    testService(RED, body),
  );
  serve(RED, 'GET /module-services/:id/modules', { permission: 'misp.read' }, async ({ params }) => {
    const node = RED.nodes.getNode(params.id) as ModulesNode | null;
    if (node?.type !== 'misp-modules' || !node.service) return undefined;
    try {
      return listOf(await node.service.modules(), Object.keys(node.moduleSettings));
    } catch (error) {
      return { problem: wordsOf(RED, error) };
    }
  });
}

function listOf(modules: ServiceModules['modules'], saved: string[]): ServiceModules {
  return { modules: modules.sort((one, other) => one.name.localeCompare(other.name)), saved };
}

/** Asks the service of a form, with what is saved where the form does not have it, and says what came of it. */
async function testService(RED: NodeAPI, sent: Body): Promise<TestResult & Partial<ServiceModules>> {
  let service: ModuleService | undefined;
  try {
    const { form, mayGo } = formOf(RED, sent);
    service = new ModuleService(serviceSettingsOf(RED, form));
    const modules = await service.modules();
    const { version } = await service.health();
    const deployed = mayGo ? (RED.nodes.getNode(textField(sent.id)) as ModulesNode | null) : null;
    const expansions = modules.filter(({ kinds }) => kinds.includes('expansion') || kinds.includes('hover'));
    const count = { count: modules.length, expansions: expansions.length, version };
    const key = modules.length === 0 ? 'empty' : version === '' ? 'ok' : 'okVersion';
    return {
      state: modules.length === 0 ? 'warning' : 'ok',
      message: say(RED, `test.${key}`, count),
      ...listOf(modules, Object.keys(deployed?.moduleSettings ?? {})),
    };
  } catch (error) {
    return { state: 'error', message: wordsOf(RED, error) };
  } finally {
    service?.close();
  }
}

function formOf(RED: NodeAPI, sent: Body): { form: ModulesForm; mayGo: boolean } {
  const deployed = deployedNode(RED, textField(sent.id), 'misp-modules');
  const form = {
    url: literal(textField(sent.url)),
    // What is not switched off in so many words is checked.
    verify: sent.verify !== false,
    tls: configOf(sent.tls),
    timeout: numberField(sent.timeout, 10, 300),
    answerLimit: 20,
    parallel: 1,
  };
  const [password, proxy] = [textField(sent.password), textField(sent.proxy)];
  const user = secretOf(textField(sent.user), deployed?.secrets.user, true);
  const mayGo = deployed !== undefined && leadsTo(deployed, { ...form, user, proxy });
  return {
    mayGo,
    form: {
      ...form,
      user,
      password: secretOf(password, deployed?.secrets.password, mayGo),
      // The proxy's address is a part of the secret.
      proxy: secretOf(proxy, deployed?.secrets.proxy, true),
    },
  };
}

/** Whether a form leads to the service that a password was saved for, on a way that is no less safe. */
function leadsTo(
  { settings, secrets }: Deployed,
  form: Pick<ModulesForm, 'url' | 'tls' | 'verify' | 'user' | 'proxy'>,
): boolean {
  return (
    addressOf(form.url) === addressOf(textField(settings.url)) &&
    (form.tls || '') === textField(settings.tls) &&
    (form.verify || settings.verify === false) &&
    form.user.trim() === (secrets.user ?? '').trim() &&
    (form.proxy === UNCHANGED || form.proxy === (secrets.proxy ?? ''))
  );
}

function addressOf(url: string): string {
  return URL.canParse(url.trim()) ? new URL(url.trim()).href.replace(/\/+$/, '') : url;
}

function wordsOf(RED: NodeAPI, error: unknown): string {
  if (!(error instanceof WorkflowError)) return say(RED, 'test.broken', { problem: String(error) });
  return wordsFor(error, (key, params) => say(RED, key, params));
}

/** A text of the node type misp-modules, whose catalogue is the node's own. */
function say(RED: NodeAPI, key: string, params: TextParams = {}): string {
  return RED._(`@misp-flows/node-red-misp/misp-modules:misp-modules.${key}`, inWords(params));
}
