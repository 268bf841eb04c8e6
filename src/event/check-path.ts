import { HashPathError } from './errors';
import { parsePath } from './path';

/**
 * What is wrong with a path that a user is writing, or undefined. Stricter than reading it: MISP ignores
 * brackets that it cannot read, and takes an unknown wildcard for a name.
 */
export function checkPath(text: string): HashPathError | undefined {
  try {
    for (const { name, conditions } of parsePath(text).tokens) {
      if (/[{}]/.test(name) && !['{n}', '{s}', '{*}'].includes(name)) {
        return new HashPathError('unknownWildcard', { name });
      }
      if (conditions?.length === 0) return new HashPathError('unreadableBracket', { name });
    }
    return unbalanced(text) ? new HashPathError('unbalancedBracket', { path: text }) : undefined;
  } catch (error) {
    if (error instanceof HashPathError) return error;
    throw error;
  }
}

function unbalanced(text: string): boolean {
  // What a regular expression has in brackets of its own does not count.
  const plain = text.replace(/=\s*\/.*?\/\w*\]/gs, ']');
  return plain.split('[').length !== plain.split(']').length;
}
