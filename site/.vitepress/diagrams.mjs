// Draws the diagrams of the pages (blocks of Mermaid) when the site is built.
import { renderMermaidSVG } from 'beautiful-mermaid';

/** What comes with a picture and belongs to the page: theme/style.css has the colours, and fonts come from the system. */
const STYLE = /<style>[\s\S]*?<\/style>/g;

const COLOURS = { bg: 'var(--vp-c-bg)', fg: 'var(--vp-c-text-1)', transparent: true };

/** Replaces the rule for code, in which diagrams stand. */
export function diagrams(md) {
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index];
    if (info.trim() !== 'mermaid') return fence(tokens, index, ...rest);
    const picture = renderMermaidSVG(content, COLOURS).replace(STYLE, '');
    return `<figure class="diagram" v-pre>${picture}</figure>\n`;
  };
}
