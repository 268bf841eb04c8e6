import type { AskAi } from '../../actions/ask-ai';
import { askMispAi, isQueued } from '../ai';
import { mispKey, type Context, type Outcome } from '../carry-out/context';
import { ITEMS, laneOfEvent, NOT_IN_DATA, type OperationEntry } from './entry';

export const askAi: OperationEntry<AskAi> = {
  carryOut,
  reflect: NOT_IN_DATA,
  lane: laneOfEvent,
  ...ITEMS,
  size: () => 1,
  permission: 'perm_ai_tools',
};

async function carryOut({ client, signal, permission }: Context, operation: AskAi): Promise<Outcome> {
  const { use, event, items, wait } = operation;
  const about = use === 'summarise-reports' ? items[0] : event;
  const answer = await askMispAi(client, use, mispKey(about) ?? '', {
    signal,
    permission,
    extraMs: wait * 1000,
  });
  return { state: isQueued(answer) ? 'unknown' : 'done', answer };
}
