import { BlockList } from 'node:net';
import decayingModels from '../data/decaying-models.json';
import galaxies from '../data/galaxies.json';
import organisations from '../data/organisations.json';
import sharingGroups from '../data/sharing-groups.json';
import storedWarninglists from '../data/warninglists.json';

type Row = Record<string, unknown>;

export interface Warninglist {
  id: string;
  name: string;
  type: string;
  description: string;
  version: string;
  enabled: boolean;
  default: boolean;
  category: string;
  entries: string[];
  /** Attribute types that are checked; none for all. */
  types: string[];
}

/** A row of `event_blocklists/index`. */
export interface BlocklistEntry {
  id: string;
  event_uuid: string;
  created: string;
  event_info: string;
  comment: string;
  event_orgc: string;
}

/** A row of `sightings/index`. */
export interface Sighting {
  id: string;
  attribute_id: string;
  event_id: string;
  org_id: string;
  date_sighting: string;
  uuid: string;
  source: string;
  type: string;
  attribute_uuid: string;
  Organisation: Row;
}

/** What a MISP has beside its events. */
export class Collections {
  readonly organisations = structuredClone(organisations) as Row[];
  readonly sharingGroups = structuredClone(sharingGroups);
  readonly galaxies = structuredClone(galaxies);
  readonly decayingModels = structuredClone(decayingModels) as { DecayingModel: Row }[];
  readonly warninglists: Warninglist[] = structuredClone(storedWarninglists);
  readonly blocklist: BlocklistEntry[] = [];
  readonly sightings: Sighting[] = [];
  /** Notes, opinions and relationships. */
  readonly analystData: Row[] = [];
  readonly blueprints: (Row & { id: string })[] = [];
  private last = 5000;

  /** Ids of what is made new. */
  nextId(): string {
    this.last += 1;
    return String(this.last);
  }
}

/** The entry of a list that a value matches, as MISP compares. */
export function matched(list: Warninglist, value: string): string | undefined {
  const text = value.toLowerCase();
  return list.entries.find((entry) => {
    const wanted = entry.toLowerCase();
    if (list.type === 'cidr') return inNetwork(wanted, text);
    if (list.type === 'substring') return text.includes(wanted);
    if (list.type === 'hostname') return text === wanted || hostOf(text).endsWith(`.${wanted}`);
    return text === wanted;
  });
}

const hostOf = (text: string): string => /^\w+:\/\/([^/:?#]+)/.exec(text)?.[1] ?? text;

function inNetwork(network: string, address: string): boolean {
  const [start, bits = '32'] = network.split('/');
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  if ((start.includes(':') ? 'ipv6' : 'ipv4') !== family) return false;
  try {
    const list = new BlockList();
    list.addSubnet(start, Number(bits), family);
    return list.check(address, family);
  } catch {
    return false;
  }
}
