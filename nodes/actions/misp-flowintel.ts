import type { AddToEvent } from '../../src/actions/add-to-event';
import type { CarryOut, HttpRequest, OperationResult, Plan } from '../../src/actions/plan';
import { eventOf, withAttributes } from '../../src/actions/targets';
import { eventHolder } from '../../src/event/event-data';
import { isRecord, textOf } from '../../src/event/values';
import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { carryOutOn } from '../../src/misp/carry-out';
import type { MispClient } from '../../src/misp/client';
import { reflect } from '../../src/misp/reflect';
import {
  caseIn,
  caseOf,
  judgeCase,
  planCase,
  plannedReference,
  referenceTo,
  type Case,
  type FlowintelModule,
} from '../../src/notify/flowintel/case';
import { setMisp, wholeOf, type Message } from '../../src/runs/message';
import { compileTemplate, type Names } from '../../src/template/template';
import { text, WorkflowError } from '../../src/text';
import { runtimeOf } from '../runtime';
import { WEB_ADDRESS } from '../web-fields';
import { defineAction } from './parts/define-action';
import { refuseBeforeSave, serverOf } from './parts/define-misp-action';
import { HTTP_FIELDS, senderOf } from './parts/http-fields';
import { rememberWrites } from './parts/remember-writes';
import { SENDS } from './parts/sends';

const FLOWINTEL = {
  module: 'flowintel-create-case',
  params: {
    url: 'url',
    apikey: 'apiKey',
    'create-reference': {
      setting: 'reference',
      words: [
        ['yes', true],
        ['no', false],
      ],
    },
    'case-name': 'title',
  },
} as const satisfies ModuleMapping;

type CaseOperation = HttpRequest | AddToEvent;

const isAdding = (operation: CaseOperation) => operation.do === 'add-to-event';

export default defineAction(
  {
    type: 'misp-flowintel',
    modules: [FLOWINTEL],
    version: 1,
    attributesWhen: true,
    notification: true,
    writes: true,
    fields: {
      url: WEB_ADDRESS,
      apiKey: { kind: 'secret', secret: 'password', required: true },
      title: { kind: 'template', default: '{{ Event.info }}', rows: 1 },
      reference: { kind: 'checkbox', default: true },
      server: { kind: 'config', type: 'misp-server', required: true, when: { reference: true } },
      ...HTTP_FIELDS,
    },
  },
  (context) => {
    const { RED, config, secrets } = context;
    const params = writeParams<FlowintelModule>(FLOWINTEL, config, secrets);
    const url = params.url.trim().replace(/\/+$/, '');
    const apiKey = params.apikey?.trim() ?? '';
    if (!url) throw new WorkflowError('http.noUrl');
    if (!apiKey) throw new WorkflowError('flowintel.noKey');
    const title = compileTemplate(params['case-name']);
    const client = config.reference ? serverOf(context).client : undefined;
    const sender = senderOf(context, { apiKey });
    const ask = SENDS['http-request'](sender, judgeCase);
    const remember = client && rememberWrites(RED, client);
    const { tracker } = runtimeOf(RED);

    return {
      plan(message): Plan<CaseOperation> {
        if (client && tracker.runOf(message)) refuseBeforeSave(message);
        const origin = originOf(message, context.names(message));
        message.payload = withAttributes(message.payload, wholeOf(message));
        const { event, ref } = eventOf(message.payload);
        if (knownCase(message, url)) return [];
        const named = title.render(message.payload, context.names(message)).trim() || textOf(event.info);
        const request = planCase(url, named, event, origin);
        if (!client) return [request];
        const objects = [plannedReference(named)];
        return [request, { do: 'add-to-event', event: ref, attributes: [], objects, reports: [] }];
      },
      carryOut: client ? referring(ask, client, url) : (ask as CarryOut<CaseOperation>),
      ...(client && remember
        ? {
            begin: (message, plan) => remember(message, plan.filter(isAdding)),
            system: () => client.url,
          }
        : {}),
      learn(message, operations) {
        reflect(message.payload, operations, wholeOf(message));
        const found = madeCase(operations, url) ?? knownCase(message, url);
        if (found) setMisp(message, { case: found });
      },
      close: () => sender.close(),
    };
  },
);

/** A case that the event refers to, also where the flow's filters hide it. */
function knownCase(message: Message, url: string): Case | undefined {
  return caseOf(eventHolder(wholeOf(message)).Event, url);
}

function madeCase([asked]: readonly OperationResult[], url: string): Case | undefined {
  const { state, answer } = asked ?? {};
  return state === 'done' && isRecord(answer) ? caseIn(answer.body, url) : undefined;
}

/** The address of the MISP that has the event, as MISP says it in the data, or as it is known here. */
function originOf({ payload }: Message, { _env: known }: Names): string {
  const env = isRecord(payload) && isRecord(payload._env) ? payload._env : known;
  return isRecord(env) ? textOf(env.baseurl) : '';
}

/** Asks for the case first; what refers to it is known when Flowintel has answered. */
function referring(ask: CarryOut<HttpRequest>, client: MispClient, url: string): CarryOut<CaseOperation> {
  const write = carryOutOn(client);
  return async (plan, control) => {
    const asked = await ask(
      plan.filter((operation) => !isAdding(operation)),
      control,
    );
    const made = madeCase(asked, url);
    if (!made) return asked;
    const adding = plan.filter(isAdding).map((operation) => ({
      ...operation,
      objects: operation.objects.map((object) => referenceTo(made, object)),
    }));
    const written = await write(adding, control);
    return [...asked, ...written.map((result) => notReferred(result, made))];
  };
}

/** The case is there all the same: what failed says where. */
function notReferred(result: OperationResult, { url }: Case): OperationResult {
  const { failures } = result;
  if (!failures) return result;
  return {
    ...result,
    failures: failures.map((failure) => ({
      ...failure,
      problem: text('flowintel.notReferred', { url, problem: failure.problem }),
    })),
  };
}
