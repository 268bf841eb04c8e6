import { notFound } from './answers';
import type { Resource } from './router';

/** `users/...` (recordings: test/fixtures/rest/users-view-me*.json). */
export const users: Resource = {
  view: {
    run: ({ args: [id], url, user }) =>
      id === 'me' || id === user.User.id
        ? { status: 200, body: user.keyOf ?? user }
        : notFound('Invalid user', url),
  },
};
