import type { MispEvent, Organisation } from '../model';
import { publish, unpublish } from '../publish';
import { notFound } from './answers';
import { limits, page } from './paging';
import type { Resource } from './router';

/** `events/...` (recordings: test/fixtures/rest/events-*.json). */
export const events: Resource = {
  view: {
    run: ({ args: [id = ''], url }, misp) => {
      const event = misp.event(id);
      return event ? { status: 200, body: { Event: event } } : notFound('Invalid event', url);
    },
  },
  index: {
    run: (request, misp) => {
      const wanted = limits(request);
      const all = [...misp.events.values()];
      const list = page(all, wanted).map(wanted.minimal ? minimalRow : indexRow);
      return { status: 200, body: list, headers: { 'X-Result-Count': String(all.length) } };
    },
  },
  publish: {
    post: true,
    run: async ({ args: [id = ''], named, user }, misp) => {
      const inline = named.disable_background_processing === '1';
      const { answer, outcome } = await publish(misp, id, { inline, by: user });
      if (!inline || !outcome) return answer;
      // Not MISP's: lets the web page of the stand-in find what came of its own call.
      return { ...answer, headers: { 'X-Sandbox-Outcome': String((await outcome).id) } };
    },
  },
  unpublish: {
    post: true,
    run: ({ args: [id = ''], user }, misp) => unpublish(misp, id, user),
  },
};

const shortOrganisation = ({ id, name, uuid }: Organisation) => ({ id, name, uuid });

/** An event in the list, keys in MISP's order. */
function indexRow(event: MispEvent): object {
  const { id, org_id, date, info, uuid, published, analysis, attribute_count, orgc_id, timestamp } = event;
  return {
    ...{ id, org_id, date, info, uuid, published, analysis, attribute_count, orgc_id, timestamp },
    distribution: event.distribution,
    sharing_group_id: event.sharing_group_id,
    proposal_email_lock: event.proposal_email_lock,
    locked: event.locked,
    threat_level_id: event.threat_level_id,
    publish_timestamp: event.publish_timestamp,
    sighting_timestamp: '0',
    disable_correlation: event.disable_correlation,
    extends_uuid: event.extends_uuid,
    protected: event.protected,
    Org: shortOrganisation(event.Org),
    Orgc: shortOrganisation(event.Orgc),
    GalaxyCluster: [],
    EventTag: event.Tag.map((tag, index) => ({
      id: String(Number(id) * 100 + index),
      event_id: id,
      tag_id: tag.id,
      local: tag.local,
      relationship_type: '',
      Tag: { id: tag.id, name: tag.name, colour: tag.colour, is_galaxy: tag.is_galaxy },
    })),
  };
}

function minimalRow({ id, timestamp, published, uuid, Orgc }: MispEvent): object {
  return { id, timestamp, sighting_timestamp: '0', published, uuid, orgc_uuid: Orgc.uuid };
}
