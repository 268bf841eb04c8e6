import { get } from '../../event/hash';
import { isEntries, textOf } from '../../event/values';
import type { UserAccount } from '../../misp/accounts';
import { distinct } from './addresses';

/** MISP's names for groups of recipients. */
export const GROUPS = { all: 'All accounts', admins: 'All admins', orgAdmins: 'Org admins' } as const;
const groupNames: readonly string[] = Object.values(GROUPS);

/** Who is to get a mail. */
export interface Wanted {
  /** Addresses, and names of groups. */
  recipients: readonly string[];
  /** All users of these organisations, by id or name. */
  organisations?: readonly string[];
  /** Addresses from the message. */
  more?: readonly string[];
  /** Nobody but users of the MISP, as MISP's own modules. */
  onlyUsers?: boolean;
}

/** Whether the MISP must be asked who its users are. */
export function needsAccounts({ recipients, organisations = [], onlyUsers = false }: Wanted): boolean {
  return onlyUsers || organisations.length > 0 || recipients.some((name) => groupNames.includes(name));
}

/**
 * The addresses, each once: users first, in MISP's order, then the others. MISP sends to site admins as "All admins",
 * and to the admins of one organisation as "Org admins": that of the user whom a log entry is about, or that has
 * made the event.
 */
export function resolveRecipients(wanted: Wanted, accounts: readonly UserAccount[], data: unknown): string[] {
  const { recipients, organisations = [], more = [], onlyUsers = false } = wanted;
  const has = (name: string) => recipients.includes(name);
  const addresses = distinct([...recipients.filter((name) => !groupNames.includes(name)), ...more]);
  const named = new Set(addresses.map((address) => address.toLowerCase()));
  const organisation = has(GROUPS.orgAdmins) ? concerned(accounts, data) : undefined;
  const users = accounts.filter(
    ({ email, siteAdmin, orgAdmin, organisation: own }) =>
      has(GROUPS.all) ||
      (has(GROUPS.admins) && siteAdmin) ||
      (organisation !== undefined && orgAdmin && own.id === organisation) ||
      organisations.includes(own.id) ||
      organisations.includes(own.name) ||
      named.has(email.toLowerCase()),
  );
  const emails = users.map(({ email }) => email);
  return onlyUsers ? distinct(emails) : distinct([...addresses, ...emails]).sort(usersFirst(emails));
}

function usersFirst(emails: readonly string[]): (a: string, b: string) => number {
  const place = (address: string) => {
    const index = emails.indexOf(address);
    return index < 0 ? emails.length : index;
  };
  return (a, b) => place(a) - place(b);
}

/** The id of the organisation that the data is about. */
function concerned(accounts: readonly UserAccount[], data: unknown): string | undefined {
  if (!isEntries(data)) return undefined;
  const user = textOf(get(data, 'Log.user_id'));
  if (user !== '') return accounts.find(({ id }) => id === user)?.organisation.id;
  return textOf(get(data, 'Event.orgc_id')) || undefined;
}
