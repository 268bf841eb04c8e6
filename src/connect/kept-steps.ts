/**
 * What was done to set a MISP up, as it may lie on a disk: enough for the way back, and no secret. A workflow of others
 * is not in it, but what was changed of it, since the parameters of their blocks may be tokens.
 */
import { createHash } from 'node:crypto';
import { essenceOf, type MispBlock, type MispGraph, type MispPorts } from '../actions/misp-graph';
import type { SettingValue, SetUpOperation, SwitchModule } from '../actions/set-up';
import { isSet } from '../event/flags';
import { isRecord, textOf } from '../event/values';
import { triggerBlock, withInputs } from './splice';
import { bareAddress } from './wish';

export type KeptStep = KeptSetting | KeptWorkflow | SwitchModule;

export interface KeptSetting {
  do: 'set-setting';
  name: string;
  /** Both without user and password. */
  value: SettingValue;
  was: SettingValue;
  /** There were a user and a password, which are not kept. */
  hadLogin?: true;
}

export interface KeptWorkflow {
  do: 'create-workflow' | 'draw-workflow';
  trigger: string;
  adHoc?: string;
  /** The fingerprint of what was drawn. */
  drawn: string;
  /** What was changed of a workflow that had other blocks. */
  changed?: GraphChange;
}

/** What makes a graph again of the one that was drawn from it. */
export interface GraphChange {
  added: string[];
  /** Where blocks that were there led to, and stood. */
  before: Record<string, Pick<MispBlock, 'outputs' | 'pos_x' | 'pos_y'>>;
  /** What the trigger's block did not have, or had otherwise; null is nothing. */
  trigger: Record<string, unknown>;
}

/** The data of a trigger's block that is drawn. */
const TRIGGER_DATA = ['misp_core_format', 'indexed_params'];

/** The steps that can be taken back, in the form in which they are kept. */
export function keptSteps(done: readonly SetUpOperation[]): KeptStep[] {
  const created = new Set(done.flatMap((step) => (step.do === 'create-workflow' ? [workflowOf(step)] : [])));
  return done.flatMap((step): KeptStep[] => {
    switch (step.do) {
      case 'set-setting':
        return [keptSetting(step)];
      case 'switch-module':
        return [step];
      case 'create-workflow':
        return [{ ...step, drawn: fingerprint(drawnIn(done, workflowOf(step))) }];
      case 'draw-workflow': {
        const { graph, was, trigger, adHoc } = step;
        if (created.has(workflowOf(step)) || !was) return [];
        const of = adHoc === undefined ? { trigger } : { trigger, adHoc };
        return [{ do: 'draw-workflow', ...of, drawn: fingerprint(graph), changed: changeOf(was, graph) }];
      }
      default:
        return [];
    }
  });
}

function keptSetting({ name, value, was }: Extract<SetUpOperation, { do: 'set-setting' }>): KeptSetting {
  const bare = (one: SettingValue): SettingValue => (typeof one === 'string' ? bareAddress(one) : one);
  const hadLogin = bare(was) !== was;
  return {
    ...{ do: 'set-setting', name, value: bare(value), was: bare(was) },
    ...(hadLogin ? { hadLogin } : {}),
  };
}

/** Whether a setting is as it was set, or before that; user and password do not count. */
export function isValueNow(value: SettingValue, present: SettingValue | undefined): boolean {
  if (typeof value === 'boolean') return isSet(present) === value;
  return bareAddress(String(present ?? '')) === String(value);
}

/** Which workflow a step is about. */
export const workflowOf = ({ trigger, adHoc }: { trigger: string; adHoc?: string }): string =>
  adHoc ?? trigger;

/** What was drawn for a workflow. */
export function drawnIn(done: readonly SetUpOperation[], workflow: string): MispGraph {
  const drawn = done.find((step) => step.do === 'draw-workflow' && workflowOf(step) === workflow);
  return drawn?.do === 'draw-workflow' ? drawn.graph : {};
}

/** The same for graphs that do the same. */
export function fingerprint(graph: MispGraph): string {
  const [id, block] = triggerBlock(graph) ?? [];
  // MISP makes a trigger for each ad hoc workflow: its name says nothing of what was drawn.
  const plain =
    id && block ? { ...graph, [id]: { ...block, data: { ...block.data, id: 'trigger' } } } : graph;
  return createHash('sha256').update(essenceOf(plain)).digest('hex');
}

