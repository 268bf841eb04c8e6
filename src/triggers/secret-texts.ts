/** Words in the name of a field whose value is a key or a password. */
const SECRET = String.raw`auth_?key|passw(?:or)?d|api_?key|secret|otp|token`;

/** A change as MISP's log writes it, `name (old) => (new)`, up to the next one. */
const CHANGE = /(?:^|\), )([\w.]{1,100}) \(/g;
const SECRET_NAME = new RegExp(SECRET, 'i');

/** A value in a JSON text, which may be cut off; the same with its quotes escaped; a number or a word. */
const VALUE = String.raw`"(?:[^"\\]|\\.)*"?|\\"(?:[^"\\]|\\\\\\"|\\(?!"))*(?:\\"|$)|[\w.+-]+`;

/** A member of a JSON text inside a text. */
const MEMBER = new RegExp(
  String.raw`(\\?"[\w.]{0,40}(?:${SECRET})[\w.]{0,40}\\?"\s{0,4}:\s{0,4})(?:${VALUE})`,
  'gi',
);

/** A value of a form body. */
const FORM = new RegExp(String.raw`([\w.\[\]%]{0,40}(?:${SECRET})[\w.\[\]%]{0,40}=)[^&\s]+`, 'gi');

/** Whether something of this name is taken for a key or a password. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

const REMOVED = '(removed)';

/**
 * Removes the values of keys and passwords from the texts in the data of a log: MISP writes the API key of a
 * new user into `Log.change`, and with `log_paranoid` the body of a login. The data given is changed.
 */
export function hideSecretsInTexts(data: unknown): void {
  if (typeof data !== 'object' || data === null) return;
  const entries = data as Record<string, unknown>;
  for (const [key, value] of Object.entries(entries)) {
    if (typeof value !== 'string') hideSecretsInTexts(value);
    else if (SECRET_NAME.test(value)) entries[key] = hideSecrets(value);
  }
}

/** The text without the values of keys and passwords, in linear time. */
export function hideSecrets(text: string): string {
  return hideChanges(text).replace(MEMBER, `$1"${REMOVED}"`).replace(FORM, `$1${REMOVED}`);
}

function hideChanges(text: string): string {
  const changes = [...text.matchAll(CHANGE)];
  if (changes.length === 0 || !text.includes(') => (')) return text;
  const parts: string[] = [text.slice(0, changes[0].index)];
  for (const [place, change] of changes.entries()) {
    const [start, name] = change;
    const whole = text.slice(change.index, changes[place + 1]?.index);
    const kept = start.slice(0, start.length - 1);
    parts.push(SECRET_NAME.test(name) ? `${kept}() => ${REMOVED.slice(0, -1)}` : whole);
  }
  if (SECRET_NAME.test(changes[changes.length - 1][1])) parts.push(')');
  return parts.join('');
}
