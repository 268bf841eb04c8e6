/** So much of a text or a name stands in JSON besides its letters. */
const PUNCTUATION = 4;

/**
 * Whether a value, written as JSON, is likely not to be larger than so many characters; looks at no more of it than
 * that, so that one that refers to itself, or is very large, costs little.
 */
export function fits(value: unknown, most: number): boolean {
  let size = 0;
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    size += PUNCTUATION;
    if (typeof next === 'string') size += next.length;
    else if (ArrayBuffer.isView(next)) size += PUNCTUATION * next.byteLength;
    else if (Array.isArray(next)) {
      if ((size += next.length) > most) return false;
      for (const item of next) left.push(item);
    } else if (typeof next === 'object' && next !== null) {
      for (const name in next) {
        size += name.length + PUNCTUATION;
        if (size > most) return false;
        left.push((next as Record<string, unknown>)[name]);
      }
    }
    if (size > most) return false;
  }
  return true;
}
