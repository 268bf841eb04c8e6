import type { Place } from '../../src/actions/misp-graph';
import type { ConnectPreview } from '../../nodes/plugin/api';
import { text } from './texts';

type Asked = Extract<ConnectPreview['questions'][number], { ask: 'place' }>;

/** A block in the picture, in pixels. */
const WIDTH = 130;
const HEIGHT = 36;
const GAP = 60;
const SVG = 'http://www.w3.org/2000/svg';

/**
 * A picture of a workflow of MISP with a button at each place where our module fits; each says between what it would be.
 * @param choose `leave` changes nothing in the workflow
 */
export function placesPicture({ blocks, places }: Asked, choose: (place: Place | 'leave') => void): JQuery {
  const at = layout(blocks);
  const nameOf = (id: string) => blocks.find((block) => block.id === id)?.name ?? id;
  const size = (axis: 'x' | 'y', one: number) =>
    Math.max(0, ...[...at.values()].map((place) => place[axis])) + one;
  const box = $('<div class="misp-connect-picture" role="group">')
    .attr('aria-label', text('where'))
    .css({ width: `${size('x', WIDTH + GAP)}px`, height: `${size('y', HEIGHT + 8)}px` });
  const lines = document.createElementNS(SVG, 'svg');
  lines.setAttribute('aria-hidden', 'true');
  box.append(lines);
  for (const { id, name } of blocks) {
    const { x, y } = at.get(id) ?? { x: 0, y: 0 };
    $('<div class="misp-connect-block">')
      .text(name)
      .attr('title', name)
      .css({ left: `${x}px`, top: `${y}px`, width: `${WIDTH}px`, height: `${HEIGHT}px` })
      .appendTo(box);
  }
  for (const place of places) {
    const middle = drawWay(lines, at, place);
    const words =
      place.to === undefined
        ? text('behind', { from: nameOf(place.from) })
        : text('between', { from: nameOf(place.from), to: nameOf(place.to) });
    $('<button type="button" class="red-ui-button misp-connect-place">')
      .text('+')
      .attr({ 'aria-label': words, title: words })
      .css({ left: `${middle.x}px`, top: `${middle.y}px` })
      .on('click', () => choose(place))
      .appendTo(box);
  }
  const leave = $('<button type="button" class="red-ui-button" data-do="leave">')
    .text(text('leave'))
    .on('click', () => choose('leave'));
  return $('<div class="misp-connect-question">')
    .append($('<p>').text(text('where')))
    .append($('<div class="misp-connect-scroll">').append(box))
    .append(leave);
}

type At = Map<string, { x: number; y: number }>;

/** As MISP's editor shows them, pushed together: columns and rows in the order of their positions. */
function layout(blocks: Asked['blocks']): At {
  const order = (axis: 'x' | 'y', apart: number) => {
    const sorted = [...new Set(blocks.map((block) => Math.round(block[axis] / apart)))].sort((a, b) => a - b);
    return (block: Asked['blocks'][number]) => sorted.indexOf(Math.round(block[axis] / apart));
  };
  const [column, row] = [order('x', 100), order('y', 60)];
  const taken = new Set<string>();
  return new Map(
    blocks.map((block) => {
      const x = column(block);
      let y = row(block);
      // Blocks that MISP has one over the other stand one below the other.
      while (taken.has(`${x} ${y}`)) y++;
      taken.add(`${x} ${y}`);
      return [block.id, { x: x * (WIDTH + GAP), y: y * (HEIGHT + 24) }];
    }),
  );
}

/** Draws what an output leads to, and says where the middle of it is. */
function drawWay(lines: SVGElement, at: At, { from, output, to }: Place): { x: number; y: number } {
  const start = at.get(from) ?? { x: 0, y: 0 };
  const down = (Number(output.replace(/\D/g, '')) - 1 || 0) * 12;
  const begin = { x: start.x + WIDTH, y: start.y + HEIGHT / 2 + down };
  const target = to === undefined ? undefined : at.get(to);
  const end = target ? { x: target.x, y: target.y + HEIGHT / 2 } : { x: begin.x + GAP / 2, y: begin.y };
  const line = document.createElementNS(SVG, 'line');
  const values = { x1: begin.x, y1: begin.y, x2: end.x, y2: end.y };
  for (const [name, value] of Object.entries(values)) line.setAttribute(name, String(value));
  lines.append(line);
  // Near the output, so that ways to one block do not have their buttons in one place.
  return { x: begin.x + Math.min(GAP / 2, (end.x - begin.x) / 2), y: begin.y + (end.y - begin.y) / 3 };
}
