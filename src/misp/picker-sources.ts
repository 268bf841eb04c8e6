import { isSet } from '../event/flags';
import { GROUPS } from './accounts';
import type { MispClient } from './client';

/** Something that a picker offers. */
export interface PickerItem {
  /** What is saved. */
  value: string;
  label: string;
  /** Of a tag, such as `#ff0000`. */
  colour?: string;
  /** More to tell two of the same name apart. */
  hint?: string;
}

/** What a picker can search. */
export type PickerSource =
  | 'tags'
  | 'clusters'
  | 'organisations'
  | 'sharing-groups'
  | 'users'
  | 'recipients'
  | 'warninglists'
  | 'decaying-models'
  | 'galaxies';

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
    const list = await client.get<{ Organisation: Record<'id' | 'name' | 'nationality', string> }[]>(path);
    return list.map(({ Organisation: { id, name, nationality } }) => item(id, name, nationality));
  },
  'sharing-groups': async (client) => {
    const { response } = await client.get<{ response: { SharingGroup: Named }[] }>('/sharing_groups/index');
    return response.map(({ SharingGroup: { id, name, description } }) => item(id, name, description));
  },
  users,
  recipients: async (client) => [
    ...Object.values(GROUPS).map((name) => item(name, name)),
    ...(await users(client)),
  ],
  warninglists: async (client) => {
    const answer = await client.post<{ Warninglists: { Warninglist: Named }[] }>('/warninglists/index', {
      enabled: true,
    });
    return answer.Warninglists.map(({ Warninglist: { name, description } }) => item(name, name, description));
  },
  'decaying-models': async (client) => {
    const list = await client.get<{ DecayingModel: Named }[]>('/decayingModel/index');
    return list.map(({ DecayingModel: { id, name, description } }) => item(id, name, description));
  },
  galaxies: async (client) =>
    (await galaxies(client)).map(({ name, description }) => item(name, name, description)),
};

interface Named {
  id: string;
  name: string;
  description?: string;
}
interface Tag {
  name: string;
  colour: string;
  is_galaxy: unknown;
}
interface Galaxy extends Named {
  type: string;
}

async function users(client: MispClient): Promise<PickerItem[]> {
  const list =
    await client.get<{ User: { email: string }; Organisation?: { name: string } }[]>('/admin/users');
  return list.map(({ User, Organisation }) => item(User.email, User.email, Organisation?.name));
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
  const further = known.map((galaxy) => item(`${galaxy.type}=`, `${galaxy.type}=`, galaxy.name));
  return [...inUse.map((name) => item(name, name)), ...further];
}

async function clustersOf(client: MispClient, type: string, text: string): Promise<PickerItem[]> {
  const galaxy = (await galaxies(client)).find((known) => known.type === type);
  if (!galaxy) return [];
  const path = `/galaxy_clusters/index/${encodeURIComponent(galaxy.id)}${narrowed(text)}`;
  const list = await client.get<{ GalaxyCluster: { tag_name: string } }[]>(path);
  const names = list.map(({ GalaxyCluster }) => withoutPrefix(GalaxyCluster.tag_name));
  return names.map((name) => item(name, name));
}

async function galaxies(client: MispClient): Promise<Galaxy[]> {
  const list = await client.get<{ Galaxy: Galaxy }[]>('/galaxies/index');
  return list.map(({ Galaxy: galaxy }) => galaxy);
}

async function tags(client: MispClient, text: string): Promise<Tag[]> {
  const { Tag } = await client.get<{ Tag: Tag[] }>(`/tags/index${narrowed(text)}`);
  return Tag;
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
