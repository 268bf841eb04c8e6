import { isSet } from '../event/flags';
import { filtersEnabled, getMatchingItemsForAttributes } from '../event/saved-filters';
import type { SavedFilters } from '../event/saved-filters';
import { isList, isRecord, valuesOf } from '../event/values';
import type { DecideProposal, Plan } from './plan';
import { attributesOf, eventOf, refOf } from './targets';

/** The parameters of MISP's module `proposal-action`. */
export interface ProposalParams {
  /** `accept` or `remove`. */
  action?: string;
  /** `new`: for new attributes; `edit`: on existing ones; `any`. Anything else is none, as in MISP. */
  proposal_type?: string;
}

type Proposal = Readonly<Record<string, unknown>>;

/**
 * Decides the proposals that stand in the data: those for new attributes first, then attribute by attribute.
 * With a filter those of what it leaves.
 */
export function planProposals(
  { action = 'accept', proposal_type: type = '' }: ProposalParams,
  filters: Partial<SavedFilters>,
  data: unknown,
): Plan<DecideProposal> {
  const fresh = type === 'new' || type === 'any' ? proposalsOf(eventMeant(filters, data)) : [];
  const edits = type === 'edit' || type === 'any' ? proposalsOnAttributes(filters, data) : [];
  const seen = new Set<string>();
  return [...fresh, ...edits].flatMap((proposal): DecideProposal[] => {
    const ref = refOf(proposal);
    const key = ref.id ?? ref.uuid;
    if (key === undefined || seen.has(key)) return [];
    seen.add(key);
    return [
      { do: action === 'remove' ? 'discard-proposal' : 'accept-proposal', proposal: ref, proposed: proposal },
    ];
  });
}

/** The event, if there is no filter or the filter leaves it. */
function eventMeant(filters: Partial<SavedFilters>, data: unknown): unknown {
  const { event } = eventOf(data);
  if (!filtersEnabled(filters)) return event;
  return valuesOf(getMatchingItemsForAttributes(filters, data)).includes(event) ? event : undefined;
}

function proposalsOnAttributes(filters: Partial<SavedFilters>, data: unknown): Proposal[] {
  const all = filtersEnabled(filters) && eventMeant(filters, data) !== undefined ? {} : filters;
  return attributesOf(all, data).flatMap(({ item }) => proposalsOf(item));
}

function proposalsOf(owner: unknown): Proposal[] {
  const list = isRecord(owner) ? owner.ShadowAttribute : undefined;
  return isList(list) ? list.filter(isRecord).filter(({ deleted }) => !isSet(deleted)) : [];
}
