import type { SecretText } from '../../actions/plan';
import { hiddenTexts, partsOfAddress } from '../../http/scrub';

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

/** What must not be repeated: the secrets, and of secret addresses what is behind the host. */
export function hiddenOf(secrets: Secrets): string[] {
  return hiddenTexts(Object.values(secrets).flatMap((secret) => [secret, ...partsOfAddress(secret)]));
}