function changeOf(was: MispGraph, graph: MispGraph): GraphChange {
  const added = Object.keys(graph).filter((id) => !Object.hasOwn(was, id));
  const before = Object.fromEntries(
    Object.entries(was).flatMap(([id, { outputs, pos_x, pos_y }]) => {
      const now = graph[id] as MispBlock | undefined;
      const isSame = now && now.pos_x === pos_x && now.pos_y === pos_y && same(now.outputs, outputs);
      return isSame ? [] : [[id, { outputs, pos_x, pos_y }]];
    }),
  );
  const [old, made] = [triggerBlock(was)?.[1].data, triggerBlock(graph)?.[1].data];
  const changed = TRIGGER_DATA.filter((name) => !same(old?.[name], made?.[name]));
  return { added, before, trigger: Object.fromEntries(changed.map((name) => [name, old?.[name] ?? null])) };
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The graph as it was before it was drawn. */
export function changedBack(graph: MispGraph, { added, before, trigger }: GraphChange): MispGraph {
  const [triggerId] = triggerBlock(graph) ?? [];
  const blocks = Object.entries(graph).flatMap(([id, block]): [string, MispBlock][] => {
    if (added.includes(id)) return [];
    const old = Object.hasOwn(before, id) ? before[id] : {};
    return [[id, { ...block, ...old, ...(id === triggerId ? { data: dataBack(block, trigger) } : {}) }]];
  });
  return withInputs(Object.fromEntries(blocks));
}

function dataBack({ data }: MispBlock, trigger: GraphChange['trigger']): MispBlock['data'] {
  const changed = TRIGGER_DATA.filter((name) => Object.hasOwn(trigger, name));
  const rest = Object.entries(data).filter(([name]) => !changed.includes(name));
  const old = changed.filter((name) => trigger[name] !== null).map((name) => [name, trigger[name]]);
  return { ...(Object.fromEntries([...rest, ...old]) as Record<string, unknown>), id: data.id };
}

/** A step as it was read from a file; undefined if it is none. */
export function readStep(value: unknown): KeptStep | undefined {
  if (!isRecord(value)) return undefined;
  const { do: what, name, was, module, on, isTrigger, trigger, drawn, changed, hadLogin } = value;
  const adHoc = typeof value.adHoc === 'string' ? { adHoc: value.adHoc } : {};
  switch (what) {
    case 'set-setting': {
      if (typeof name !== 'string' || !/^Plugin\.\w{1,200}$/.test(name)) return undefined;
      if (!isValue(value.value) || !isValue(was)) return undefined;
      return { do: what, name, value: value.value, was, ...(hadLogin === true ? { hadLogin } : {}) };
    }
    case 'switch-module':
      if (typeof module !== 'string' || typeof on !== 'boolean') return undefined;
      return { do: what, module, on, isTrigger: isTrigger === true, ...adHoc };
    case 'create-workflow':
    case 'draw-workflow': {
      if (typeof trigger !== 'string' || typeof drawn !== 'string') return undefined;
      const change = changed === undefined ? undefined : readChange(changed);
      if (what === 'draw-workflow' && !change) return undefined;
      return { do: what, trigger, ...adHoc, drawn, ...(change ? { changed: change } : {}) };
    }
    default:
      return undefined;
  }
}

const isValue = (value: unknown): value is SettingValue =>
  ['string', 'number', 'boolean'].includes(typeof value);

function readChange(value: unknown): GraphChange | undefined {
  if (!isRecord(value) || !Array.isArray(value.added)) return undefined;
  if (!isRecord(value.before) || !isRecord(value.trigger)) return undefined;
  const before = Object.entries(value.before).flatMap(([id, block]) => {
    if (!isRecord(block)) return [];
    const outputs = (isRecord(block.outputs) ? block.outputs : []) as MispPorts;
    return [[id, { outputs, pos_x: Number(block.pos_x) || 0, pos_y: Number(block.pos_y) || 0 }] as const];
  });
  return { added: value.added.map(textOf), before: Object.fromEntries(before), trigger: value.trigger };
}
