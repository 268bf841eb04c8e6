import { isSet } from '../event/flags';
import type { MispClient } from './client';

interface User {
  User: { email: string };
  Role: { name: string } & Record<string, unknown>;
  Organisation?: { name: string };
}

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
}

/** MISP's version (`servers/getVersion`). */
export async function mispInstanceVersion(client: MispClient): Promise<string> {
  return (await client.get<{ version: string }>('/servers/getVersion')).version;
}

/** Asks a MISP who the key belongs to (`users/view/me`), and what it may do. */
export async function checkAccount(client: MispClient): Promise<Account> {
  const version = await mispInstanceVersion(client);
  const { User, Role, Organisation } = await client.get<User>('/users/view/me');
  return {
    version,
    email: User.email,
    organisation: Organisation?.name ?? '',
    role: Role.name,
    siteAdmin: isSet(Role.perm_site_admin),
    writes: isSet(Role.perm_add) || isSet(Role.perm_modify),
  };
}
