import { createHash } from 'node:crypto';
import type { MispAttribute, MispEvent, MispObject, MispTag, Organisation } from './model';

/** The events of a fresh stand-in. Organisations, addresses and stories are fictional. */
export function sampleEvents(): MispEvent[] {
  return [
    event('1', {
      info: 'Intrusion at a supplier of harbor cranes, shared in confidence',
      orgc: 'HARBOR-ISAC',
      tags: ['tlp:red', 'PAP:RED'],
      threat_level_id: '1',
      attributes: [
        attribute('ip-dst', 'Network activity', '203.0.113.45', 'C2 address'),
        attribute('domain', 'Network activity', 'crane-updates.example.net', 'resolves to the C2 address'),
        attribute('url', 'Network activity', 'https://crane-updates.example.net/login/index.php?id=1042'),
        attribute('email-src', 'Payload delivery', 'service@crane-updates.example.net', 'sender'),
        attribute('text', 'Other', 'First seen by the night shift – “Störung an Kran 7”', '', false),
        attribute('ip-src', 'Network activity', '198.51.100.23', 'log-ins with a stolen account'),
      ],
      file: 'firmware_7_2.exe',
    }),
    event('2', {
      info: 'Phishing wave against harbor logistics operators',
      orgc: 'EXAMPLE-CERT',
      tags: ['tlp:green'],
      threat_level_id: '2',
      attributes: [
        attribute('email-src', 'Payload delivery', 'billing@harbor-invoices.example.net', 'sender'),
        attribute('email-subject', 'Payload delivery', 'Invoice 1042 is overdue', '', false),
        attribute('domain', 'Network activity', 'harbor-invoices.example.net', 'landing page'),
        attribute('url', 'Network activity', 'https://harbor-invoices.example.net/pay/1042'),
        attribute('ip-dst', 'Network activity', '192.0.2.61', 'landing page'),
      ],
      file: 'invoice_1042.js',
    }),
    event('3', {
      info: 'Addresses of a botnet, large list',
      orgc: 'NORTHWIND-SOC',
      tags: ['tlp:clear'],
      threat_level_id: '3',
      attributes: Array.from({ length: 400 }, (_, index) => batch(index)),
    }),
    event('4', {
      info: 'Watering hole on a shipping portal; one address is for the recipients only',
      orgc: 'EXAMPLE-CERT',
      tags: ['tlp:amber'],
      threat_level_id: '2',
      attributes: [
        attribute('domain', 'Network activity', 'tide-tables.example.org', 'the portal'),
        {
          ...attribute('ip-dst', 'Network activity', '198.51.100.77', 'from a partner'),
          Tag: [tag('tlp:red')],
        },
      ],
    }),
  ];
}

/** A list that alternates as in the recorded large event. */
function batch(index: number): Draft {
  const comment = `sinkhole batch ${Math.floor(index / 50) + 1}, seen by several members`;
  return index % 2 === 0
    ? attribute('ip-dst', 'Network activity', `198.18.${Math.floor(index / 200)}.${index % 200}`, comment)
    : attribute('domain', 'Network activity', `node${index}.batch.example.com`, comment);
}

const ORGANISATIONS: Record<string, Organisation> = {
  'EXAMPLE-CERT': organisation('1', 'EXAMPLE-CERT', 'f73160c4-e3ff-4dee-a619-8bb4321f3965'),
  'NORTHWIND-SOC': organisation('2', 'NORTHWIND-SOC', '7b1f6d1c-0a57-4b8e-9a3e-2f1f53a0c101'),
  'HARBOR-ISAC': organisation('3', 'HARBOR-ISAC', '7b1f6d1c-0a57-4b8e-9a3e-2f1f53a0c102'),
};

function organisation(id: string, name: string, uuid: string): Organisation {
  return { id, name, uuid, local: true };
}

/** Ids and colours as in MISP's own taxonomies. */
const TAGS: Record<string, [id: string, colour: string]> = {
  'tlp:red': ['1', '#FF2B2B'],
  'tlp:amber': ['2', '#FFC000'],
  'tlp:green': ['4', '#33FF00'],
  'tlp:clear': ['6', '#ffffff'],
  'PAP:RED': ['9', '#ff2b2b'],
};

