import type { AddAnalystData } from '../../actions/analyst-data';
import { addOneOf } from '../analyst-data';
import { callOptions, forEach, nameOf, outcomeOf, type Context, type Outcome } from '../carry-out/context';
import { ITEMS, NOT_IN_DATA, OTHERS, type OperationEntry } from './entry';

export const addAnalystData: OperationEntry<AddAnalystData> = {
  carryOut,
  reflect: NOT_IN_DATA,
  lane: () => OTHERS,
  ...ITEMS,
  permission: 'perm_analyst_data',
};

/** One call each, as MISP has it. */
async function carryOut(context: Context, operation: AddAnalystData): Promise<Outcome> {
  const { kind, target, items, fields } = operation;
  const failures = await forEach(context, items, nameOf, async ({ uuid = '' }) => {
    const row = await addOneOf(context.client, kind, [target, uuid], fields, callOptions(context));
    context.saved('analyst-data', row, 'new');
  });
  return outcomeOf(items.length, items.length - failures.length, failures);
}
