import { action } from '../../src/listener/kinds/action';
import type { UserField } from '../../src/listener/kinds/drawn';
import type { ModuleOf } from '../../src/listener/kinds';
import { ai, AI_MODULE } from '../../src/listener/kinds/ai';
import { expansion } from '../../src/listener/kinds/expansion';
import type { Outcome } from '../../src/runs/verdict';
import type { ParamRow } from '../definition';
import type { ModuleKind } from './module-message';

/** What a flow can be for MISP. */
export const KINDS = ['expansion', 'hover', 'both', 'import', 'export', 'action', 'ai', 'front'] as const;

/** The listener's kinds of modules. */
export const ASKED: Readonly<Record<(typeof KINDS)[number], ModuleKind>> = {
  ...{ expansion: 'expansion', hover: 'expansion', both: 'expansion' },
  ...{ import: 'import', export: 'export', action: 'action', ai: 'ai', front: 'front' },
};

/** How the node that a flow begins with is set up. */
export interface ModuleSettings {
  listener: string;
  kind: (typeof KINDS)[number];
  module: string;
  description: string;
  input: readonly string[];
  format: 'misp_standard' | 'plain';
  stage: 'query' | 'result';
  blocking: boolean;
  onError: Outcome;
  userFields: readonly ParamRow[];
  extension: string;
  mediaType: string;
  settings: readonly string[];
  deadline: number;
}

/** The module that the listener announces. */
export function announcedModule(config: ModuleSettings, ownDescription: string): ModuleOf<ModuleKind> {
  const { kind, module: name, stage, blocking, onError, format } = config;
  const description = config.description.trim() || ownDescription;
  const hovers = kind === 'hover' || kind === 'both';
  const standard = kind === 'action' ? action.defaultDeadlineMs({ stallsSaving: false }) : 8000;
  const byKind = ASKED[kind] === 'expansion' ? expansion.defaultDeadlineMs({ hovers }) : standard;
  const chosenMs = Number(config.deadline) * 1000;
  const common = { name, description, deadlineMs: chosenMs || byKind };
  if (kind === 'ai')
    return { kind, ...common, name: AI_MODULE, deadlineMs: chosenMs || ai.defaultDeadlineMs() };
  if (kind === 'front') return { kind, ...common, stage, onFailure: onError };
  if (kind === 'action') {
    const fixed = { stallsSaving: false, supportFilters: false, params: {} };
    return { kind, ...common, ...fixed, blocking, onDeadline: onError };
  }
  const drawn = {
    ...common,
    format,
    input: [...config.input],
    settings: [...config.settings],
    userFields: config.userFields.map(userFieldOf),
  };
  if (kind === 'import') return { kind, ...drawn };
  if (kind === 'export') return { kind, ...drawn, extension: config.extension, mediaType: config.mediaType };
  return { kind: 'expansion', ...drawn, expands: kind !== 'hover', hovers };
}

/** The last column has what MISP writes beside the field, or the choices, separated by commas. */
function userFieldOf({ name, type, value }: ParamRow): UserField {
  const options = type === 'choice' ? value.split(',').map((option) => option.trim()) : [];
  return {
    name,
    type: type as UserField['type'],
    message: type === 'choice' ? name : value || name,
    options: options.filter((option) => option !== ''),
  };
}
