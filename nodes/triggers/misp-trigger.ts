import { writeParams } from '../../src/mapping/convert';
import type { Node } from 'node-red';
import { ECHOING } from '../../src/echo/things';
import { isRecord } from '../../src/event/values';
import { action, type ActionModule, type ModuleParam } from '../../src/listener/kinds/action';
import type { ModuleOwner, OpenQuery, RequestText } from '../../src/listener/open-query';
import type { ServiceCounts } from '../../src/listener/protocol';
import type { MispRequest } from '../../src/listener/request';
import type { ServiceState } from '../../src/listener/service';
import { setMisp, type Message, type MispPart } from '../../src/runs/message';
import { WorkflowError, type Said } from '../../src/text';
import { envOf } from '../../src/triggers/env';
import { loadFullEvent } from '../../src/triggers/full-event';
import { KeptRequest, LastRequest } from '../../src/triggers/last-request';
import { hideSecretsOf } from '../../src/triggers/secrets';
import { tagChoiceMatches, type TagChoice } from '../../src/triggers/tag-attached';
import { TRIGGERS, triggerById } from '../../src/triggers/triggers';
import { defineNode } from '../adaptor';
import { configNode } from '../config-node';
import type { ListenerNode } from '../config/misp-listener';
import type { ServerNode } from '../config/misp-server';
import { queueOf } from '../config/queue-keeper';
import type { ParamRow } from '../definition';
import { runtimeOf } from '../runtime';
import type { Checked } from '../set-up-watch';
import { clearanceOf } from './clearance';
import { isTooOften, TriggerGuard } from './trigger-guard';
import {
  COMPLETED,
  moduleOf,
  TAG_ATTACHED,
  TAG_TRIGGER,
  TRIGGER_FIELDS,
  USER_TRIGGER,
} from './trigger-fields';
import { callerOf } from './caller';
import { TriggerReport } from './trigger-report';
import { TriggerRuns, type OfRun, type TriggerMessage } from './trigger-runs';

