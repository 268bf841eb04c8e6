import type { AddSightings } from '../../actions/plan';
import { WorkflowError } from '../../text';
import { addSighting, type SightingFields } from '../sightings';
import {
  callOptions,
  forEach,
  forPortions,
  nameOf,
  outcomeOf,
  type Context,
  type Failure,
  type Outcome,
} from '../carry-out/context';
import { namesOf, NOT_IN_DATA, OTHERS, type OperationEntry } from './entry';

/** Values of one call. */
const MOST_VALUES = 500;

export const addSightings: OperationEntry<AddSightings> = {
  carryOut,
  reflect: NOT_IN_DATA,
  lane: () => OTHERS,
  size: ({ items = [], values }) => items.length + (values ? 1 : 0),
  items: ({ items = [], values }) => (values ? [...new Set(values)] : namesOf(items)),
  permission: 'perm_sighting',
};

/** Reports sightings: of values with one call for up to 500, of attributes with one call each, as MISP has it. */
async function carryOut(context: Context, operation: AddSightings): Promise<Outcome> {
  const { values = [], items = [], type, source, timestamp } = operation;
  const fields: SightingFields = {
    type,
    ...(source === undefined ? {} : { source }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
  const wanted = [...new Set(values)];
  const byValue = await forPortions(
    context,
    wanted,
    (value) => value,
    async (portion) => {
      await report(context, { ...fields, values: portion });
      return [];
    },
    MOST_VALUES,
  );
  const byItem = await forEach(context, items, nameOf, (item) =>
    report(context, fields, item.uuid ?? item.id),
  );
  const failures: Failure[] = [...byValue, ...byItem];
  const all = wanted.length + items.length;
  return outcomeOf(all, all - failures.length, failures);
}

/** MISP answers 200 in any case. */
async function report(context: Context, fields: SightingFields, attribute?: string): Promise<void> {
  const { Sighting, message } = await addSighting(context.client, fields, attribute, callOptions(context));
  if (!Sighting) throw new WorkflowError('misp.notSaved', { message: 'sightings/add', problem: message });
}
