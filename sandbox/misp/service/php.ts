/** The corners of PHP that can be seen from outside MISP. */

/**
 * JSON as MISP writes it: slashes and letters beyond ASCII stay as they are (the recorded lengths say so), but
 * PHP escapes the two line separators of Unicode.
 * @see https://www.php.net/manual/en/json.constants.php JSON_UNESCAPED_LINE_TERMINATORS
 */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** JSON as PHP reads it: no byte order mark, no broken UTF-8. */
export function decodeJson(bytes: Buffer): unknown {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as unknown;
}

/** The text of an error in MISP's messages, or nothing for what PHP takes for empty. A list becomes "Array". */
export function errorText(error: unknown): string | undefined {
  if (typeof error === 'object' && error !== null) {
    return Object.keys(error).length > 0 ? 'Array' : undefined;
  }
  if (error === true) return '1';
  if (typeof error === 'number') return error === 0 ? undefined : String(error);
  return typeof error === 'string' && error !== '' && error !== '0' ? error : undefined;
}

/** `Inflector::underscore` of CakePHP: how MISP makes a module's id of its name. */
export function underscore(name: string): string {
  return name.replace(/(?<=\w)([A-Z])/g, '_$1').toLowerCase();
}

/** `Inflector::slug`, for names in ASCII. */
export function slug(name: string): string {
  return name.replace(/[^\w]+/g, '_').replace(/^_+|_+$/g, '');
}

/** `Inflector::humanize`: "data_extraction path" becomes "Data Extraction Path". */
export function humanize(name: string): string {
  return name.replaceAll('_', ' ').replace(/(^|\s)(\S)/g, (match) => match.toUpperCase());
}
