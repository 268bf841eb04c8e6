import { WorkflowError } from '../text';
import { compileTemplate, type Names, type Template } from './template';

/** The address of a REST call, with places for values of the message. */
export interface RestPath {
  /** @throws {WorkflowError} if a part of the path is empty, or leads upwards */
  render(data: unknown, names?: Names): string;
}

interface Pair {
  name: string;
  value: Template;
}

/**
 * Reads a path such as `/events/view/{{ Event.id }}?deleted=1`. A value of the message fills one part between
 * two slashes, or one value of the query: whatever is in it, it cannot lead elsewhere.
 * @param more further values of the query
 * @throws {WorkflowError} if it is no path on the server, or a template cannot be read
 */
export function readRestPath(
  source: string,
  more: readonly { name: string; value: string }[] = [],
): RestPath {
  const path = source.trim();
  if (/^[a-z][a-z\d+.-]*:/i.test(path) || path.startsWith('//')) throw new WorkflowError('request.notAPath');
  const [plain, query = ''] = splitOutside(path, '?', 2);
  const parts = splitOutside(plain.replace(/^\/|\/$/g, ''), '/').map((part) => compileTemplate(part));
  const pairs = [...pairsOf(query), ...more.map(({ name, value }) => pair(name, value))];

  return {
    render(data, names) {
      const rendered = parts.map((part) => encodePart(part.render(data, names)));
      const search = pairs.map(
        ({ name, value }) => `${name}=${encodeURIComponent(value.render(data, names))}`,
      );
      return `/${rendered.join('/')}${search.length > 0 ? `?${search.join('&')}` : ''}`;
    },
  };
}

/** MISP has values in the path, as in `limit:5`. */
function encodePart(part: string): string {
  if (part === '') throw new WorkflowError('request.emptyPart');
  if (/^\.+$/.test(part)) throw new WorkflowError('request.upwards');
  return encodeURIComponent(part).replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%40/g, '@');
}

function pairsOf(query: string): Pair[] {
  if (query === '') return [];
  return splitOutside(query, '&').map((text) => {
    const [name, value = ''] = splitOutside(text, '=', 2);
    return pair(name, value);
  });
}

function pair(name: string, value: string): Pair {
  return { name: encodeURIComponent(name), value: compileTemplate(value) };
}

/** Splits at a character that is not inside of `{{ }}` or `{% %}`. */
function splitOutside(text: string, separator: string, most = Infinity): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at++) {
    const close = text.startsWith('{{', at) ? '}}' : text.startsWith('{%', at) ? '%}' : undefined;
    const end = close === undefined ? -1 : text.indexOf(close, at);
    if (end >= 0) {
      parts[parts.length - 1] += text.slice(at, end + 2);
      at = end + 1;
    } else if (text[at] === separator && parts.length < most) parts.push('');
    else parts[parts.length - 1] += text[at];
  }
  return parts;
}
