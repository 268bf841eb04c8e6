// Links and headings of Markdown pages, as GitHub and the site of the documentation read them.

/** Code, in which nothing is a link: fenced blocks, and code within a line. */
const CODE = /^(?:```|~~~)[\s\S]*?^(?:```|~~~)[^\n]*$|(`+)(?!`)[\s\S]*?[^`]\1(?!`)/gm;
/** `[text](target)`, `[text](<target>)`, and the attributes of HTML that name a file. */
const LINK = /(\]\(<)([^>\n]*)(?=>)|(\]\()([^\s)<]+)(?=\))|(\s(?:src|srcset|href)=")([^"]*)(?=")/g;

/**
 * @param replace is given each target of a link or picture outside of code, and returns what stands there instead
 * @returns the text with the targets replaced
 */
export function mapLinks(text, replace) {
  const mapped = (part) =>
    part.replace(LINK, (_, ...groups) => {
      const at = [0, 2, 4].find((index) => groups[index] !== undefined);
      return `${groups[at]}${replace(groups[at + 1])}`;
    });
  return outsideOfCode(text, mapped);
}

/** @returns the targets of all links and pictures of a page */
export function linksOf(text) {
  const found = [];
  mapLinks(text, (target) => {
    found.push(target);
    return target;
  });
  return found;
}

/** @returns the text with what is no code changed */
export function outsideOfCode(text, change) {
  let end = 0;
  const parts = [];
  for (const { 0: code, index } of text.matchAll(CODE)) {
    parts.push(change(text.slice(end, index)), code);
    end = index + code.length;
  }
  return [...parts, change(text.slice(end))].join('');
}

/** @returns the text with what would be markup escaped */
export const plain = (text) => text.replace(/([<>|])/g, '\\$1');

/** @returns the name that a heading has in links, as GitHub makes it of the heading's text */
export function slug(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\s-]/gu, '')
    .replace(/\s/g, '-');
}

/** @returns the names of all headings of a page; one that comes again is numbered */
export function anchorsOf(text) {
  const counts = new Map();
  const withoutBlocks = text.replace(/^(```|~~~)[\s\S]*?^\1[^\n]*$/gm, '');
  return [...withoutBlocks.matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) => {
    const name = slug(shown(heading));
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  });
}

/** What is shown of a heading: neither marks nor the targets of links. */
const shown = (heading) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(^|\W)_([^_]+)_(?=\W|$)/g, '$1$2')
    .replace(/\\(.)/g, '$1');
