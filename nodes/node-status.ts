import type { Node, NodeStatusFill, NodeStatusShape } from 'node-red';
import type { FilterState } from '../src/event/data-filter';
import { filtersOf, isTest, type Message } from '../src/runs/message';
import type { Translate } from './definition';

/** Longest text of a status: the editor shows a line under the node. */
const LONGEST = 60;
/** News that come faster are shown so often, in milliseconds; the last one always. */
const PAUSE_MS = 200;
/** How many statuses are kept in words. */
const MOST_KNOWN = 20;

/** What a status is about: each is replaced by its own news alone, so that no good news hide what is wrong. */
export type Layer = 'setup' | 'connection' | 'last';

/** What is worst is shown; of what is as bad, what comes first in these orders. */
const TROUBLE_FIRST: readonly Layer[] = ['setup', 'connection', 'last'];
const NEWS_FIRST: readonly Layer[] = ['last', 'connection', 'setup'];

/** The arguments of a status: `status.<key>` of the texts; without a key there is nothing to say. */
export type StatusArguments = [
  key?: string,
  fill?: NodeStatusFill,
  shape?: NodeStatusShape,
  params?: Record<string, string>,
];

interface Shown {
  fill: NodeStatusFill;
  shape: NodeStatusShape;
  text: string;
}

/** The line under a node: what the node says, and the filters that were active on its last message. */
export class NodeStatus {
  /** Nodes that showed something before they were deployed anew: the editor keeps showing it. */
  private static readonly left = new Set<string>();
  private readonly layers: Partial<Record<Layer, Shown>> = {};
  private filters = '';
  /** Messages that are worked on, and how many of them are of test runs. */
  private atWork = 0;
  private inTests = 0;
  private sent = '';
  private pause: NodeJS.Timeout | undefined;
  /** Statuses that were put into words, by what they say: most runs bring the same news as those before. */
  private readonly inWords = new Map<string, Shown>();

  constructor(
    private readonly node: Node,
    private readonly text: Translate,
  ) {}

  /** The node is set up: what it said before it was deployed anew is over. */
  begin(): void {
    if (NodeStatus.left.delete(this.node.id) && this.sent === '') this.node.status({});
  }

  show(layer: Layer, ...status: StatusArguments): void {
    this.layers[layer] = this.shown(status);
    this.render();
  }

  /** For what may come very often: shown at once if nothing was for a while. */
  showSoon(layer: Layer, ...status: StatusArguments): void {
    this.layers[layer] = this.shown(status);
    if (this.pause) return;
    this.render();
    this.pause = setTimeout(() => {
      this.pause = undefined;
      this.render();
    }, PAUSE_MS).unref();
  }

  /** A message arrives: notes its filters, and whether it is one of a test run; returns what ends that. */
  receive(message: Message): () => void {
    this.noteFilters(message);
    const ofTest = isTest(message) ? 1 : 0;
    this.atWork++;
    this.inTests += ofTest;
    return () => {
      this.atWork--;
      this.inTests -= ofTest;
    };
  }

  close(): void {
    clearTimeout(this.pause);
    if (this.sent !== '') NodeStatus.left.add(this.node.id);
  }

  /** Nothing is sent to the editor unless they change. */
  private noteFilters(message: Message): void {
    const filters = filtersOf(message) as Partial<FilterState> | undefined;
    // A function node may have put anything there: no node fails for its status.
    const enabled = Array.isArray(filters?.enabled) ? filters.enabled : [];
    const labels = enabled.map((filter) => filter?.label ?? '').join(', ');
    if (labels === this.filters) return;
    this.filters = labels;
    this.render();
  }

  /** Only if all that is worked on belongs to tests it is sure that this does. */
  private get isOfTest(): boolean {
    return this.atWork > 0 && this.inTests === this.atWork;
  }

  private shown(status: StatusArguments): Shown | undefined {
    const [key, fill = 'grey', shape = 'dot', params] = status;
    if (!key) return undefined;
    const { isOfTest } = this;
    const says = JSON.stringify([isOfTest, ...status]);
    const known = this.inWords.get(says);
    if (known) return known;
    const text = this.text(`status.${key}`, params);
    const shown = { fill, shape, text: isOfTest ? this.text('status.test', { status: text }) : text };
    if (this.inWords.size >= MOST_KNOWN) this.inWords.clear();
    this.inWords.set(says, shown);
    return shown;
  }

  private render(): void {
    const own = worst(this.layers);
    const filtered = this.filters && this.text('status.filtered', { labels: this.filters });
    const room = LONGEST - (filtered ? filtered.length + 3 : 0);
    const { fill = 'grey', shape = 'ring', text = '' } = own ?? {};
    const line = [shortened(text, room), filtered].filter(Boolean).join(' · ');
    const sent = line && `${fill} ${shape} ${line}`;
    if (sent === this.sent) return;
    this.sent = sent;
    this.node.status(line ? { fill, shape, text: line } : {});
  }
}

function worst(layers: Partial<Record<Layer, Shown>>): Shown | undefined {
  const first = (order: readonly Layer[], fill?: NodeStatusFill) =>
    order.map((layer) => layers[layer]).find((shown) => shown && (!fill || shown.fill === fill));
  return first(TROUBLE_FIRST, 'red') ?? first(TROUBLE_FIRST, 'yellow') ?? first(NEWS_FIRST);
}

/** A text of so many characters at most; what is left out is shown to be. */
export function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, Math.max(0, length - 1))}…` : text;
}

/** What a problem comes to in a line: its first sentence. */
export function inShort(problem: string): string {
  const [first] = problem.split(/(?<=[^.])\.(?:\s|$)|\n/, 1);
  return first.trim();
}
