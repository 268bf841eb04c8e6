import { told, type ToldResult } from '../../../src/actions/in-words';
import type { Control, MispOperation } from '../../../src/actions/plan';
import { carryOutOn } from '../../../src/misp/carry-out';
import { MispClient, type MispSettings } from '../../../src/misp/client';
import type { MispAttribute, MispEvent, MispObject } from '../../../sandbox/misp/model';
import {
  API_KEY,
  startStandInMisp,
  type StandInMisp,
  type StandInOptions,
} from '../../../sandbox/misp/server';

/** A stand-in MISP, and a client of it; over a real socket. */
export class MispTest {
  readonly client: MispClient;
  private readonly clients: MispClient[] = [];

  private constructor(readonly misp: StandInMisp) {
    this.client = this.clientWith({});
  }

  static async start(options: Partial<StandInOptions> = {}): Promise<MispTest> {
    const actionService = { url: 'http://127.0.0.1', port: 1 };
    return new MispTest(await startStandInMisp({ port: 0, actionService, ...options }));
  }

  clientWith(settings: Partial<MispSettings>): MispClient {
    const client = new MispClient({
      url: this.misp.url,
      apiKey: API_KEY,
      verify: true,
      timeoutMs: 5000,
      ...settings,
    });
    this.clients.push(client);
    return client;
  }

  /** Carries a plan out, and tells of the calls that it took. */
  async carryOut(plan: MispOperation[], client = this.client, control: Partial<Control> = {}): Promise<Done> {
    this.misp.calls.reset();
    const results = (await carryOutOn(client)(plan, { ...quiet(), ...control })).map(told);
    return { results, writing: this.misp.calls.writing, all: [...this.misp.calls.list] };
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.misp.close();
  }
}

export interface Done {
  results: ToldResult[];
  writing: string[];
  all: string[];
}

export const quiet = (): Control => ({ signal: new AbortController().signal, progress: () => undefined });

/** What an error says; it must be one. */
export async function wordsOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It did not fail');
}

const EXAMPLE_CERT = {
  id: '1',
  name: 'EXAMPLE-CERT',
  uuid: 'f73160c4-e3ff-4dee-a619-8bb4321f3965',
  local: true,
};

/** Events with so many attributes each; ids of attributes are `event * 100000 + n`. */
export function eventsWith(events: number, attributes: number): MispEvent[] {
  return Array.from({ length: events }, (_, index) => eventWith(String(index + 1), attributes));
}

export function eventWith(id: string, attributes: number, more: Partial<MispEvent> = {}): MispEvent {
  return {
    id,
    orgc_id: '1',
    org_id: '1',
    date: '2026-11-20',
    threat_level_id: '2',
    info: `Event ${id}`,
    published: false,
    uuid: uuidOf('e', Number(id)),
    attribute_count: String(attributes),
    analysis: '1',
    timestamp: '1795392298',
    distribution: '1',
    proposal_email_lock: false,
    locked: false,
    publish_timestamp: '0',
    sharing_group_id: '0',
    disable_correlation: false,
    extends_uuid: '',
    protected: null,
    Org: EXAMPLE_CERT,
    Orgc: EXAMPLE_CERT,
    Attribute: Array.from({ length: attributes }, (_, index) => attributeOf(id, index)),
    ShadowAttribute: [],
    RelatedEvent: [],
    Galaxy: [],
    Object: [],
    EventReport: [],
    CryptographicKey: [],
    Tag: [],
    ...more,
  };
}

function attributeOf(eventId: string, index: number): MispAttribute {
  const number = Number(eventId) * 100_000 + index;
  return {
    id: String(number),
    type: 'domain',
    category: 'Network activity',
    to_ids: true,
    uuid: uuidOf('a', number),
    event_id: eventId,
    distribution: '5',
    timestamp: '1795392298',
    comment: '',
    sharing_group_id: '0',
    deleted: false,
    disable_correlation: false,
    object_id: '0',
    object_relation: null,
    first_seen: null,
    last_seen: null,
    value: `host${number}.example.com`,
    Galaxy: [],
    ShadowAttribute: [],
  };
}

/** An object of the event that takes these attributes in. */
export function objectOf(event: MispEvent, attributes: MispAttribute[]): MispObject {
  const id = attributes[0].id;
  for (const attribute of attributes) attribute.object_id = id;
  return {
    ...{ id, name: 'file', uuid: uuidOf('b', Number(id)), event_id: event.id, deleted: false },
    Attribute: attributes,
  };
}

export function uuidOf(kind: 'a' | 'b' | 'e', number: number): string {
  const digits = String(number).padStart(12, '0');
  return `${kind.repeat(8)}-0000-4000-8000-${digits}`;
}

/** The attributes of an event as a plan names them. */
export function refsOf(event: MispEvent, known: 'both' | 'id' | 'uuid' = 'both') {
  return event.Attribute.map(({ id, uuid }) => {
    if (known === 'id') return { id };
    return known === 'uuid' ? { uuid } : { id, uuid };
  });
}
