export type WorkflowKind = 'workflow' | 'blueprint';

/** A workflow or blueprint, as it is listed. */
export interface WorkflowEntry {
  kind: WorkflowKind;
  id: string;
  name: string;
  /** What starts a workflow; empty for blueprints. */
  trigger: string;
}
