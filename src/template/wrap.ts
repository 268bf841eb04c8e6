import { splitLines } from './text-split';
import { Problem } from './problem';
import type { Runtime } from './values';

interface Options {
  breakLong: boolean;
  onHyphens: boolean;
}

/** Breaks the lines of a text at a width, as Python's `textwrap` does; lines stay lines. */
export function wrap(rt: Runtime, text: string, width: number, end: string, options: Options): string {
  if (width <= 0) throw new Problem('wrapWidth');
  let length = 0;
  const lines = splitLines(rt, text, false).map((line) => {
    const wrapped = wrapLine(line, width, options);
    rt.budget.spend(wrapped.length);
    length += line.length + (wrapped.length + 1) * end.length;
    rt.budget.fits(length - end.length);
    return wrapped.join(end);
  });
  return rt.budget.made(lines.join(end));
}

function wrapLine(line: string, width: number, { breakLong, onHyphens }: Options): string[] {
  const chunks = chunksOf(line, onHyphens).reverse();
  const lines: string[] = [];
  while (chunks.length > 0) {
    if (lines.length > 0 && chunks.at(-1)?.trim() === '') chunks.pop();
    const parts: string[] = [];
    let length = 0;
    for (
      let next = chunks.at(-1);
      next !== undefined && length + next.length <= width;
      next = chunks.at(-1)
    ) {
      parts.push(next);
      length += next.length;
      chunks.pop();
    }
    const long = chunks.at(-1);
    if (long !== undefined && long.length > width) {
      const room = width - length;
      if (breakLong && room > 0) {
        parts.push(long.slice(0, room));
        chunks[chunks.length - 1] = long.slice(room);
      } else if (parts.length === 0) parts.push(chunks.pop() ?? '');
    }
    if (parts.at(-1)?.trim() === '') parts.pop();
    if (parts.length > 0) lines.push(parts.join(''));
  }
  return lines;
}

/** White space and words in turn; words end behind a hyphen between letters. */
function chunksOf(line: string, onHyphens: boolean): string[] {
  const parts = line.match(/[\t-\r ]+|[^\t-\r ]+/g) ?? [];
  if (!onHyphens) return parts;
  return parts.flatMap((part) => part.split(/(?<=[\p{L}_]{2}-)(?=[\p{L}_]{2})/u));
}
