/** A header as a setting holds it. */
export interface Header {
  name: string;
  value: string;
}

/** MISP's headers, one in a line as `Name: value`; lines without a colon are none. */
export function readHeaders(text: string): Header[] {
  return text.split('\n').flatMap((line) => {
    const colon = line.indexOf(':');
    if (colon < 0) return [];
    return [{ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() }];
  });
}

/** The same back. */
export function writeHeaders(headers: readonly Header[]): string {
  return headers.map(({ name, value }) => `${name}: ${value}`.trim()).join('\n');
}
