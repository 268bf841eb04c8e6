import type { ModuleMapping } from '../../src/mapping/mapping';
import { ECHOING } from '../../src/echo/things';
import { AD_HOC_SCOPES } from '../../src/actions/run-workflow';
import { AD_HOC } from '../../src/misp/ad-hoc';
import { RELOADED, STORED } from '../../src/triggers/completed';
import { TRIGGERS } from '../../src/triggers/triggers';
import type { Fields } from '../definition';
import { CLEARANCE_FIELDS } from './clearance';
import { LIMIT_FIELDS } from './trigger-guard';

export const TAG_TRIGGER = 'tag-attached-after-save';
export const USER_TRIGGER = 'user-before-save';
export const COMPLETED = [...RELOADED, ...STORED];
const BLOCKING = TRIGGERS.filter((trigger) => trigger.blocking).map((trigger) => trigger.id);
/** What decides only where MISP waits for the flow. */
const WAITING = { trigger: BLOCKING, goOn: ['response', 'ended'] };
const NOT_BLOCKING = TRIGGERS.filter((trigger) => !trigger.blocking).map((trigger) => trigger.id);
const WITH_SECRETS = TRIGGERS.filter((trigger) => trigger.secrets).map((trigger) => trigger.id);

/** The parameters of MISP's trigger, the only one that has some. */
export const TAG_ATTACHED = {
  module: TAG_TRIGGER,
  when: { trigger: TAG_TRIGGER },
  params: {
    scope: 'scope',
    locality: 'locality',
    tag: { setting: 'tags', form: 'listOrOne' },
  },
} as const satisfies ModuleMapping;

/** MISP's trigger, as the node stands for it. */
export function moduleOf({ id }: { id: string }): ModuleMapping {
  return id === TAG_TRIGGER ? TAG_ATTACHED : { module: id, when: { trigger: id }, params: {} };
}

export const TRIGGER_FIELDS = {
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
  adHocName: { kind: 'text', default: '', when: { trigger: AD_HOC } },
  adHocScope: {
    kind: 'select',
    default: 'passed_event_ids',
    options: AD_HOC_SCOPES,
    describe: true,
    when: { trigger: AD_HOC },
  },
  adHocFilters: { kind: 'area', default: '{}', when: { trigger: AD_HOC, adHocScope: 'events' } },
  goOn: {
    kind: 'select',
    default: 'response',
    options: ['response', 'ended', 'watch'],
    describe: true,
    when: { trigger: BLOCKING },
  },
  onError: { kind: 'select', default: 'block', options: ['block', 'allow'], when: WAITING },
  onDeadline: {
    kind: 'select',
    default: 'block',
    options: ['block', 'allow'],
    when: WAITING,
  },
  deadline: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 300,
    unit: 's',
    when: WAITING,
  },
  intake: {
    kind: 'select',
    default: 'stored',
    options: ['stored', 'now'],
    describe: true,
    when: { trigger: NOT_BLOCKING },
  },
  inOrder: {
    kind: 'checkbox',
    default: false,
    when: { trigger: NOT_BLOCKING, intake: 'stored' },
  },
  ...CLEARANCE_FIELDS,
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
  tags: { kind: 'picker', source: 'tags', default: [], when: { trigger: TAG_TRIGGER } },
  complete: { kind: 'checkbox', default: false, when: { trigger: COMPLETED } },
  server: {
    kind: 'config',
    type: 'misp-server',
    required: true,
    when: { trigger: COMPLETED, complete: true },
  },
  remember: { kind: 'checkbox', default: true, advanced: true },
  keepSecrets: { kind: 'checkbox', default: false, when: { trigger: WITH_SECRETS }, advanced: true },
  echoes: {
    kind: 'select',
    default: 'end',
    options: ['end', 'run'],
    when: { trigger: [...ECHOING] },
    advanced: true,
  },
  ...LIMIT_FIELDS,
  writeLimit: { kind: 'number', default: 1000, min: 1, max: 1_000_000, advanced: true },
  loopLimit: { kind: 'number', default: 1000, min: 1, max: 1_000_000, advanced: true },
  filteredItems: { kind: 'checkbox', default: false, advanced: true },
  params: { kind: 'params', default: [], advanced: true },
} as const satisfies Fields;
