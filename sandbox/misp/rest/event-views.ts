import type { MispAttribute, MispEvent, Organisation } from '../model';
import type { MispUser } from '../users';
import { without } from './values';

/** The event without what was deleted, and for other organisations without who made it. */
export function viewOf(event: MispEvent, { Role, Organisation }: MispUser): object {
  const there = ({ deleted }: MispAttribute) => deleted !== true;
  const isOwn = Role.perm_site_admin || event.orgc_id === Organisation.id;
  return {
    ...(isOwn ? event : without(event, 'event_creator_email')),
    Attribute: event.Attribute.filter(there),
    Object: event.Object.map((object) => ({ ...object, Attribute: object.Attribute.filter(there) })),
  };
}

/** The event without its contents (`events/restSearch` with `metadata`). */
export function metadataOf(event: MispEvent): object {
  return without(event, 'Attribute', 'Object', 'ShadowAttribute', 'EventReport');
}

const shortOrganisation = ({ id, name, uuid }: Organisation) => ({ id, name, uuid });

/** An event in the list, keys in MISP's order. */
export function indexRow(event: MispEvent): object {
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

export function minimalRow({ id, timestamp, published, uuid, Orgc }: MispEvent): object {
  return { id, timestamp, sighting_timestamp: '0', published, uuid, orgc_uuid: Orgc.uuid };
}