export default defineNode(
  {
    type: 'misp-trigger',
    family: 'triggers',
    modules: TRIGGERS.map(moduleOf),
    version: 3,
    // Flows that were saved before go on as they did.
    migrations: [
      {
        from: 1,
        rename: { explicit: 'goOn' },
        map: { goOn: { true: 'response', false: 'ended', undefined: 'ended' } },
      },
      { from: 2, map: { intake: { undefined: 'now' } } },
    ],
    labelBy: 'trigger',
    inputs: 0,
    outputs: ['message'],
    editorFile: true,
    button: true,
    fields: TRIGGER_FIELDS,
  },
  (context) => {
    const { RED, node, config, text } = context;
    const runtime = runtimeOf(RED);
    const trigger = triggerById(config.trigger);
    if (!trigger) throw new WorkflowError('trigger.unknown', { trigger: config.trigger });
    const listener = configNode<ListenerNode, 'service'>(
      RED,
      config.listener,
      'service',
      'trigger.noListener',
    );
    if (!/^[a-z0-9_]+$/.test(config.module)) throw new WorkflowError('trigger.moduleName');
    if (listener.service.isAnnounced(config.module)) {
      throw new WorkflowError('trigger.moduleTaken', { module: config.module });
    }

    const { service } = listener;
    const nodeId = (node as Node & { _alias?: string })._alias ?? node.id;
    const waitsForFlow = trigger.blocking && config.goOn !== 'watch';
    const report = new TriggerReport(context);
    const last = new LastRequest();
    const guard = new TriggerGuard(nodeId, config, runtime, ECHOING.includes(config.trigger));
    const tagChoice = writeParams<Omit<TagChoice, 'tags'> & { tag: string[] }>(TAG_ATTACHED, config);
    const runs = new TriggerRuns({
      node,
      tracker: runtime.tracker,
      journal: runtime.journal,
      generateId: () => RED.util.generateId(),
      settings: config,
      messageOf,
      watch: (run, data) => runtime.history.watch(run, data, trigger.secrets && config.keepSecrets),
      complete: completion(),
      clear: clearanceOf(RED, node, config, (user) => callerOf(service, user)),
      enter: ({ data }, run, message) => guard.enter({ trigger: config.trigger, data }, run, message),
      ended: () => report.echo(),
      failed(error, message) {
        const problem = context.explain(error);
        report.incomplete(problem, isTooOften(error) ? 'tooOften' : 'incomplete');
        node.error(problem.message, message);
        return problem;
      },
      report: (verdict) => report.verdict(verdict),
      dropped: (count) => report.dropped(count),
    });
    const onState = (state: ServiceState) => report.listener(state, service.settings.port);
    const onCounts = (counts: ServiceCounts) => report.refused(counts, service.settings.callers);
    service.on('state', onState);
    service.on('counts', onCounts);
    const onChecked = (checked: Checked) => {
      if (checked.node === nodeId) report.setUp(checked);
    };
    runtime.setUp.on('checked', onChecked);
    // Keys and passwords are never written down.
    const isKept = !trigger.blocking && config.intake === 'stored' && !config.keepSecrets;
    const queue = queueOf(RED);
    const onQueue = (problem: Said | undefined) => report.queue(problem);
    if (isKept) queue.on('trouble', onQueue);
    const announcement = listener.announce(owner());
    const doNotWant = config.trigger === USER_TRIGGER ? runtime.ownCalls.want() : () => undefined;
    const onStarted = () => {
      runs.resume();
      announcement.open();
      runtime.ownCalls.learn();
    };
    const onStopping = () => announcement.pause();
    runtime.flows.on('started', onStarted);
    runtime.flows.on('stopping', onStopping);
    report.listener(listener.state, service.settings.port);
    report.refused(service.counts, service.settings.callers);
    if (isKept) report.queue(queue.trouble);
    const forget = runtime.addTrigger(nodeId, {
      trigger: config.trigger,
      last,
      contact: () => service.contact(config.module),
      messageOf: (request) =>
        messageOf(request, { run: RED.util.generateId(), deadline: Date.now() + deadlineMs(), test: true }),
      rehearse: (request, options) => runs.rehearse(request, deadlineMs(), options),
      kept: (text) => KeptRequest.of(text, config.trigger, trigger.secrets),
    });

    return {
      close() {
        forget();
        doNotWant();
        guard.close();
        runtime.flows.off('started', onStarted);
        runtime.flows.off('stopping', onStopping);
        service.off('state', onState);
        service.off('counts', onCounts);
        runtime.setUp.off('checked', onChecked);
        queue.off('trouble', onQueue);
        report.close();
        announcement.end();
        runs.close();
      },
    };

    function owner(): ModuleOwner {
      return {
        module: announced(),
        onQuery: fire,
        onEnded(query, by, blocked) {
          if (!runs.ended(query, by, blocked) && by === 'lost') report.lost();
        },
        onLate: (wouldBlock) => report.late(wouldBlock),
        onAnsweredFor: (by, blocked) => report.withoutFlow(by, blocked),
        onUnreadable: (problem) => node.error(text('log.unreadable', { problem })),
      };
    }

    function announced(): ActionModule {
      return {
        kind: 'action',
        name: config.module,
        description: text('module.description', { trigger: config.trigger, name: node.name ?? '' }),
        blocking: trigger!.blocking,
        stallsSaving: trigger!.stallsSaving,
        deadlineMs: deadlineMs(),
        // What only watches stops MISP in no case.
        onDeadline:
          config.goOn === 'watch' && trigger!.blocking
            ? 'allow'
            : trigger!.blocking && !config.clears // the service can clear nothing
              ? config.onDeadline
              : 'block',
        supportFilters: config.filteredItems,
        params: Object.fromEntries(config.params.map((row) => [row.name, paramOf(row)])),
        ...(isKept ? { kept: keptAs() } : {}),
      };
    }

    function keptAs(): ActionModule['kept'] {
      return {
        inOrder: config.inOrder,
        ...(trigger!.secrets ? { withoutSecrets: config.trigger } : {}),
      };
    }

    /** 0 stands for the default. */
    function deadlineMs(): number {
      return Number(config.deadline) * 1000 || action.defaultDeadlineMs(trigger!);
    }

    function fire(query: OpenQuery, requestText?: RequestText): void {
      const { data } = query.request;
      if (query.mispTimeout !== undefined) report.mispTimeout(query.mispTimeout);
      if (config.trigger === USER_TRIGGER && runtime.ownCalls.account(data)) {
        report.ownCall(String((data as { id: unknown }).id));
        return query.answer({ outcome: 'allow', cause: 'accepted' });
      }
      const proof = waitsForFlow && runtime.proofs.take(config.module, isRecord(data) && eventUuid(data));
      if (proof) return runs.prove(query, proof);
      if (trigger!.secrets && !config.keepSecrets) hideSecretsOf(config.trigger, data);
      const kept =
        config.remember && requestText
          ? KeptRequest.of(requestText, config.trigger, trigger!.secrets, runtime.history.without)
          : undefined;
      if (kept) last.keep(kept);
      if (config.trigger === TAG_TRIGGER && !tagChoiceMatches({ ...tagChoice, tags: tagChoice.tag }, data)) {
        return query.answer({ outcome: 'allow', cause: 'accepted' });
      }
      const run = runs.fire(query, waitsForFlow);
      if (kept) runtime.history.keepInput(run, kept);
    }

    function messageOf(request: MispRequest, { caller, ...of }: OfRun): TriggerMessage {
      const { data, params, filteredItems, matchingData } = request;
      const env = envOf(request);
      const asking = callerOf(service, caller);
      const server = asking?.server ?? asking?.name ?? (config.server || config.clearServer);
      const misp: MispPart = {
        ...of,
        trigger: config.trigger,
        module: config.module,
        ...(server ? { server } : {}),
        blocking: trigger!.blocking,
        params,
        ...(env === undefined ? {} : { env }),
        ...(filteredItems === undefined ? {} : { filteredItems }),
        ...(matchingData === undefined ? {} : { matchingData }),
      };
      return { _msgid: RED.util.generateId(), topic: config.trigger, payload: data, misp };
    }

    /** How the data is completed from the connected MISP, if it is to be. */
    function completion(): ((message: Message) => Promise<void>) | undefined {
      if (!config.complete || !COMPLETED.includes(config.trigger)) return undefined;
      const server = configNode<ServerNode, 'client'>(RED, config.server, 'client', 'trigger.noServer');
      return async (message) => {
        const found = await loadFullEvent(server.client, config.trigger, message.payload);
        if ('stored' in found) return setMisp(message, { stored: found.stored });
        setMisp(message, { received: message.payload });
        message.payload = found.payload;
      };
    }
  },
);

function eventUuid({ Event: event }: Record<string, unknown>): unknown {
  return isRecord(event) ? event.uuid : undefined;
}

function paramOf({ name, type, value }: ParamRow): ModuleParam {
  return {
    type: type as ModuleParam['type'],
    value,
    description: name,
    ...(type === 'large_string' ? { jinja_supported: true } : {}),
  };
}
