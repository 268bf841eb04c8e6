import { rules as actions } from './actions';
import { rules as conditions } from './conditions';
import { rules as distribution } from './distribution';
import { rules as filters } from './filters';
import { rules as graphs } from './graphs';
import { rules as notify } from './notify';
import { rules as workflowRun } from './workflow-run';
import type { Rule } from './rule';

/** All differences from MISP; docs/differences.md explains them. */
export const rules: Rule[] = [
  ...conditions,
  ...distribution,
  ...filters,
  ...actions,
  ...notify,
  ...graphs,
  ...workflowRun,
];
