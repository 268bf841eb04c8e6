import type { Node, NodeStatusFill, NodeStatusShape } from 'node-red';
import type { FilterState } from '../src/event/data-filter';
import { filtersOf, type Message } from '../src/runs/message';
import type { Translate } from './definition';

/** Longest text of a status: the editor shows a line under the node. */
const LONGEST = 40;

/** The line under a node: what the node says, and the filters that were active on its last message. */
export class NodeStatus {
  private own: { fill: NodeStatusFill; shape: NodeStatusShape; text: string } | undefined;
  private filters = '';

  constructor(
    private readonly node: Node,
    private readonly text: Translate,
  ) {}

  /** Shows `status.<key>` of the texts; without a key the node has nothing to say. */
  show(
    key?: string,
    fill: NodeStatusFill = 'grey',
    shape: NodeStatusShape = 'dot',
    params?: Record<string, string>,
  ): void {
    this.own = key ? { fill, shape, text: this.text(`status.${key}`, params) } : undefined;
    this.render();
  }

  /** Notes the filters of a message that arrives; nothing is sent to the editor unless they change. */
  noteFilters(message: Message): void {
    const filters = filtersOf(message) as Partial<FilterState> | undefined;
    // A function node may have put anything there: no node fails for its status.
    const enabled = Array.isArray(filters?.enabled) ? filters.enabled : [];
    const labels = enabled.map((filter) => filter?.label ?? '').join(', ');
    if (labels === this.filters) return;
    this.filters = labels;
    this.render();
  }

  private render(): void {
    const filtered = this.filters && this.text('status.filtered', { labels: this.filters });
    if (!this.own && !filtered) return this.node.status({});
    const { fill = 'grey', shape = 'ring', text = '' } = this.own ?? {};
    const room = LONGEST - (filtered ? filtered.length + 3 : 0);
    this.node.status({ fill, shape, text: [shortened(text, room), filtered].filter(Boolean).join(' · ') });
  }
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, Math.max(0, length - 1))}…` : text;
}
