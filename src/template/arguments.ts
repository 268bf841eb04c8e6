import { Problem } from './problem';
import { indexOf, isText, asText, typeName } from './values';
import type { Named } from './values';

/**
 * Arguments by their names, as Python binds them. A name with `?` may be left out and is undefined then.
 * @throws {Problem} if one is missing, unknown, given twice or too many
 */
export function bind(
  of: string,
  names: readonly string[],
  args: readonly unknown[],
  named: Named,
): unknown[] {
  if (args.length > names.length) throw new Problem('tooManyArguments', { name: of });
  const plain = names.map((name) => name.replace('?', ''));
  const bound: unknown[] = [...args];
  for (const [name, value] of named) {
    const at = plain.indexOf(name);
    if (at < 0 || at < args.length) throw new Problem('wrongArgument', { name: of, argument: name });
    bound[at] = value;
  }
  names.forEach((name, at) => {
    if (bound[at] === undefined && !name.endsWith('?')) {
      throw new Problem('argumentMissing', { name: of, argument: name });
    }
  });
  return bound;
}

/** An argument that must be an integer. */
export function wholeNumber(of: string, value: unknown): number {
  const number = indexOf(value);
  if (number === undefined)
    throw new Problem('wrongType', { name: of, type: typeName(value), wanted: 'int' });
  return number;
}

/** An argument that must be a text. */
export function plainText(of: string, value: unknown): string {
  if (!isText(value)) throw new Problem('wrongType', { name: of, type: typeName(value), wanted: 'str' });
  return asText(value);
}
