import { get } from '../../event/hash';
import { isEntries, textOf } from '../../event/values';
import { GROUPS, type UserAccount } from '../../misp/accounts';
import { text, type Said } from '../../text';
import { distinct, nameable } from './addresses';

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

/** Somebody who was meant but gets nothing, and why. */
export interface Refused {
  item: string;
  problem: Said;
  /** The server is busy, or wants to see the mail again later. */
  away?: 'nothing';
}

/** Addresses, each once, and who could not be found. */
export interface Found {
  addresses: string[];
  refused: Refused[];
}

/** Whether the MISP must be asked who its users are. */
export function needsAccounts({ recipients, organisations = [], onlyUsers = false }: Wanted): boolean {
  return onlyUsers || organisations.length > 0 || recipients.some((name) => groupNames.includes(name));
}

/**
 * Users first, in MISP's order, then other addresses. MISP sends to site admins as "All admins", and to the admins of
 * one organisation as "Org admins": that of the user whom a log entry is about, or that has made the event.
 */
export function resolveRecipients(wanted: Wanted, accounts: readonly UserAccount[], data: unknown): Found {
  const { recipients, organisations = [], more = [], onlyUsers = false } = wanted;
  const addresses = distinct([...recipients.filter((name) => !groupNames.includes(name)), ...more]);
  const named = new Set(addresses.map((address) => address.toLowerCase()));
  const chosen = [
    ...organisations.map(organisationGroup),
    ...recipients.flatMap((name) => groupOf(name, data, accounts)),
  ];
  const users = accounts.filter(
    (user) => named.has(user.email.toLowerCase()) || chosen.some(({ has }) => has(user)),
  );
  const known = new Set(users.map(({ email }) => email.toLowerCase()));
  const others = addresses.filter((address) => !known.has(address.toLowerCase()));
  const empty = chosen.filter(({ has }) => !accounts.some(has)).map(({ name }) => name);
  return {
    addresses: distinct([...users.map(({ email }) => email), ...(onlyUsers ? [] : others)]),
    refused: [
      ...empty.map((item) => ({ item: nameable(item), problem: text('mail.noUsers') })),
      ...(onlyUsers ? others : []).map((item) => ({ item: nameable(item), problem: text('mail.notAUser') })),
    ],
  };
}

/** Users who are meant together. */
interface Group {
  name: string;
  has: (user: UserAccount) => boolean;
}

function groupOf(name: string, data: unknown, accounts: readonly UserAccount[]): Group[] {
  switch (name) {
    case GROUPS.all:
      return [{ name, has: () => true }];
    case GROUPS.admins:
      return [{ name, has: ({ siteAdmin }) => siteAdmin }];
    case GROUPS.orgAdmins: {
      const concerned = organisationOf(data, accounts);
      return [{ name, has: ({ orgAdmin, organisation: { id } }) => orgAdmin && id === concerned }];
    }
    default:
      return [];
  }
}

function organisationGroup(name: string): Group {
  return { name, has: ({ organisation: { id, name: own } }) => id === name || own === name };
}

/** The id of the organisation that the data is about. */
function organisationOf(data: unknown, accounts: readonly UserAccount[]): string | undefined {
  if (!isEntries(data)) return undefined;
  const user = textOf(get(data, 'Log.user_id'));
  if (user !== '') return accounts.find(({ id }) => id === user)?.organisation.id;
  return textOf(get(data, 'Event.orgc_id')) || undefined;
}
