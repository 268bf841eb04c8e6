/** A proposal that was accepted or discarded, in the data. */
import { isSet } from '../event/flags';
import type { MispAttribute, MispEffectiveTag, MispEvent } from '../event/core';
import { omit } from '../event/edit';
import { uuidKey } from '../event/same';
import { isList, isRecord, textOf } from '../event/values';
import { attributesIn, find, isSame, takeOff } from './event-things';
import type { DecideProposal } from './plan';

type Proposal = NonNullable<DecideProposal['proposed']>;

/** What an accepted proposal changes of its attribute. */
const FIELDS = ['type', 'category', 'value', 'to_ids', 'comment', 'first_seen', 'last_seen'];
/** What a proposal has, and an attribute has not. */
const OF_PROPOSALS = [
  ...['id', 'old_id', 'old_uuid', 'org_id', 'org_uuid', 'event_uuid', 'event_org_id', 'email'],
  ...['proposal_to_delete', 'Org', 'timestamp'],
];

/** Takes the proposal out; an accepted one shows in its attribute. */
export function takeDecided(event: MispEvent, { do: verb, proposal, proposed }: DecideProposal): void {
  for (const owner of [event, ...attributesIn(event)]) {
    const list = owner.ShadowAttribute;
    if (isList(list) && list.some((entry) => isRecord(entry) && isSame(entry, proposal))) {
      owner.ShadowAttribute = list.filter((entry) => !(isRecord(entry) && isSame(entry, proposal)));
    }
  }
  if (verb !== 'accept-proposal' || !proposed || !isOfEvent(event, proposed)) return;
  if (!isNew(proposed)) changeAttribute(event, proposed);
  takeOff(event);
}

function isOfEvent(event: MispEvent, { event_id: id }: Proposal): boolean {
  return id === undefined || event.id === undefined || textOf(id) === textOf(event.id);
}

function isNew({ old_id: old = '0' }: Proposal): boolean {
  return textOf(old) === '0' || textOf(old) === '';
}

function changeAttribute(event: MispEvent, proposed: Proposal): void {
  const owner = { id: textOf(proposed.old_id) };
  const fields = isSet(proposed.proposal_to_delete)
    ? { deleted: true }
    : Object.fromEntries(FIELDS.filter((name) => name in proposed).map((name) => [name, proposed[name]]));
  for (const [attribute] of find(attributesIn(event), [owner])) {
    Object.assign(attribute, fields);
    // MISP sets a new one, which is not known here.
    delete attribute.timestamp;
  }
}

/**
 * Shows an accepted proposal for a new attribute. MISP gives it an id that is not known here; its uuid is the proposal's.
 * @param events views of one event, the whole last: a list that a filter of the flow has narrowed stays as it is
 */
export function addProposed(events: readonly MispEvent[], { proposed }: DecideProposal): void {
  const whole = events.at(-1);
  if (!whole || !proposed || !isNew(proposed) || !isOfEvent(whole, proposed)) return;
  // An event that came without attributes must not look as if it had just this one.
  if (whole._AttributeFlattened === undefined || textOf(proposed.uuid) === '') return;
  if ([...attributesIn(whole)].some(({ uuid }) => uuidKey(uuid) === uuidKey(proposed.uuid))) return;
  const attribute: MispAttribute = omit(proposed, ...OF_PROPOSALS);
  attribute._allTags = (whole.Tag ?? []).map((tag): MispEffectiveTag => ({ ...tag, inherited: true }));
  for (const name of ['_AttributeFlattened', 'Attribute'] as const) {
    const before = whole[name];
    const after = [...(before ?? []), attribute];
    for (const event of events) if (event[name] === before) event[name] = after;
  }
}
