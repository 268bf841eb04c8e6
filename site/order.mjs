// The side bar: the list of all pages in docs/index.md, and the nodes by family.
import path from 'node:path';
import { read } from '../scripts/docs-pages.mjs';
import { families } from './nodes.mjs';
import { PLACES } from './places.mjs';

const linkTo = (file) => `/${PLACES.get(file).replace(/\.md$/, '')}`;
const ITEM = /^- \[([^\]]+)\]\(([^)]+\.md)\)/gm;

/** @returns the groups of docs/index.md, as the side bar takes them */
export function sidebar() {
  const [, ...groups] = read('docs/index.md').split(/^## /m);
  return groups.map((group) => {
    const text = group.slice(0, group.indexOf('\n'));
    const items = [...group.matchAll(ITEM)].map(([, name, page]) => ({
      text: name,
      link: linkTo(path.posix.join('docs', page)),
    }));
    return { text, items: text === 'Nodes' ? [...items, ...nodeItems()] : items };
  });
}

const nodeItems = () =>
  families().map(({ title, nodes }) => ({
    text: title,
    collapsed: true,
    items: nodes.map(({ name, file }) => ({ text: name, link: linkTo(file) })),
  }));
