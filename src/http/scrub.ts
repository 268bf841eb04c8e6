import { errorSaying, type Text, type TextParams, type WorkflowError } from '../text';

/** Shorter ones occur by chance, and would make every text unreadable. */
const SHORTEST = 4;
const SHORTEST_SEGMENT = 12;

/** What must not be repeated, the longest first: one secret may be a part of another. */
export function hiddenTexts(secrets: readonly string[]): string[] {
  return [...new Set(secrets)].filter(({ length }) => length >= SHORTEST).sort((a, b) => b.length - a.length);
}

/** What is secret of a secret address: all that is behind its host. */
export function partsOfAddress(secret: string): string[] {
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

/** The same error without secrets, should anything have repeated one. */
export function scrubError(error: WorkflowError, hidden: readonly string[]): WorkflowError {
  if (!hidden.some((secret) => error.message.includes(secret))) return error;
  return errorSaying(scrubText(error.said, hidden));
}

function scrubText({ key, params }: Text, hidden: readonly string[]): Text {
  const clean = (value: TextParams[string]) => {
    if (typeof value === 'string') return scrub(value, hidden);
    return typeof value === 'object' ? scrubText(value, hidden) : value;
  };
  const values = Object.entries(params).map(([name, value]) => [name, clean(value)]);
  return { key, params: Object.fromEntries(values) as TextParams };
}
