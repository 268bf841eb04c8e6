import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import type { HttpRequest } from '../../src/actions/plan';
import {
  judgeSplunk,
  planSplunk,
  readModel,
  splunkParams,
  type SplunkModule,
} from '../../src/notify/splunk/splunk';
import { WorkflowError } from '../../src/text';
import { defineAction } from './parts/define-action';
import { HTTP_FIELDS, senderOf } from './parts/http-fields';
import { SENDS } from './parts/sends';
import { WEB_ADDRESS } from '../web-fields';

/** MISP writes yes and no as texts, and as numbers in its defaults. */
const YES_NO = [
  ['1', true],
  ['0', false],
  [1, true],
  [0, false],
] as const;

const SPLUNK = {
  module: 'splunk-hec-export',
  params: {
    url: 'url',
    verify_tls: { setting: 'verify', words: YES_NO },
    hec_token: 'token',
    source_type: 'sourcetype',
    event_per_attribute: { setting: 'perAttribute', words: YES_NO },
    data_extraction_model: 'model',
  },
} as const satisfies ModuleMapping;

export default defineAction(
  {
    type: 'misp-splunk',
    modules: [SPLUNK],
    version: 1,
    notification: true,
    retries: true,
    fields: {
      url: WEB_ADDRESS,
      token: { kind: 'secret', secret: 'password', required: true },
      perAttribute: { kind: 'checkbox', default: false },
      model: { kind: 'area', default: '' },
      sourcetype: { kind: 'text', default: '' },
      source: { kind: 'text', default: '' },
      index: { kind: 'text', default: '' },
      host: { kind: 'text', default: '', advanced: true },
      ...HTTP_FIELDS,
    },
  },
  (context) => {
    const { config, secrets } = context;
    const params = writeParams<SplunkModule>(SPLUNK, config, secrets);
    const token = params.hec_token?.trim() ?? '';
    const url = params.url.trim();
    if (!url) throw new WorkflowError('http.noUrl');
    if (!token) throw new WorkflowError('splunk.noToken');
    const settings = { ...config, ...splunkParams(params) };
    readModel(settings.model);
    const sender = senderOf(context, { token });
    return {
      plan({ payload }): HttpRequest[] {
        const requests = planSplunk(url, settings, payload);
        if (requests.length === 0) context.status('nothing', 'grey', 'ring');
        return requests;
      },
      carryOut: SENDS['http-request'](sender, judgeSplunk),
      close: () => sender.close(),
    };
  },
);
