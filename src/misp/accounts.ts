import { isSet } from '../event/flags';
import { isRecord, textOf } from '../event/values';
import type { MispClient } from './client';
import { plainRows, type Json } from './expected';

/** MISP's names for groups of recipients of mails. */
export const GROUPS = { all: 'All accounts', admins: 'All admins', orgAdmins: 'Org admins' } as const;

/** A user of a MISP, as far as mails are concerned. */
export interface UserAccount {
  id: string;
  email: string;
  organisation: { id: string; name: string };
  siteAdmin: boolean;
  /** Administers the own organisation. */
  orgAdmin: boolean;
}

/** A row of `admin/users` (recorded in test/fixtures/rest/admin-users.json). */
interface UserRow {
  User: Json;
  Role: Json;
  Organisation: Json;
}

function rowOf({ User, Role, Organisation }: Json): UserRow {
  const part = (value: unknown): Json => (isRecord(value) ? value : {});
  return { User: part(User), Role: part(Role), Organisation: part(Organisation) };
}

const KEPT_MS = 60_000;
const kept = new WeakMap<MispClient, { at: number; accounts: Promise<UserAccount[]> }>();

/**
 * The users of a MISP who are not disabled and not expired; an org admin's key sees those of the own organisation.
 * Known for a minute.
 * @throws {WorkflowError} if MISP does not answer, or the key is no admin's
 */
export function userAccounts(client: MispClient): Promise<UserAccount[]> {
  const before = kept.get(client);
  if (before && Date.now() - before.at < KEPT_MS) return before.accounts;
  const expect = plainRows('User', ({ User }) => isRecord(User));
  const accounts = client.get('/admin/users', undefined, expect).then((list) => {
    return list.map(rowOf).filter(isActive).map(accountOf);
  });
  kept.set(client, { at: Date.now(), accounts });
  accounts.catch(() => kept.delete(client));
  return accounts;
}

function isActive({ User: { disabled, expiration } }: UserRow): boolean {
  const end = Date.parse(textOf(expiration));
  return !isSet(disabled) && !(end < Date.now());
}

function accountOf({ User, Role, Organisation }: UserRow): UserAccount {
  return {
    id: textOf(User.id),
    email: textOf(User.email),
    organisation: { id: textOf(User.org_id), name: textOf(Organisation.name) },
    siteAdmin: isSet(Role.perm_site_admin),
    orgAdmin: isSet(Role.perm_admin),
  };
}
