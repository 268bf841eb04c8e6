import type { RestCall } from '../../actions/plan';
import { isEntries, isRecord } from '../../event/values';
import { text } from '../../text';
import { done, failed, type Context, type Outcome } from '../carry-out/context';
import type { Expected } from '../expected';
import { invalid } from '../validation';
import { tellSaved } from '../carry-out/saved-things';
import { NOT_IN_DATA, ONE_THING, WHOLE_PLAN, type OperationEntry } from './entry';

export const restCall: OperationEntry<RestCall> = {
  carryOut,
  reflect: NOT_IN_DATA,
  lane: () => WHOLE_PLAN,
  ...ONE_THING,
  permission: undefined,
};

/** What any change is answered with: nothing and `false` do not say that it was done. */
const ANY_WORD: Expected<unknown> = {
  what: text('expected.saved'),
  read: (data) => (isEntries(data) && Object.keys(data).length > 0 ? data : undefined),
};

/** Any other call. It is never repeated: nobody knows what it does. */
async function carryOut(context: Context, operation: RestCall): Promise<Outcome> {
  const { method, path, body } = operation;
  const options = { signal: context.signal, expect: ANY_WORD };
  const { data } = await context.client.call<unknown>(method, path, body, options);
  context.advance(1);
  if (isRecord(data) && data.saved === false) {
    const { message, errors = 'saved: false' } = data;
    const problem = invalid(typeof message === 'string' ? message : path, errors).said;
    return { ...failed(problem), answer: data };
  }
  tellSaved(operation, data, context.saved);
  return done(data);
}
