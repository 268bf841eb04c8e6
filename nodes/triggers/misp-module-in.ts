import type { Node } from 'node-red';
import { asText, buildAnswer } from '../../src/drawn/build';
import { letSettingsGo } from '../../src/drawn/module-settings';
import { AI_MODULE } from '../../src/listener/kinds/ai';
import { FIELD_NAME, MODULE_NAME, SETTING_NAME } from '../../src/drawn/names';
import type { OpenQuery } from '../../src/listener/open-query';
import type { ServiceState } from '../../src/listener/service';
import type { ServiceCounts } from '../../src/listener/protocol';
import { WorkflowError } from '../../src/text';
import { defineNode } from '../adaptor';
import { configNode } from '../config-node';
import type { ListenerNode } from '../config/misp-listener';
import { namesIn } from '../config/listener-upstream';
import { runtimeOf } from '../runtime';
import { announcedModule, ASKED, KINDS, type ModuleSettings } from './announced-module';
import { callerOf } from './caller';
import { askedOf, messageOf, questionOf, type ModuleKind, type ReadQuery } from './module-message';
import { LIMIT_FIELDS, TriggerGuard } from './trigger-guard';
import { TriggerReport } from './trigger-report';
import { TriggerRuns } from './trigger-runs';

const ENRICHMENTS = ['expansion', 'hover', 'both'];
/** MISP knows its AI module by one name. */
const NAMED = KINDS.filter((kind) => kind !== 'ai');
const WITH_RESULTS = [...ENRICHMENTS, 'import', 'front'];

