import stored from './data/users.json';
import type { Actor } from './log';

/** A user of the stand-in, in the form of `users/view/me`. */
export type MispUser = (typeof stored)[number];

/** A site admin, and a user of another organisation who may only read. */
export const [ADMIN, READER]: MispUser[] = stored;

/** The key of the site admin. It opens nothing but the stand-in. */
export const API_KEY = ADMIN.User.authkey;
/** The key of the user who may only read. */
export const READER_KEY = READER.User.authkey;

/** The user with this key in the `Authorization` header. */
export function userByKey(key: string | undefined): MispUser | undefined {
  return stored.find((user) => user.User.authkey === key);
}

export function actorOf(user: MispUser): Actor {
  return { id: user.User.id, email: user.User.email, org: user.Organisation.name };
}
