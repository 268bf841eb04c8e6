/**
 * Fills a template with the groups of a match, as CakePHP's `CakeText::insert` does: `{{name}}` and `{{1}}`
 * stand for groups, `\{{` for the braces themselves; an unknown name stays. A template with a question mark
 * has each of these replaced instead, by one group after the other, the whole match first.
 * @param groups by number and name, in PHP's order
 * @see https://book.cakephp.org/2/en/core-utility-libraries/string.html
 */
export function insertGroups(template: string, groups: ReadonlyMap<string, string>): string {
  if (template.includes('?')) {
    const values = groups.values();
    return template.replace(/\?/g, () => values.next().value ?? '');
  }
  const filled = template.replace(
    /(?<!\\)\{\{(\w+)\}\}/g,
    (marker, name: string) => groups.get(name) ?? marker,
  );
  return filled.replaceAll('\\{{', '{{');
}
