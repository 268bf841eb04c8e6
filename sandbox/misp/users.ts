import stored from './data/users.json';
import type { Actor } from './log';

/** A user of the stand-in, in the form of `users/view/me`. */
export type MispUser = (typeof stored)[number] & {
  /** Who it is when `users/view` asks: a key may be allowed less than its user. */
  keyOf?: MispUser;
};

/** A site admin, and users of another organisation: one who may only read, and three who may do more. */
export const [ADMIN, READER, ANALYST, PUBLISHER, ORG_ADMIN]: MispUser[] = stored;

/** The key of the site admin. It opens nothing but the stand-in. */
export const API_KEY = ADMIN.User.authkey;
/** The key of the user who may only read. */
export const READER_KEY = READER.User.authkey;
/** The keys of a user, a publisher and the admin of that organisation. */
export const ANALYST_KEY = ANALYST.User.authkey;
export const PUBLISHER_KEY = PUBLISHER.User.authkey;
export const ORG_ADMIN_KEY = ORG_ADMIN.User.authkey;

/** A key of the site admin that may only read. */
export const READ_ONLY_KEY = 'readonlyreadonlyreadonlyreadonlyreadonly';

const DENIED = [
  'perm_add',
  'perm_modify',
  'perm_modify_org',
  'perm_publish',
  'perm_tagger',
  'perm_tag_editor',
];

/** As MISP takes a user who comes with a key that may only read. */
const READ_ONLY: MispUser = {
  ...ADMIN,
  Role: {
    ...ADMIN.Role,
    ...Object.fromEntries([...DENIED, 'perm_sync', 'perm_sighting'].map((name) => [name, false])),
  },
  keyOf: ADMIN,
};

/** All users, as `users/view` gives them. */
export const USERS: readonly MispUser[] = stored;

/** The user with this key in the `Authorization` header. */
export function userByKey(key: string | undefined): MispUser | undefined {
  if (key === READ_ONLY_KEY) return READ_ONLY;
  return stored.find((user) => user.User.authkey === key);
}

export function actorOf(user: MispUser): Actor {
  return { id: user.User.id, email: user.User.email, org: user.Organisation.name };
}
