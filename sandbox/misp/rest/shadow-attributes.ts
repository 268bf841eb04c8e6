import { randomUUID } from 'node:crypto';
import type { MispAttribute, MispEvent } from '../model';
import type { StandIn } from '../stand-in';
import { attributesOf } from '../store/items';
import { notFound, problem, type RestAnswer } from './answers';
import { editFields, isTrue, newAttribute } from './attribute-rows';
import { limits, page } from './paging';
import { mayChange, maySee } from './permissions';
import type { Resource, RestRequest } from './router';
import { now, touch } from './touch';
import { attributeErrors, failed } from './validate';

type Row = Record<string, unknown>;

/** `shadow_attributes/...`: what other organisations propose (recordings: test/fixtures/rest/shadowAttributes-*.json). */
export const shadowAttributes: Resource = {
  index: {
    run: (request, misp) => {
      const [eventId] = request.args;
      const events = [...misp.events.values()].filter(
        (event) => maySee(request.user, event) && (!eventId || [event.id, event.uuid].includes(eventId)),
      );
      const rows = events.flatMap((event) => proposalsOf(event).map(({ proposal }) => proposal));
      return {
        status: 200,
        body: page(rows, limits(request)).map((ShadowAttribute) => ({ ShadowAttribute })),
      };
    },
  },
  add: { post: true, run: (request, misp) => propose(request, misp, misp.event(request.args[0] ?? '')) },
  edit: {
    post: true,
    run: (request, misp) => {
      const found = misp.items.attribute(request.args[0] ?? '');
      return propose(request, misp, found?.event, found?.attribute);
    },
  },
  view: {
    run: ({ args: [key = ''], url, user }, misp) => {
      const found = find(misp, key);
      if (!found || !maySee(user, found.event)) return notFound('Invalid proposal', url);
      return { status: 200, body: { ShadowAttribute: found.proposal } };
    },
  },
  accept: {
    post: true,
    run: ({ args: [key = ''], url, user }, misp) => {
      const found = find(misp, key);
      if (!found || !mayChange(user, found.event)) {
        return problem(405, 'Proposal not found or you are not authorised to accept it.', url);
      }
      accept(misp, found);
      remove(found);
      return said('Proposal accepted.', `/shadow_attributes/accept/${key}`);
    },
  },
  discard: {
    post: true,
    run: ({ args: [key = ''], url, user }, misp) => {
      const found = find(misp, key);
      if (!found) return problem(500, 'An Internal Error Has Occurred.', url);
      const own = found.proposal.org_id === user.Organisation.id;
      if (!own && !mayChange(user, found.event)) {
        return problem(405, 'Proposal not found or you are not authorised to discard it.', url);
      }
      remove(found);
      return said('Proposal discarded.', `/shadow_attributes/discard/${key}`);
    },
  },
};

const said = (message: string, url: string): RestAnswer => ({
  status: 200,
  body: { name: message, message, url },
});

interface Found {
  event: MispEvent;
  holder: { ShadowAttribute?: unknown };
  attribute?: MispAttribute;
  proposal: Row;
}

function proposalsOf(event: MispEvent): Found[] {
  const listOf = (holder: { ShadowAttribute?: unknown }) => (holder.ShadowAttribute ?? []) as Row[];
  return [
    ...attributesOf(event).flatMap(({ attribute }) =>
      listOf(attribute).map((proposal) => ({ event, holder: attribute, attribute, proposal })),
    ),
    ...listOf(event).map((proposal) => ({ event, holder: event, proposal })),
  ];
}

function find(misp: StandIn, key: string): Found | undefined {
  for (const event of misp.events.values()) {
    const found = proposalsOf(event).find(({ proposal: { id, uuid } }) => id === key || uuid === key);
    if (found) return found;
  }
  return undefined;
}

function remove({ holder, proposal }: Found): void {
  holder.ShadowAttribute = (holder.ShadowAttribute as Row[]).filter((entry) => entry !== proposal);
}

function accept(misp: StandIn, { event, attribute, proposal }: Found): void {
  if (!attribute) event.Attribute.push(newAttribute(event, misp.collections.nextId(), proposal));
  else if (isTrue(proposal.proposal_to_delete)) attribute.deleted = true;
  else {
    const { type, category, value, to_ids, comment } = proposal;
    editFields(attribute, { type, category, value, to_ids, comment });
  }
  touch(event, attribute);
}

function propose(
  { body, url, user }: RestRequest,
  misp: StandIn,
  event: MispEvent | undefined,
  attribute?: MispAttribute,
): RestAnswer {
  if (!event || !maySee(user, event)) return notFound('Invalid event', url);
  const given = ((body as { ShadowAttribute?: Row })?.ShadowAttribute ?? body ?? {}) as Row;
  const errors = attributeErrors(given);
  if (failed(errors)) {
    return problem(403, 'Could not add ShadowAttribute', '/shadow_attributes/add', { errors }, true);
  }
  const { type, category, value, comment, to_ids } = attribute ?? newAttribute(event, '0', given);
  const proposal: Row = {
    id: misp.collections.nextId(),
    old_id: attribute?.id ?? '0',
    event_id: event.id,
    ...{ type, category },
    uuid: attribute?.uuid ?? randomUUID(),
    ...{ to_ids, comment },
    org_id: user.Organisation.id,
    timestamp: now(),
    ...{ first_seen: null, last_seen: null, deleted: false },
    proposal_to_delete: isTrue(given.proposal_to_delete),
    disable_correlation: false,
    value,
    org_uuid: user.Organisation.uuid,
    ...(attribute ? { old_uuid: attribute.uuid } : {}),
    event_uuid: event.uuid,
    Org: { name: user.Organisation.name, uuid: user.Organisation.uuid, id: user.Organisation.id },
  };
  for (const name of ['type', 'category', 'value', 'comment', 'to_ids']) {
    if (given[name] !== undefined) proposal[name] = given[name];
  }
  const holder: { ShadowAttribute?: unknown } = attribute ?? event;
  holder.ShadowAttribute = [...((holder.ShadowAttribute as Row[] | undefined) ?? []), proposal];
  return { status: 200, body: { ShadowAttribute: answered(proposal, event, user.User.email) } };
}

function answered(proposal: Row, event: MispEvent, email: string): Row {
  const { id, old_id, event_id, type, category, comment, to_ids, uuid, deleted, timestamp } = proposal;
  const { first_seen, last_seen, value } = proposal;
  return {
    ...{ id, old_id, event_id, type, category, comment, to_ids, uuid },
    event_org_id: event.org_id,
    email,
    ...{ deleted, timestamp, first_seen, last_seen, value },
  };
}
