import type { SecretText } from '../../actions/plan';

/** The secrets of a node, by name. */
export type Secrets = Readonly<Record<string, string>>;

/** The text with its secrets in place: to be sent, and to be kept nowhere. */
export function fillIn(text: SecretText, secrets: Secrets): string {
  return text
    .map((part) => {
      if (typeof part === 'string') return part;
      return Object.hasOwn(secrets, part.secret) ? secrets[part.secret] : '';
    })
    .join('');
}

/** Shorter ones occur by chance, and would make every text unreadable. */
const SHORTEST = 4;

/** What the other side says, should it repeat a secret of ours. */
export function scrub(text: string, secrets: Secrets): string {
  return Object.values(secrets)
    .filter((secret) => secret.length >= SHORTEST)
    .sort((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}
