import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import { planProposals, type ProposalParams } from '../../src/actions/proposals';
import { eventOf } from '../../src/actions/targets';
import { filtersEnabled } from '../../src/event/saved-filters';
import { hiddenAttributes } from '../../src/event/thin-data';
import { countOf, isEntries, textOf } from '../../src/event/values';
import type { MispClient } from '../../src/misp/client';
import { eventProposals } from '../../src/misp/event-parts';
import { WorkflowError } from '../../src/text';
import { wholeOf } from '../../src/runs/message';
import { FILTER_FIELD, filterOf } from './parts/attribute-filter';
import { defineMispAction } from './parts/define-misp-action';

const PROPOSAL_ACTION = {
  module: 'proposal-action',
  params: {
    action: 'action',
    // MISP's default is none of its options, and finds nothing.
    proposal_type: { setting: 'proposalType', default: 'all' },
  },
  filter: 'filter',
} as const satisfies ModuleMapping;

export default defineMispAction(
  {
    type: 'misp-proposal',
    modules: [PROPOSAL_ACTION],
    version: 1,
    // Without a filter MISP is asked for what is not there.
    attributesWhen: { filter: 'path' },
    labelBy: 'action',
    fields: {
      action: { kind: 'select', default: 'accept', options: ['accept', 'remove'] },
      proposalType: { kind: 'select', default: 'any', options: ['new', 'edit', 'any'] },
      ...FILTER_FIELD,
    },
  },
  ({ config }) => {
    const params = writeParams<ProposalParams>(PROPOSAL_ACTION, config);
    const filters = filterOf(config.filter);
    return async (message, client) => {
      const { payload } = message;
      const own = planProposals(params, filters, payload);
      if (filtersEnabled(filters)) return own;
      // Proposals on attributes that MISP left out are not there either.
      const isThin = hiddenAttributes(eventOf(wholeOf(message)).event) > 0;
      if (!isThin && (own.length > 0 || holdsProposals(payload))) return own;
      return planProposals(params, {}, await proposalsInMisp(client, payload));
    };
  },
);

/** Whether the data would hold the event's proposals if it had any. */
function holdsProposals(payload: unknown): boolean {
  const { event } = eventOf(payload);
  if (isEntries(event.ShadowAttribute) && countOf(event.ShadowAttribute) > 0) return true;
  return event.ShadowAttribute !== undefined && event._AttributeFlattened !== undefined;
}

/** The open proposals of the event, as an event that holds just these. */
async function proposalsInMisp(client: MispClient, payload: unknown): Promise<unknown> {
  const { event, ref } = eventOf(payload);
  // Without an id MISP would list the proposals on all events.
  if (!ref.id) throw new WorkflowError('action.noEvent');
  const proposals = await eventProposals(client, ref.id);
  const isNew = (proposal: object) => textOf((proposal as { old_id?: unknown }).old_id ?? '0') === '0';
  const edits = proposals.filter((proposal) => !isNew(proposal));
  const owners = new Map(edits.map((proposal) => [textOf(proposal.old_id), [] as object[]]));
  for (const proposal of edits) owners.get(textOf(proposal.old_id))?.push(proposal);
  return {
    Event: {
      id: event.id,
      uuid: event.uuid,
      ShadowAttribute: proposals.filter(isNew),
      _AttributeFlattened: [...owners].map(([id, list]) => ({ id, event_id: ref.id, ShadowAttribute: list })),
    },
  };
}