export default defineNode(
  {
    type: 'misp-module-in',
    family: 'triggers',
    modules: [],
    version: 1,
    labelBy: 'kind',
    inputs: 0,
    outputs: ['query'],
    fields: {
      listener: { kind: 'config', type: 'misp-listener', required: true },
      kind: { kind: 'select', default: 'both', options: KINDS, describe: true },
      module: {
        ...{ kind: 'text', default: '', required: true, pattern: MODULE_NAME, message: 'moduleName' },
        when: { kind: NAMED },
      },
      description: { kind: 'text', default: '' },
      input: { kind: 'list', default: [], required: true, when: { kind: ENRICHMENTS } },
      format: {
        kind: 'select',
        default: 'misp_standard',
        options: ['misp_standard', 'plain'],
        when: { kind: WITH_RESULTS },
      },
      stage: { kind: 'select', default: 'query', options: ['query', 'result'], when: { kind: 'front' } },
      blocking: { kind: 'checkbox', default: true, when: { kind: 'action' } },
      onError: {
        kind: 'select',
        default: 'block',
        options: ['block', 'allow'],
        when: { kind: ['front', 'action'] },
      },
      userFields: {
        kind: 'params',
        default: [],
        types: ['text', 'number', 'checkbox', 'choice'],
        pattern: FIELD_NAME,
        message: 'fieldName',
        when: { kind: 'import' },
      },
      extension: { kind: 'text', default: 'txt', when: { kind: 'export' } },
      mediaType: { kind: 'text', default: 'text/plain', when: { kind: 'export' } },
      settings: {
        kind: 'list',
        default: [],
        pattern: SETTING_NAME,
        message: 'settingName',
        when: { kind: [...ENRICHMENTS, 'import', 'export'] },
        advanced: true,
      },
      deadline: { kind: 'number', default: 0, min: 0, max: 300, unit: 's', advanced: true },
      ...LIMIT_FIELDS,
    },
  },
  (context) => {
    const { RED, node, text } = context;
    const config: ModuleSettings = named(context.config);
    check(config);
    const runtime = runtimeOf(RED);
    const { service, ...listener } = listenerOf(config);
    const report = new TriggerReport(context);
    const kind: ModuleKind = ASKED[config.kind];
    const nodeId = (node as Node & { _alias?: string })._alias ?? node.id;
    const guard = new TriggerGuard(nodeId, { ...context.config, echoes: 'run' }, runtime, false);
    const runs = new TriggerRuns<ModuleKind>({
      node,
      tracker: runtime.tracker,
      journal: runtime.journal,
      generateId: () => RED.util.generateId(),
      settings: { module: config.module, goOn: 'response', onError: config.onError, onDeadline: 'block' },
      buildFor: (request) => {
        const asked = request as ReadQuery;
        const { stage, format } = config;
        const { attributeUuid, attribute, value, answer: passed } = asked;
        const uuid = typeof attribute?.uuid === 'string' ? attribute.uuid : attributeUuid;
        const before = kind === 'front' ? asText({ value, attribute, passed }) : undefined;
        const question = kind === 'ai' ? questionOf(asked) : undefined;
        const target = { kind, format, stage, attributeUuid: uuid, question, before };
        return (given) => buildAnswer(given as Parameters<typeof buildAnswer>[0], target);
      },
      messageOf: (request, { caller, ...of }) =>
        messageOf(RED, config, request, of, callerOf(service, caller)),
      watch: (run, data) => runtime.history.watch(run, data, false),
      enter: (request, run, message) => guard.enter(askedOf(config, request), run, message),
      failed(error, message) {
        const problem = context.explain(error);
        report.incomplete(problem, 'tooOften');
        node.error(problem.message, message);
        return problem;
      },
      over: letSettingsGo,
      report: (verdict) => report.verdict(verdict),
      dropped: () => undefined,
    });
    const module = announcedModule(config, text('module.description', { name: node.name ?? '' }));
    const announcement = listener.announce({
      module,
      onQuery: (query: OpenQuery<ModuleKind>) => runs.fire(query, true),
      onEnded(query, by, blocked) {
        if (!runs.ended(query, by, blocked) && by === 'lost') report.lost();
      },
      onLate: (wouldBlock) => report.late(wouldBlock),
      onAnsweredFor: (by, blocked) => report.withoutFlow(by, blocked),
    });
    const onState = (state: ServiceState) => report.listener(state, service.settings.port);
    const onCounts = (counts: ServiceCounts) => report.refused(counts, service.settings.callers);
    const onUpstream = (list = service.upstreamList) => {
      const isThere = namesIn(list).includes(config.module);
      if (kind !== 'front' && isThere) {
        context.setup('replaces', 'yellow', 'ring');
        node.log(text('log.replaces', { module: config.module }));
      } else if (kind === 'front' && list !== undefined && !isThere) context.setup('noModule', 'red', 'ring');
      else context.setup();
    };
    const onStarted = () => {
      runs.resume();
      announcement.open();
    };
    const onStopping = () => announcement.pause();
    service.on('state', onState);
    service.on('counts', onCounts);
    service.on('upstream', onUpstream);
    onUpstream();
    runtime.flows.on('started', onStarted);
    runtime.flows.on('stopping', onStopping);
    report.listener(service.current, service.settings.port);
    report.refused(service.counts, service.settings.callers);
    return {
      close() {
        runtime.flows.off('started', onStarted);
        runtime.flows.off('stopping', onStopping);
        service.off('state', onState);
        service.off('counts', onCounts);
        service.off('upstream', onUpstream);
        guard.close();
        report.close();
        announcement.end();
        runs.close();
      },
    };

    function listenerOf({ listener: id, module: name }: ModuleSettings) {
      const found = configNode<ListenerNode, 'service'>(RED, id, 'service', 'module.noListener');
      if (found.service.isAnnounced(name)) throw new WorkflowError('module.taken', { module: name });
      const { service } = found;
      const announce: ListenerNode['announce'] = (owner) => found.announce(owner);
      return { service, announce };
    }
  },
);

/** With the name that the module has in MISP. */
function named(config: ModuleSettings): ModuleSettings {
  return config.kind === 'ai' ? { ...config, module: AI_MODULE } : config;
}

/** @throws {WorkflowError} what MISP cannot take; the form has said so, but a flow may come from a file */
function check({ module, settings, userFields, input, kind }: ModuleSettings): void {
  if (!new RegExp(MODULE_NAME).test(module)) throw new WorkflowError('module.name');
  const setting = settings.find((name) => !new RegExp(SETTING_NAME).test(name));
  if (setting !== undefined) throw new WorkflowError('module.setting', { name: setting });
  const field = userFields.find(({ name }) => !new RegExp(FIELD_NAME).test(name));
  if (field !== undefined) throw new WorkflowError('module.field', { name: field.name });
  if (ASKED[kind] === 'expansion' && input.length === 0) throw new WorkflowError('module.noInput');
}
