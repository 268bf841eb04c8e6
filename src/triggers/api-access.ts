import { isRecord } from '../event/values';
import type { KeyUser } from '../misp/account';

/** MISP sets both moments while it handles one call; they are seconds. */
const MOST_APART = 2;

/** What a change of the account would bring along, and the note of a call never does. */
const CHANGES = ['password', 'confirm_password', 'current_password'];

/**
 * Whether a request of `user-before-save` only notes that a user has called MISP's REST API: MISP then saves
 * `last_api_access`, which is now. Any other change of the same user is none.
 */
export function notesApiAccessOf(user: KeyUser, data: unknown): boolean {
  if (!isRecord(data) || user.id === '' || plain(data.id) !== user.id) return false;
  const [accessed, now] = [secondsOf(data.last_api_access), secondsOf(data.date_modified)];
  const isNow = Math.abs(now - accessed) <= MOST_APART;
  const isKnown = (field: string, known: string) => data[field] === undefined || plain(data[field]) === known;
  return (
    isNow &&
    isKnown('email', user.email) &&
    isKnown('org_id', user.organisation) &&
    isKnown('role_id', user.role) &&
    !CHANGES.some((field) => field in data)
  );
}

/** Not a number for what is none, so that it is near nothing. */
function secondsOf(moment: unknown): number {
  const text = plain(moment);
  return /^\d+$/.test(text ?? '') ? Number(text) : NaN;
}

/** A text or a number as text: nothing else is anybody's id. */
function plain(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
