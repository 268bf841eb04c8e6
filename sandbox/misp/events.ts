import { randomUUID } from 'node:crypto';

/** Events as MISP hands them to a workflow: core format, with the copies that MISP adds. */
export interface Tag {
  id: string;
  name: string;
  colour: string;
  local: boolean;
  inherited?: boolean;
}
export interface Attribute {
  id: string;
  uuid: string;
  type: string;
  category: string;
  value: string;
  to_ids: boolean;
  comment: string;
  Tag?: Tag[];
  _allTags?: Tag[];
}
export interface Event {
  id: string;
  uuid: string;
  info: string;
  published: boolean;
  Orgc: { id: string; name: string };
  Tag: Tag[];
  Attribute: Attribute[];
  _AttributeFlattened?: Attribute[];
  [property: string]: unknown;
}

const TAGS: Record<string, string> = { 'tlp:red': '#CC0033', 'tlp:amber': '#FFC000', 'tlp:green': '#339900' };

const tag = (name: string, index: number): Tag => ({
  id: String(index + 1),
  name,
  colour: TAGS[name] ?? '#777777',
  local: false,
});

function attribute(event: string, number: number): Attribute {
  return {
    id: String(Number(event) * 1000 + number),
    uuid: randomUUID(),
    type: number % 3 === 0 ? 'domain' : 'ip-dst',
    category: 'Network activity',
    value: number % 3 === 0 ? `host-${number}.example.net` : `192.0.2.${number % 255}`,
    to_ids: true,
    comment: 'Seen at the gate of a fictional harbor company, kept here to give the event its size',
    ...{ event_id: event, distribution: '5', timestamp: '1795392298', object_id: '0', deleted: false },
    ...{ Galaxy: [], ShadowAttribute: [], first_seen: null, last_seen: null, object_relation: null },
  };
}

function event(id: string, info: string, tags: string[], attributes: number): Event {
  return {
    id,
    orgc_id: '1',
    org_id: '1',
    date: '2026-11-20',
    threat_level_id: '2',
    info,
    published: false,
    uuid: randomUUID(),
    attribute_count: String(attributes),
    analysis: '1',
    timestamp: '1795392315',
    distribution: '1',
    publish_timestamp: '0',
    sharing_group_id: '0',
    extends_uuid: '',
    event_creator_email: 'analyst@example.org',
    Org: { id: '1', name: 'EXAMPLE-CERT' },
    Orgc: { id: '1', name: 'EXAMPLE-CERT' },
    Attribute: Array.from({ length: attributes }, (_, index) => attribute(id, index + 1)),
    ShadowAttribute: [],
    RelatedEvent: [],
    Galaxy: [],
    Object: [],
    EventReport: [],
    Tag: tags.map(tag),
  };
}

/** The events of a fresh stand-in MISP. */
export function sampleEvents(): Event[] {
  return [
    event('1', 'Intrusion at a supplier, shared in confidence', ['tlp:red'], 6),
    event('2', 'Phishing wave against harbor logistics', ['tlp:green'], 9),
    event('3', 'Addresses of a botnet, large list', ['tlp:amber'], 400),
  ];
}

/** The event as the data of a trigger: each attribute with all tags it has or inherits, and the flattened copy. */
export function asTriggerData(stored: Event): { Event: Event } {
  const inherited = stored.Tag.map((entry) => ({ ...entry, inherited: true }));
  const attributes = stored.Attribute.map((entry) => ({
    ...entry,
    _allTags: [...(entry.Tag ?? []), ...inherited],
  }));
  return { Event: { ...stored, Attribute: attributes, _AttributeFlattened: attributes } };
}
