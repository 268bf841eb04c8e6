import { randomUUID } from 'node:crypto';
import type { ServerSettings } from '../settings/settings';
import type { GraphData } from './graph';
import { describe } from './triggers';

/** A workflow as MISP's database has it. */
export interface WorkflowRow {
  id: string;
  uuid: string;
  name: string;
  description: string;
  timestamp: string;
  /** No word on whether the trigger is on: MISP says false in every state. */
  enabled: boolean;
  /** How often it ran. */
  counter: number;
  trigger_id: string;
  debug_enabled: boolean;
  data: GraphData;
}

const triggerSetting = (trigger: string) => `Plugin.Workflow_triggers_${trigger}`;

/** The workflows of a MISP, the modules that are enabled, and the triggers that are on. */
export class WorkflowStore {
  readonly rows: WorkflowRow[] = [];
  /** Ids of the modules that are enabled. MISP keeps them in Redis only. */
  readonly enabled = new Set<string>();
  private lastId = 0;

  constructor(private readonly settings: ServerSettings) {}

  byTrigger(trigger: string): WorkflowRow | undefined {
    return this.rows.find((row) => row.trigger_id === trigger);
  }

  /** By id or uuid. */
  find(key: string | undefined): WorkflowRow | undefined {
    return this.rows.find(({ id, uuid }) => id === key || uuid === key);
  }

  /** One with the trigger alone, as MISP's editor makes it when it is opened. */
  create(trigger: string): WorkflowRow {
    const block = {
      class: 'block-type-trigger',
      data: { ...describe(trigger), disabled: !this.isTriggerOn(trigger) },
      ...{ id: 1, inputs: [], outputs: { output_1: { connections: [] } } },
      ...{ pos_x: 0, pos_y: 0, typenode: false },
    };
    return this.add({ trigger_id: trigger, data: { 1: block } });
  }

  add(given: Partial<WorkflowRow> & { trigger_id: string }): WorkflowRow {
    this.lastId = Math.max(this.lastId + 1, Number(given.id ?? 0));
    const row: WorkflowRow = {
      id: String(this.lastId),
      uuid: randomUUID(),
      name: `Workflow for trigger ${given.trigger_id}`,
      description: '',
      timestamp: String(Math.floor(Date.now() / 1000)),
      enabled: false,
      counter: 0,
      trigger_id: given.trigger_id,
      debug_enabled: false,
      data: {},
    };
    Object.assign(row, given);
    this.rows.push(row);
    return row;
  }

  remove(row: WorkflowRow): void {
    this.rows.splice(this.rows.indexOf(row), 1);
  }

  isTriggerOn(trigger: string): boolean {
    return this.settings.isOn(triggerSetting(trigger));
  }

  switchTrigger(trigger: string, on: boolean): void {
    this.settings.set(triggerSetting(trigger), on);
  }

  switchModule(module: string, on: boolean): void {
    if (on) this.enabled.add(module);
    else this.enabled.delete(module);
  }
}
