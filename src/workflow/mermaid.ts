import { byId, type Block, type Graph } from './graph';
import { factsOf } from './modules';
import { stepsFrom } from './walk';

/** The graph as MISP writes it for Mermaid: a line for each connection. */
export function mermaidOf(graph: Graph): string {
  const known = byId(graph.blocks);
  const lines = graph.blocks.flatMap((block) =>
    stepsFrom(block).flatMap(({ to }) => {
      const target = known.get(to);
      return target ? [`    ${shapeOf(block)} --> ${shapeOf(target)}\n`] : [];
    }),
  );
  return `flowchart LR\n${lines.join('')}`;
}

/** Triggers are hexagons, logic leans, actions are boxes. */
const SHAPES = { trigger: ['{{', '}}'], logic: ['[/', '/]'], action: ['[', ']'] } as const;

function shapeOf({ id, module, kind, name }: Block): string {
  const { icon = '', name: own = name } = factsOf(module) ?? {};
  const [open, close] = SHAPES[kind];
  const label = `${icon === '' ? '' : `fas:fa-${icon}  `}${quoted(own)}`;
  return `${/^\w+$/.test(id) ? id : `b${quoted(id)}`}${open}"${label}"${close}`;
}

/** Mermaid draws HTML: whatever could be markup, or end the text, is written as its code. */
function quoted(words: string): string {
  return words
    .slice(0, 200)
    .replace(/[\r\n]+/g, ' ')
    .replace(/["<>&#;`\\]/g, (character) => `#${character.charCodeAt(0)};`);
}
