import { isRecord } from '../../../src/event/values';
import type { SavedFilters } from '../../../src/event/saved-filters';
import own from '../data/workflow-modules.json';
import { underscore } from '../service/php';
import { blocksOf, plainGraph, type StoredBlock } from './graph';
import type { WorkflowRow, WorkflowStore } from './store';

/** The short form of a workflow: a trigger, and one module of the Action service behind it. */
export interface Workflow {
  /** The module's name. */
  module: string;
  /** The trigger is on (`workflows/toggleModule/<trigger>/1/1`); true unless told otherwise. */
  enabled?: boolean;
  /**
   * The module is on (`workflows/toggleModule/<module>/1`); true unless told otherwise. One that is listed but
   * off, and blocking, stops everything.
   */
  moduleEnabled?: boolean;
  /** Values of the module's parameters. */
  params?: Record<string, unknown>;
  /** The filter of the module's node. */
  filters?: Partial<SavedFilters>;
}

const OWN = new Set(own.map(({ id }) => id));

/** The workflows of a store by trigger, in their short form. What is written here is written there. */
export function inShortForm(store: WorkflowStore): Record<string, Workflow> {
  return new Proxy<Record<string, Workflow>>(
    {},
    {
      get: (_, trigger) => viewOf(store, trigger),
      has: (_, trigger) => viewOf(store, trigger) !== undefined,
      set: (_, trigger, workflow: Workflow) => {
        draw(store, String(trigger), workflow);
        return true;
      },
      deleteProperty: (_, trigger) => {
        const row = store.byTrigger(String(trigger));
        if (row) store.remove(row);
        return true;
      },
      ownKeys: () => store.rows.map(({ trigger_id }) => trigger_id),
      getOwnPropertyDescriptor: (_, trigger) => {
        const value = viewOf(store, trigger);
        return value && { value, configurable: true, enumerable: true, writable: true };
      },
    },
  );
}

function viewOf(store: WorkflowStore, trigger: string | symbol): Workflow | undefined {
  const row = typeof trigger === 'string' ? store.byTrigger(trigger) : undefined;
  return row && new ShortForm(store, row);
}

/** Draws the workflow anew, and switches on what it needs. */
function draw(store: WorkflowStore, trigger: string, workflow: Workflow): void {
  const row = store.byTrigger(trigger) ?? store.add({ trigger_id: trigger });
  row.data = plainGraph(trigger, workflow.module, underscore(workflow.module));
  const { enabled = true, moduleEnabled = true, params, filters } = workflow;
  Object.assign(new ShortForm(store, row), { enabled, moduleEnabled, params, filters });
}

/** What a workflow would be in short: its first block that is a module of the Action service. */
class ShortForm implements Workflow {
  constructor(
    private readonly store: WorkflowStore,
    private readonly row: WorkflowRow,
  ) {}

  get module(): string {
    return this.block?.data.name ?? '';
  }
  /** Another module, which is enabled. */
  set module(name: string) {
    const { block } = this;
    if (!block) return;
    const id = underscore(name);
    Object.assign(block, { name });
    Object.assign(block.data, { id, name });
    this.store.switchModule(id, true);
  }
  /** False, or not told. */
  get enabled(): boolean | undefined {
    return this.store.isTriggerOn(this.row.trigger_id) ? undefined : false;
  }
  set enabled(value: boolean | undefined) {
    this.store.switchTrigger(this.row.trigger_id, value !== false);
  }
  get moduleEnabled(): boolean | undefined {
    return this.store.enabled.has(this.block?.data.id ?? '') ? undefined : false;
  }
  set moduleEnabled(value: boolean | undefined) {
    if (this.block) this.store.switchModule(this.block.data.id, value !== false);
  }
  get params(): Record<string, unknown> {
    const params = this.block?.data.indexed_params;
    return isRecord(params) ? params : {};
  }
  set params(value: Record<string, unknown> | undefined) {
    if (this.block) this.block.data.indexed_params = value ?? {};
  }
  get filters(): Partial<SavedFilters> | undefined {
    return this.block?.data.saved_filters;
  }
  set filters(value: Partial<SavedFilters> | undefined) {
    if (this.block) this.block.data.saved_filters = value ?? {};
  }

  private get block(): StoredBlock | undefined {
    return blocksOf(this.row.data).find(({ data }) => data.module_type === 'action' && !OWN.has(data.id));
  }
}
