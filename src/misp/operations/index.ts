import type { MispOperation, Operation } from '../../actions/plan';
import { addAnalystData } from './add-analyst-data';
import { addSightings } from './add-sightings';
import { addToEvent } from './add-to-event';
import { attachTags } from './attach-tags';
import { blockEvent } from './block-event';
import { createEvent } from './create-event';
import { acceptProposal, discardProposal } from './decide-proposal';
import { detachTags } from './detach-tags';
import { editAttributes } from './edit-attributes';
import { editEvent } from './edit-event';
import { enrichInMisp } from './enrich-in-misp';
import type { OperationEntry } from './entry';
import { extendWarninglist } from './extend-warninglist';
import { publish, unpublish } from './publish';
import { restCall } from './rest-call';
import { runModule } from './run-module';
import { runWorkflow } from './run-workflow';
import {
  createTag,
  createWorkflow,
  deleteWorkflow,
  drawWorkflow,
  seeModule,
  seeSetting,
  setSetting,
  switchModule,
} from './set-up';

type OperationNamed<D, O = MispOperation> = O extends { do: infer N } ? (D extends N ? O : never) : never;

/** Every change of a MISP that a plan can hold; the compiler says which one is missing, and what it lacks. */
const OPERATIONS: { readonly [D in MispOperation['do']]: OperationEntry<OperationNamed<D>> } = {
  'accept-proposal': acceptProposal,
  'add-analyst-data': addAnalystData,
  'add-sightings': addSightings,
  'add-to-event': addToEvent,
  'attach-tags': attachTags,
  'block-event': blockEvent,
  'create-event': createEvent,
  'create-tag': createTag,
  'create-workflow': createWorkflow,
  'delete-workflow': deleteWorkflow,
  'detach-tags': detachTags,
  'discard-proposal': discardProposal,
  'draw-workflow': drawWorkflow,
  'edit-attributes': editAttributes,
  'edit-event': editEvent,
  'enrich-in-misp': enrichInMisp,
  'extend-warninglist': extendWarninglist,
  publish,
  'rest-call': restCall,
  'run-module': runModule,
  'run-workflow': runWorkflow,
  'see-module': seeModule,
  'see-setting': seeSetting,
  'set-setting': setSetting,
  'switch-module': switchModule,
  unpublish,
};

/** Whether an operation changes a MISP. */
export function changesMisp(operation: Operation): operation is MispOperation {
  return Object.hasOwn(OPERATIONS, operation.do);
}

/** What belongs to an operation. */
export function operationEntry(operation: MispOperation): OperationEntry<MispOperation> {
  return OPERATIONS[operation.do] as OperationEntry<MispOperation>;
}
