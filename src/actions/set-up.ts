import type { MispGraph } from './misp-graph';

/** What sets a MISP up for a flow, as data. */

/** A setting of MISP (`servers/serverSettingsEdit`). */
export interface SetSetting {
  do: 'set-setting';
  name: string;
  value: SettingValue;
  /** What it was when this was planned; it is the way back. */
  was: SettingValue;
}
export type SettingValue = string | number | boolean;

/** Makes the workflow of a trigger: MISP has one for each, and none at first. */
export interface CreateWorkflow {
  do: 'create-workflow';
  trigger: string;
  adHoc?: AdHocName;
}

/** Of ad hoc workflows, which all have the trigger `ad-hoc` here: the name. MISP makes a trigger for each. */
export type AdHocName = string;

/** Takes the workflow of a trigger away, if it is still the one that was drawn. */
export interface DeleteWorkflow {
  do: 'delete-workflow';
  trigger: string;
  adHoc?: AdHocName;
  graph: MispGraph;
}

/** Draws the workflow of a trigger, if it is still as it was when this was planned. */
export interface DrawWorkflow {
  do: 'draw-workflow';
  trigger: string;
  adHoc?: AdHocName;
  graph: MispGraph;
  /** Without it the workflow has the trigger alone. */
  was?: MispGraph;
}

/** Turns a module or a trigger on or off (`workflows/toggleModule`). */
export interface SwitchModule {
  do: 'switch-module';
  module: string;
  on: boolean;
  isTrigger: boolean;
  adHoc?: AdHocName;
}

/** Asks whether MISP has a module in its list: whether it reaches the service that announces it. */
export interface SeeModule {
  do: 'see-module';
  module: string;
}

/** Asks whether MISP has a setting of a module: whether it reaches the service that lists the module. */
export interface SeeSetting {
  do: 'see-setting';
  name: string;
  module: string;
  /** Of which service, such as `Enrichment`. */
  family: string;
}

/** Makes a tag that MISP does not have. */
export interface CreateTag {
  do: 'create-tag';
  tag: string;
}

export type SetUpOperation =
  | SetSetting
  | CreateWorkflow
  | DeleteWorkflow
  | DrawWorkflow
  | SwitchModule
  | SeeModule
  | SeeSetting
  | CreateTag;
