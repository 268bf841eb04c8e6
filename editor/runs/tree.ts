import { checkPath } from '../../src/event/check-path';
import { parsePath } from '../../src/event/path';
import { notifyText } from '../show';
import { text } from './texts';

/** So many entries of a list or an object are shown at once. */
const AT_ONCE = 100;
/** Longer values are cut; the path leads to the whole. */
const MOST_CHARACTERS = 300;

/**
 * Data as a tree. What is inside is drawn when it is opened. A click on a name or value copies MISP's hash path to it.
 */
export function showTree(place: JQuery, data: unknown): void {
  place.empty().addClass('misp-tree');
  if (isContainer(data)) entries(data, [], $('<ul>').appendTo(place));
  else $('<code>').text(shortOf(data)).appendTo(place);
}

type Container = Readonly<Record<string, unknown>> | readonly unknown[];

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

function entries(data: Container, path: readonly string[], list: JQuery, from = 0): void {
  const isList = Array.isArray(data);
  const names = Object.keys(data);
  for (const name of names.slice(from, from + AT_ONCE)) {
    const value = (data as Record<string, unknown>)[name];
    list.append(entry(name, value, [...path, isList ? '{n}' : name]));
  }
  const left = names.length - from - AT_ONCE;
  if (left <= 0) return;
  const more = $('<li>').appendTo(list);
  $('<button type="button" class="misp-tree-more">')
    .text(text('data.more', { left }))
    .on('click', () => {
      more.remove();
      entries(data, path, list, from + AT_ONCE);
    })
    .appendTo(more);
}

function entry(name: string, value: unknown, path: readonly string[]): JQuery {
  const line = $('<li>');
  if (isContainer(value)) opener(line, value, path);
  const words = isContainer(value) ? sizeOf(value) : shortOf(value);
  const copy = $('<button type="button" class="misp-tree-entry">').appendTo(line);
  $('<span class="misp-tree-name">').text(name).appendTo(copy);
  $('<span class="misp-tree-value">')
    .attr('data-type', value === null ? 'null' : typeof value)
    .text(words)
    .appendTo(copy);
  const hashPath = pathOf(path);
  if (hashPath === undefined)
    return line.append(copy.prop('disabled', true).attr('title', text('data.noPath')));
  copy.attr('title', text('data.copy', { path: hashPath })).on('click', () => {
    RED.clipboard.copyText(hashPath, copy, text('data.copied'));
    notifyText(text('data.copiedPath', { path: hashPath }), { type: 'success', timeout: 3000 });
  });
  return line;
}

/** What opens a part of the tree. */
function opener(line: JQuery, value: Container, path: readonly string[]): void {
  let inside: JQuery | undefined;
  const button = $('<button type="button" class="misp-tree-opener">')
    .attr({ 'aria-expanded': 'false', 'aria-label': text('data.open', { name: path.at(-1) ?? '' }) })
    .on('click', () => {
      const isOpen = button.attr('aria-expanded') === 'true';
      button.attr('aria-expanded', String(!isOpen));
      if (isOpen) return void inside?.hide();
      if (inside) return void inside.show();
      inside = $('<ul>').appendTo(line);
      entries(value, path, inside);
    })
    .appendTo(line);
  $('<i class="fa" aria-hidden="true">').appendTo(button);
}

/** The path to a value, if there is one: a name with a dot or a bracket in it cannot be part of a path. */
function pathOf(parts: readonly string[]): string | undefined {
  const path = parts.join('.');
  if (checkPath(path)) return undefined;
  const { tokens } = parsePath(path);
  const isSame =
    tokens.length === parts.length &&
    tokens.every(
      ({ name, conditions, forbidden }, index) => name === parts[index] && !conditions && !forbidden,
    );
  const hasWildcardsAsNames = parts.some((part) => part === '{s}' || part === '{*}' || part === '');
  return isSame && !hasWildcardsAsNames ? path : undefined;
}

function sizeOf(value: Container): string {
  const size = Object.keys(value).length;
  return Array.isArray(value) ? `[${size}]` : `{${size}}`;
}

function shortOf(value: unknown): string {
  const words = typeof value === 'string' ? value : JSON.stringify(value);
  return words.length > MOST_CHARACTERS ? `${words.slice(0, MOST_CHARACTERS)}…` : words;
}
