import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import type { HttpRequest } from '../../src/actions/plan';
import { extractData } from '../../src/event/hash';
import { methodOf, METHODS, planWebhook } from '../../src/notify/webhook/webhook';
import { compileTemplate } from '../../src/template/template';
import { setMisp } from '../../src/runs/message';
import { WorkflowError } from '../../src/text';
import { defineAction } from './parts/define-action';
import { HTTP_FIELDS, senderOf } from './parts/http-fields';
import { SENDS } from './parts/sends';

const WEBHOOK = {
  module: 'webhook',
  beyond: { contentType: 'text', method: 'PATCH' },
  params: {
    url: 'url',
    content_type: 'contentType',
    request_method: {
      setting: 'method',
      words: METHODS.map((name) => [name.toLowerCase(), name]),
    },
    self_signed: {
      setting: 'verify',
      words: [
        ['deny', true],
        ['allow', false],
      ],
    },
    payload: 'payload',
    headers: { setting: 'headers', form: 'headers' },
  },
} as const satisfies ModuleMapping;

/**
 * Those of MISP's parameters that say all that the settings say. The method may be one that MISP has not, and headers
 * have more room in rows than in MISP's lines.
 */
interface WebhookModule {
  url: string;
  content_type: 'json' | 'form' | 'text';
  payload: string;
}

export default defineAction(
  {
    type: 'misp-webhook',
    modules: [WEBHOOK],
    version: 1,
    labelBy: 'method',
    notification: true,
    retries: true,
    fields: {
      method: { kind: 'select', default: 'POST', options: METHODS },
      url: { kind: 'template', default: '', required: true, rows: 1 },
      urlSecret: { kind: 'secret', secret: 'password' },
      contentType: { kind: 'select', default: 'json', options: ['json', 'form', 'text'], describe: true },
      payload: { kind: 'template', default: '', rows: 4 },
      path: { kind: 'hashpath', default: '' },
      headers: { kind: 'keyvalue', default: [] },
      authorization: { kind: 'secret', secret: 'password' },
      ...HTTP_FIELDS,
    },
  },
  (context) => {
    const { config, secrets } = context;
    const { path } = config;
    const method = methodOf(config.method);
    const params = writeParams<WebhookModule>(WEBHOOK, config);
    if (!params.url.trim()) throw new WorkflowError('http.noUrl');
    const { urlSecret = '', authorization = '' } = secrets;
    const sender = senderOf(context, { urlSecret, authorization });
    const url = compileTemplate(params.url.trim());
    const payload = params.payload === '' ? undefined : compileTemplate(params.payload);
    const headers = config.headers.map(({ name, value }) => ({
      name: name.trim(),
      value: compileTemplate(value),
    }));
    return {
      plan(message): HttpRequest[] {
        const { payload: data } = message;
        const names = context.names(message);
        const own = headers.map(({ name, value }) => ({ name, value: value.render(data, names) }));
        const secret = authorization ? [{ name: 'Authorization', value: [{ secret: 'authorization' }] }] : [];
        const text = payload?.render(data, names);
        if (text !== undefined && text.trim() === '') throw new WorkflowError('webhook.empty');
        return [
          planWebhook(
            {
              url: [url.render(data, names), ...(urlSecret ? [{ secret: 'urlSecret' }] : [])],
              method,
              contentType: params.content_type,
              headers: [...own, ...secret],
              payload: text,
            },
            extractData(data, path),
          ),
        ];
      },
      carryOut: SENDS['http-request'](sender),
      learn(message, [{ answer: response }]) {
        if (response !== undefined) setMisp(message, { response });
      },
      close: () => sender.close(),
    };
  },
);
