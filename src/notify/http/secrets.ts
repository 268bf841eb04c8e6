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
const SHORTEST_SEGMENT = 12;

/** What must not be repeated: the secrets, and of secret addresses what is behind the host. */
export function hiddenTexts(secrets: Secrets): string[] {
  const texts = Object.values(secrets).flatMap((secret) => [secret, ...partsOfAddress(secret)]);
  return [...new Set(texts)].filter((text) => text.length >= SHORTEST).sort((a, b) => b.length - a.length);
}

function partsOfAddress(secret: string): string[] {
  if (!URL.canParse(secret)) return [];
  const { pathname, search, searchParams, password } = new URL(secret);
  const segments = [...pathname.split('/'), ...searchParams.values()];
  return [
    `${pathname}${search}`,
    password,
    ...segments.filter(({ length }) => length >= SHORTEST_SEGMENT),
  ].filter((text) => text !== '/');
}

/** What the other side says, should it repeat a secret of ours. */
export function scrub(text: string, hidden: readonly string[]): string {
  return hidden.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}
