import type { Node } from 'node-red';
import type { AnnouncedModule, ModuleParam, OwnAnswer } from '../../src/listener/protocol';
import type { ModuleOwner, OpenQuery, ServiceState } from '../../src/listener/service';
import { Run } from '../../src/runs/run';
import type { Message } from '../../src/runs/tracker';
import type { Verdict } from '../../src/runs/verdict';
import { WorkflowError } from '../../src/text';
import { removeSecrets } from '../../src/triggers/secrets';
import { tagChoiceMatches } from '../../src/triggers/tag-attached';
import { TRIGGERS, triggerById } from '../../src/triggers/triggers';
import { defineNode } from '../adaptor';
import type { ListenerNode } from '../config/misp-listener';
import type { ParamRow } from '../definition';
import { runtimeOf } from '../runtime';
import { TriggerReport } from './trigger-report';

const TAG_TRIGGER = 'tag-attached-after-save';
const BLOCKING = TRIGGERS.filter((trigger) => trigger.blocking).map((trigger) => trigger.id);
const WITH_SECRETS = TRIGGERS.filter((trigger) => trigger.secrets).map((trigger) => trigger.id);

export default defineNode(
  {
    type: 'misp-trigger',
    family: 'triggers',
    modules: TRIGGERS.map((trigger) => trigger.id),
    version: 1,
    labelBy: 'trigger',
    inputs: 0,
    outputs: ['message'],
    editorFile: true,
    fields: {
      listener: { kind: 'config', type: 'misp-listener', required: true },
      trigger: {
        kind: 'select',
        default: 'event-publish',
        options: TRIGGERS.map((trigger) => trigger.id),
        describe: true,
      },
      module: {
        kind: 'text',
        default: '',
        required: true,
        pattern: '^[a-z0-9_]+$',
        message: 'moduleName',
      },
      onError: { kind: 'select', default: 'block', options: ['block', 'allow'], when: { trigger: BLOCKING } },
      onDeadline: {
        kind: 'select',
        default: 'block',
        options: ['block', 'allow'],
        when: { trigger: BLOCKING },
      },
      deadline: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 300,
        unit: 's',
        when: { trigger: BLOCKING },
      },
      explicit: { kind: 'checkbox', default: false, when: { trigger: BLOCKING } },
      scope: {
        kind: 'select',
        default: 'event',
        options: ['event', 'attribute', 'any'],
        when: { trigger: TAG_TRIGGER },
      },
      locality: {
        kind: 'select',
        default: 'local',
        options: ['local', 'global', 'any'],
        when: { trigger: TAG_TRIGGER },
      },
      tags: { kind: 'list', default: [], when: { trigger: TAG_TRIGGER } },
      keepSecrets: { kind: 'checkbox', default: false, when: { trigger: WITH_SECRETS }, advanced: true },
      filteredItems: { kind: 'checkbox', default: false, advanced: true },
      params: { kind: 'params', default: [], advanced: true },
    },
  },
  (context) => {
    const { RED, node, config, text } = context;
    const runtime = runtimeOf(RED);
    const { tracker } = runtime;
    const trigger = triggerById(config.trigger);
    if (!trigger) throw new WorkflowError('trigger.unknown', { trigger: config.trigger });
    const listener = RED.nodes.getNode(config.listener) as ListenerNode | null;
    if (!listener?.service) throw new WorkflowError('trigger.noListener');
    if (!/^[a-z0-9_]+$/.test(config.module)) throw new WorkflowError('trigger.moduleName');
    if (listener.service.isAnnounced(config.module)) {
      throw new WorkflowError('trigger.moduleTaken', { module: config.module });
    }

    const nodeId = (node as Node & { _alias?: string })._alias ?? node.id;
    const waitsForFlow = () => trigger.blocking && (config.explicit || runtime.mayBlock(nodeId));
    const open = new Map<OpenQuery, { run: Run; message: Message }>();
    const report = new TriggerReport(context);
    const { service } = listener;
    const onState = (state: ServiceState) => report.listener(state);
    const onCounts = ({ refused }: { refused: number }) => report.refused(refused);
    service.on('state', onState);
    service.on('counts', onCounts);
    const announcement = listener.announce(owner());
    const onStarted = () => {
      for (const [query, { run }] of open) if (run.interrupted) interrupted(query, run);
      announcement.open();
    };
    const onStopping = () => announcement.pause();
    runtime.flows.on('started', onStarted);
    runtime.flows.on('stopping', onStopping);
    report.listener(listener.state);

    return {
      close(removed) {
        runtime.flows.off('started', onStarted);
        runtime.flows.off('stopping', onStopping);
        service.off('state', onState);
        service.off('counts', onCounts);
        report.close();
        announcement.end(removed);
        for (const [query, { run }] of open) {
          if (removed) run.abandon();
          else interrupted(query, run);
        }
      },
    };

    /** A redeploy stopped nodes of the run. What only decided is asked again; what may have acted cannot. */
    function interrupted(query: OpenQuery, run: Run): void {
      if (run.touched) run.abandon();
      else leave(query, () => query.giveBack());
    }

    function owner(): ModuleOwner {
      return {
        module: announced(),
        onQuery: fire,
        onEnded: ended,
        onLate: (wouldBlock) => report.late(wouldBlock),
        onAnsweredFor: (by, blocked) => report.withoutFlow(by, blocked),
      };
    }

    function announced(): AnnouncedModule {
      return {
        name: config.module,
        description: text('module.description', { trigger: config.trigger, name: node.name ?? '' }),
        blocking: trigger!.blocking,
        stallsSaving: trigger!.stallsSaving,
        deadlineMs: deadlineMs(),
        onDeadline: trigger!.blocking ? config.onDeadline : 'block',
        supportFilters: config.filteredItems,
        params: Object.fromEntries(config.params.map((row) => [row.name, paramOf(row)])),
      };
    }

    /** 0 stands for the default: 3 s while MISP cannot save anything, else 8 s of MISP's 10. */
    function deadlineMs(): number {
      const seconds = Number(config.deadline) || (trigger!.stallsSaving ? 3 : 8);
      return seconds * 1000;
    }

    function fire(query: OpenQuery): void {
      const { data } = query.request;
      if (trigger!.secrets && !config.keepSecrets) removeSecrets(data);
      if (config.trigger === TAG_TRIGGER && !tagChoiceMatches(config, data)) {
        return query.answer({ outcome: 'allow', cause: 'accepted' });
      }
      const message = messageOf(query);
      const run = new Run(
        {
          id: RED.util.generateId(),
          module: config.module,
          deadline: query.deadline,
          onError: config.onError,
          onDeadline: config.onDeadline,
          explicit: config.explicit,
        },
        (verdict) => conclude(query, verdict),
      );
      open.set(query, { run, message });
      tracker.start(run, message);
      if (!waitsForFlow()) run.accept();
      send(run, message);
    }

    /** The trigger itself is the first thing that the run waits for. */
    function send(run: Run, message: Message): void {
      run.received(node.id);
      node.send(message);
      run.completed(node.id);
      if (run.idle) setImmediate(() => run.settle());
    }

    function messageOf({ request, deadline }: OpenQuery): Message {
      return {
        _msgid: RED.util.generateId(),
        topic: config.trigger,
        payload: request.data,
        misp: {
          trigger: config.trigger,
          module: config.module,
          blocking: trigger!.blocking,
          test: false,
          deadline,
          params: request.params,
          ...(request.filteredItems === undefined ? {} : { filteredItems: request.filteredItems }),
          ...(request.matchingData === undefined ? {} : { matchingData: request.matchingData }),
        },
      };
    }

    function conclude(query: OpenQuery, verdict: Verdict): void {
      query.answer(verdict);
      leave(query);
      report.verdict(verdict);
    }

    /** The run is over, or given back; `last` is done before it is forgotten. */
    function leave(query: OpenQuery, last?: () => void): void {
      const entry = open.get(query);
      open.delete(query);
      last?.();
      if (entry) tracker.end(entry.run, entry.message);
    }

    function ended(query: OpenQuery, by: OwnAnswer | 'lost'): void {
      const run = open.get(query)?.run;
      if (by === 'lost') report.lost();
      if (by === 'deadline') run?.expire();
      else run?.abandon();
    }
  },
);

function paramOf({ name, type, value }: ParamRow): ModuleParam {
  return { type, value, description: name, ...(type === 'large_string' ? { jinja_supported: true } : {}) };
}
