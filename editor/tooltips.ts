import { fullLabelOf } from './labels';
import type { Registered } from './plugin';

/** A node whose label was shortened, or replaced by a name, says in its tooltip all that it does. */
export function addTooltips(descriptions: Readonly<Record<string, Registered | undefined>>): void {
  RED.hooks.add('viewRedrawNode.misp-tooltip', ({ node, el }) => {
    const description = descriptions[node.type];
    if (!description?.labelBy) return;
    const full = fullLabelOf(node, description);
    const title = el.querySelector(':scope > title') ?? el.appendChild(titleElement());
    title.textContent = full === RED.utils.getNodeLabel(node) ? '' : full;
  });
}

const titleElement = () => document.createElementNS('http://www.w3.org/2000/svg', 'title');
