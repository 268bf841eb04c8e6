import { isSet } from '../event/flags';
import { isRecord, textOf } from '../event/values';
import { GROUPS } from './accounts';
import type { MispClient } from './client';
import { plainRows, rows, rowsIn, type Json } from './expected';
import type { PickerItem, PickerSource } from './picker-item';
import { rowsOfTags } from './tags';

/** How many things a picker shows. */
export const MOST = 50;

type Search = (client: MispClient, text: string) => Promise<PickerItem[]>;

/** One search per source. Those that MISP can have many of are searched by MISP, the others here. */
export const SEARCHES: Record<PickerSource, Search> = {
  tags: async (client, text) =>
    (await tags(client, text)).filter((tag) => !isSet(tag.is_galaxy)).map(tagItem),
  clusters,
  organisations: async (client, text) => {
    const path = `/organisations/index/scope:all${narrowed(text)}`;
    const list = await client.get(path, undefined, rows('Organisation'));
    return list.map((row) => named(row, 'id', 'nationality'));
  },
  'sharing-groups': async (client) => {
    const expect = rowsIn('response', 'SharingGroup');
    return (await client.get('/sharing_groups/index', undefined, expect)).map((row) => named(row, 'id'));
  },
  users,
  recipients: async (client) => [
    ...Object.values(GROUPS).map((name) => item(name, name)),
    ...(await users(client)),
  ],
  warninglists: async (client) => {
    const expect = rowsIn('Warninglists', 'Warninglist');
    const list = await client.post('/warninglists/index', { enabled: true }, { expect });
    return list.map((row) => named(row, 'name'));
  },
  'decaying-models': async (client) => {
    const list = await client.get('/decayingModel/index', undefined, rows('DecayingModel'));
    return list.map((row) => named(row, 'id'));
  },
  galaxies: async (client) => (await galaxies(client)).map((row) => named(row, 'name')),
};

interface Tag {
  name: string;
  colour: string;
  is_galaxy: unknown;
}

/** A row by its name; what is saved is the id or the name. */
function named(row: Json, value: 'id' | 'name', hint = 'description'): PickerItem {
  return item(textOf(row[value]), textOf(row.name), textOf(row[hint]));
}

async function users(client: MispClient): Promise<PickerItem[]> {
  const list = await client.get(
    '/admin/users',
    undefined,
    plainRows('User', ({ User }) => isRecord(User)),
  );
  return list.map(({ User, Organisation }) => {
    const email = isRecord(User) ? textOf(User.email) : '';
    return item(email, email, isRecord(Organisation) ? textOf(Organisation.name) : '');
  });
}

/**
 * Clusters are named `galaxy="cluster"`. With a galaxy in the text its clusters are searched; without one, the
 * clusters that are in use as tags, and the galaxies themselves, to go on from.
 */
async function clusters(client: MispClient, text: string): Promise<PickerItem[]> {
  const [type, rest] = text.split('=', 2);
  if (rest !== undefined) return clustersOf(client, type, rest.replaceAll('"', ''));
  const [used, known] = await Promise.all([tags(client, text), galaxies(client)]);
  const inUse = used.filter((tag) => isSet(tag.is_galaxy)).map(({ name }) => withoutPrefix(name));
  const further = known.map(({ type: own, name }) =>
    item(`${textOf(own)}=`, `${textOf(own)}=`, textOf(name)),
  );
  return [...inUse.map((name) => item(name, name)), ...further];
}

async function clustersOf(client: MispClient, type: string, text: string): Promise<PickerItem[]> {
  const galaxy = (await galaxies(client)).find((known) => known.type === type);
  if (!galaxy) return [];
  const path = `/galaxy_clusters/index/${encodeURIComponent(textOf(galaxy.id))}${narrowed(text)}`;
  const list = await client.get(path, undefined, rows('GalaxyCluster'));
  const names = list.map(({ tag_name: name }) => withoutPrefix(textOf(name)));
  return names.map((name) => item(name, name));
}

function galaxies(client: MispClient): Promise<Json[]> {
  return client.get('/galaxies/index', undefined, rows('Galaxy'));
}

async function tags(client: MispClient, text: string): Promise<Tag[]> {
  const list = await client.get(`/tags/index${narrowed(text)}`, undefined, rowsOfTags);
  return list.map(({ name, colour, is_galaxy }) => ({
    name: textOf(name),
    colour: textOf(colour),
    is_galaxy,
  }));
}

export function tagItem({ name, colour }: Pick<Tag, 'name' | 'colour'>): PickerItem {
  return { value: name, label: name, colour };
}

export function item(value: string, label: string, hint?: string | null): PickerItem {
  return { value, label, ...(hint ? { hint } : {}) };
}

function withoutPrefix(name: string): string {
  return name.replace(/^misp-galaxy:/, '');
}

/** MISP's search for a part of a text. A slash would end the parameter: what is behind it is compared here. */
function narrowed(text: string): string {
  const [before] = text.split('/', 1);
  return `/limit:${MOST + 1}${before ? `/searchall:${encodeURIComponent(before)}` : ''}`;
}
