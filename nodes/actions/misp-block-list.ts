import type { OperationResult, UpdateList } from '../../src/actions/plan';
import type { KeptList, ListOutcome } from '../../src/block-list/kept-list';
import type { Wish } from '../../src/block-list/listed';
import { CHANGES, wishOf, type Rules } from '../../src/block-list/wish';
import { mispOf, setMisp, wholeOf, type ListReport, type Message } from '../../src/runs/message';
import { text, words } from '../../src/text';
import { configNode } from '../config-node';
import type { FirewallListNode } from '../config/misp-firewall-list';
import { defineAction } from './parts/define-action';

const TYPES = [
  'ip-src',
  'ip-dst',
  'ip-src|port',
  'ip-dst|port',
  'domain',
  'hostname',
  'hostname|port',
  'domain|ip',
  'url',
];
/** What says of the message whether attributes are looked for that may be listed. */
const LISTS = { change: ['update', 'replace'] };

/** What goes with a planned change. */
interface Wanted {
  wish: Wish;
  force: boolean;
  /** What it would come to, and then what it has come to. */
  outcome: ListOutcome;
}

export default defineAction(
  {
    type: 'misp-block-list',
    modules: [],
    version: 1,
    labelBy: 'change',
    notification: true,
    attributesWhen: true,
    fields: {
      list: { kind: 'config', type: 'misp-firewall-list', required: true },
      change: { kind: 'select', default: 'update', options: CHANGES, describe: true },
      types: { kind: 'list', default: TYPES, required: true, when: LISTS },
      onlyIds: { kind: 'checkbox', default: true, when: LISTS },
      exceptWarned: { kind: 'checkbox', default: true, when: LISTS },
      leastScore: { kind: 'number', default: 0, min: 0, max: 100, when: LISTS },
      removalTags: { kind: 'list', default: [], when: LISTS },
      onlyLocal: { kind: 'checkbox', default: true, when: LISTS },
    },
  },
  (context) => {
    const { RED, config } = context;
    const { list } = configNode<FirewallListNode, 'list'>(RED, config.list, 'list', 'blockList.noList');
    const rules: Rules = {
      types: new Set(config.types.map((type) => type.trim())),
      onlyIds: config.onlyIds,
      exceptWarned: config.exceptWarned,
      leastScore: Number(config.leastScore),
      removal: new Set(config.removalTags.map((tag) => tag.trim()).filter((tag) => tag !== '')),
      onlyLocal: config.onlyLocal,
    };
    return {
      async plan(message): Promise<UpdateList[]> {
        const now = Math.floor(Date.now() / 1000);
        const whole = wholeOf(message);
        const wish = wishOf(message.payload, whole, config.change, rules, list.admits, now);
        const force = message.allowShrink === true;
        const outcome = await list.preview(wish, force);
        const { added, removed } = outcome;
        const data: Wanted = { wish, force, outcome };
        return [{ do: 'update-list', list: list.name, added: added.length, removed: removed.length, data }];
      },
      carryOut: (plan) => Promise.all(plan.map((operation) => carriedOut(list, operation))),
      learn(message, operations) {
        for (const { operation, state } of operations)
          if (operation.do === 'update-list') report(message, operation, state === 'planned');
      },
      finish(message, { dryRun }) {
        const { added, removed, entries } = mispOf(message).list as ListReport;
        const counts = { added: `${added.length}`, removed: `${removed.length}`, entries: `${entries}` };
        if (!dryRun) context.status('changed', 'green', 'dot', counts);
        return [message];
      },
    };
  },
);

/** Tells those who come behind what has changed, or would. */
function report(message: Message, { list, data }: UpdateList, dryRun: boolean): void {
  const { added, removed, entries, held } = (data as Wanted).outcome;
  const told: ListReport = { name: list, added, removed, entries };
  if (held) told.held = words(held);
  if (dryRun) told.dryRun = true;
  setMisp(message, { list: told });
}

async function carriedOut(list: KeptList, operation: UpdateList): Promise<OperationResult> {
  const data = operation.data as Wanted;
  data.outcome = await list.change(data.wish, data.force);
  const { added, removed, held } = data.outcome;
  if (!held) return { operation, state: added.length + removed.length > 0 ? 'done' : 'unchanged' };
  const problem = text('blockList.heldBack', { name: list.name, reason: held });
  return { operation, state: 'failed', failures: [{ problem }] };
}