function tag(name: string): MispTag {
  const [id, colour] = TAGS[name];
  return {
    id,
    name,
    colour,
    exportable: true,
    user_id: '0',
    hide_tag: false,
    numerical_value: null,
    is_galaxy: false,
    is_custom_galaxy: false,
    local_only: false,
    local: false,
    relationship_type: null,
  };
}

/** The same id at every start. */
function uuid(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const TIMESTAMP = '1795392298';

type Draft = Pick<MispAttribute, 'type' | 'category' | 'value' | 'Tag'> & {
  comment: string;
  to_ids: boolean;
  object_relation: string | null;
};

function attribute(type: string, category: string, value: string, comment = '', to_ids = true): Draft {
  return { type, category, value, comment, to_ids, object_relation: null };
}

/** The attribute with its keys in MISP's order. */
function complete(draft: Draft, id: string, event_id: string, object_id: string): MispAttribute {
  const { type, category, value, comment, to_ids, object_relation, Tag } = draft;
  return {
    id,
    type,
    category,
    to_ids,
    uuid: uuid(`attribute ${id}`),
    event_id,
    distribution: '5',
    timestamp: TIMESTAMP,
    comment,
    sharing_group_id: '0',
    deleted: false,
    disable_correlation: false,
    object_id,
    object_relation,
    first_seen: null,
    last_seen: null,
    value,
    Galaxy: [],
    ShadowAttribute: [],
    ...(Tag ? { Tag } : {}),
  };
}

/** A file object, from MISP's template. */
function fileObject(name: string, event_id: string, firstId: number): MispObject {
  const hash = (length: number) => createHash('sha512').update(name).digest('hex').slice(0, length);
  const parts: Draft[] = [
    { ...attribute('filename', 'Payload delivery', name, '', false), object_relation: 'filename' },
    { ...attribute('md5', 'Payload delivery', hash(32)), object_relation: 'md5' },
    { ...attribute('sha256', 'Payload delivery', hash(64)), object_relation: 'sha256' },
  ];
  return {
    id: event_id,
    name: 'file',
    'meta-category': 'file',
    description: 'File object describing a file with meta-information',
    template_uuid: '688c46fb-5edb-40a3-8273-1af7923e2215',
    template_version: '25',
    event_id,
    uuid: uuid(`object ${event_id}`),
    timestamp: TIMESTAMP,
    distribution: '5',
    sharing_group_id: '0',
    comment: 'attachment',
    deleted: false,
    first_seen: null,
    last_seen: null,
    ObjectReference: [],
    Attribute: parts.map((part, index) => complete(part, String(firstId + index), event_id, event_id)),
  };
}

interface Story {
  info: string;
  orgc: string;
  tags: string[];
  threat_level_id: string;
  attributes: Draft[];
  file?: string;
}

/** The event with its keys in MISP's order. Attribute ids are 1001, 1002, ... in event 1. */
function event(id: string, { info, orgc, tags, threat_level_id, attributes, file }: Story): MispEvent {
  const firstId = Number(id) * 1000 + 1;
  const objects = file ? [fileObject(file, id, firstId + attributes.length)] : [];
  const own = ORGANISATIONS['EXAMPLE-CERT'];
  const creator = ORGANISATIONS[orgc];
  const count = objects.reduce((sum, object) => sum + object.Attribute.length, attributes.length);
  return {
    id,
    orgc_id: creator.id,
    org_id: own.id,
    date: '2026-11-20',
    threat_level_id,
    info,
    published: false,
    uuid: uuid(`event ${id}`),
    attribute_count: String(count),
    analysis: '1',
    timestamp: TIMESTAMP,
    distribution: '1',
    proposal_email_lock: false,
    locked: creator !== own,
    publish_timestamp: '0',
    sharing_group_id: '0',
    disable_correlation: false,
    extends_uuid: '',
    protected: null,
    event_creator_email: 'admin@admin.test',
    Org: own,
    Orgc: creator,
    Attribute: attributes.map((draft, index) => complete(draft, String(firstId + index), id, '0')),
    ShadowAttribute: [],
    RelatedEvent: [],
    Galaxy: [],
    Object: objects,
    EventReport: [],
    CryptographicKey: [],
    Tag: tags.map(tag),
  };
}
