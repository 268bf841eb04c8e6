import { isSet } from '../event/flags';
import { isRecord, textOf } from '../event/values';
import type { MispClient } from './client';
import { fields, type Json } from './expected';

/** What a key may do with a MISP. */
export interface Account {
  version: string;
  email: string;
  organisation: string;
  role: string;
  /** It may set workflows up. */
  siteAdmin: boolean;
  /** It may change events. */
  writes: boolean;
  /** Its role may change events, but the key itself is for reading only. */
  readOnlyKey: boolean;
}

interface Version {
  version: string;
  [permission: string]: unknown;
}

interface User {
  User: Json;
  Role: Json;
}

const versionOf = (client: MispClient, signal?: AbortSignal): Promise<Version> => {
  const expect = fields<Version>('version', ({ version }) => typeof version === 'string' && version !== '');
  return client.get('/servers/getVersion', signal, expect);
};

/** MISP's version (`servers/getVersion`). */
export async function mispInstanceVersion(client: MispClient, signal?: AbortSignal): Promise<string> {
  return (await versionOf(client, signal)).version;
}

/** The user that a key belongs to. */
export interface KeyUser {
  id: string;
  email: string;
  /** Ids of organisation and role. */
  organisation: string;
  role: string;
}

const me = (client: MispClient): Promise<User> => {
  const expect = fields<User>('account', ({ User: user, Role }) => isRecord(user) && isRecord(Role));
  return client.get('/users/view/me', undefined, expect);
};

/** Asks a MISP whose key it is. */
export async function userOfKey(client: MispClient): Promise<KeyUser> {
  const { id, email, org_id, role_id } = (await me(client)).User;
  return { id: textOf(id), email: textOf(email), organisation: textOf(org_id), role: textOf(role_id) };
}

/** Who shows by a key who he is, and whether his role may publish events. */
export interface Proven {
  /** In lower case. */
  email: string;
  publishes: boolean;
}

/** Asks a MISP who comes with a key (`users/view/me`), and whether he may publish events. */
export async function provenBy(client: MispClient): Promise<Proven> {
  const { User, Role } = await me(client);
  const email = textOf(User.email).trim().toLowerCase();
  return { email, publishes: isSet(Role.perm_publish) || isSet(Role.perm_site_admin) };
}

/** Asks a MISP who the key belongs to (`users/view/me`), and what it may do. */
export async function checkAccount(client: MispClient): Promise<Account> {
  const known = await versionOf(client);
  const account = await me(client);
  const { User, Role } = account;
  const { Organisation } = account as { Organisation?: unknown };
  const readOnlyKey = KEY_PERMISSIONS.some((name) => isSet(Role[name]) && known[name] === false);
  return {
    version: known.version,
    email: textOf(User.email),
    organisation: isRecord(Organisation) ? textOf(Organisation.name) : '',
    role: textOf(Role.name),
    siteAdmin: isSet(Role.perm_site_admin),
    writes: !readOnlyKey && (isSet(Role.perm_add) || isSet(Role.perm_modify)),
    readOnlyKey,
  };
}

/** The role has them whatever the key is; `servers/getVersion` says what the key has. */
const KEY_PERMISSIONS = ['perm_sync', 'perm_sighting', 'perm_galaxy_editor'];
