import { randomUUID } from 'node:crypto';
import { isRecord, textOf } from '../event/values';
import { aboutOf, type About } from '../runs/about';
import type { DebugPost } from '../runs/misp-debug';
import { triggerById } from '../triggers/triggers';
import { briefText } from './brief';
import { hiddenAbout, hideAll, type Hide } from './hidden';
import type { RunRecord, Step } from './record';

/** What is looked at of the body of a post. */
interface Body {
  node: string;
  about?: About;
  errors: string[];
  /** Blocks that an end names. */
  executed: string[];
  hide: Hide;
}

/** Bounds of what is followed: runs that have not ended, those that begin in a second, and what is kept of one. */
const MOST = { open: 200, burst: 200, eachSecond: 20, steps: 200, errors: 5 };

/** A run of which nothing was heard for so long is not waited for any more, in milliseconds. */
const SILENT_MS = 10 * 60_000;
const LOOK_MS = 60_000;

interface Open {
  record: RunRecord;
  /** Whose it is: the address that posts, the trigger and the event, as far as they are known. */
  key: string;
  from: string;
  heardAt: number;
}

/** What MISP's debug mode tells of runs of its own workflows, put together to runs. It has no name for a run. */
export class MispRuns {
  /** The one that was heard of last comes last. */
  private readonly open = new Set<Open>();
  private timer: NodeJS.Timeout | undefined;
  private allowed = MOST.burst;
  private allowedAt = 0;
  /** Runs that were not shown, because there were too many at a time. */
  leftOut = 0;

  /**
   * @param hideOf what may be kept of texts about this data
   * @param changed told after each change of a run, and that it is a new one
   */
  constructor(
    private readonly hideOf: (data: unknown) => Hide | undefined,
    private readonly changed: (record: RunRecord, isNew?: boolean) => void,
    private readonly now = Date.now,
  ) {}

  /** Takes a post. Whatever stands in it: nothing is thrown, and what cannot be read is left out. */
  take(told: DebugPost, from: string, bytes: Uint8Array): void {
    this.giveUpSilent();
    const body = this.read(told, bytes);
    if (told.stage === 'end') return this.end(told, from, body);
    const key = keyOf(told.trigger, from, body.about);
    const known = this.find(told, from, body, key);
    if (told.stage === 'init') {
      if (known?.key === key) this.close(known, 'unknown');
      this.begin(told, from, body, key);
      return;
    }
    const open = known ?? this.begin({ ...told, says: '' }, from, body, key);
    if (open) this.step(open, told, body);
  }

  /** Nothing is waited for any more, and nothing is known to be left out. */
  clear(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.open.clear();
    this.leftOut = 0;
  }

  private begin({ trigger, says }: DebugPost, from: string, body: Body, key: string): Open | undefined {
    if (!this.isAllowed()) return void this.leftOut++;
    const { hide, about } = body;
    const record: RunRecord = {
      ...{ run: `misp-${randomUUID()}`, trigger, module: '', source: 'misp' },
      node: { id: '', type: '', label: '' },
      ...{ blocking: says === 'blocking', test: false, at: this.now(), failed: false, steps: [], more: 0 },
      ...(about ? { about: hiddenAbout(about, hide) } : {}),
    };
    const open: Open = { record, key, from, heardAt: this.now() };
    this.open.add(open);
    this.changed(record, true);
    this.timer ??= setInterval(() => this.giveUpSilent(), LOOK_MS).unref();
    for (const oldest of this.open) {
      if (this.open.size <= MOST.open) break;
      this.close(oldest, 'unknown');
    }
    return open;
  }

  private step(open: Open, { module, says, stage }: DebugPost, { node, errors, hide }: Body): void {
    const { record } = open;
    const result = stage === 'debug' ? 'debug' : says;
    const step: Step = {
      ...{ what: 'executed', at: this.now(), result, errors: errors.map((one) => briefText(hide(one))) },
      // Not the id of a node of ours.
      node: { id: `misp ${node}`, type: module, label: module },
    };
    if (record.steps.length < MOST.steps) record.steps.push(step);
    else record.more++;
    if (result === 'error') record.failed = true;
    this.heard(open);
    this.changed(record);
  }

  private end({ trigger, says }: DebugPost, from: string, { executed }: Body): void {
    const candidates = [...this.open].filter((one) => one.from === from && one.record.trigger === trigger);
    const hasAll = ({ record }: Open) =>
      executed.every((id) => record.steps.some(({ node }) => node?.id === `misp ${id}`));
    const open = candidates.findLast(hasAll) ?? candidates.at(-1);
    if (!open) return;
    const { record } = open;
    const isStopped = says !== 'success' && record.blocking;
    record.outcome = isStopped ? 'block' : 'allow';
    record.failed ||= says === 'failure' && !isStopped;
    record.waited = Math.max(0, this.now() - record.at);
    const reason = record.steps.findLast(({ what }) => what === 'executed');
    if (isStopped && reason?.what === 'executed' && reason.errors.length > 0)
      record.reason = reason.errors.join('; ');
    this.close(open, 'known');
  }

  private close(open: Open, ended: 'known' | 'unknown'): void {
    this.open.delete(open);
    open.record.ended = ended;
    this.changed(open.record);
  }

  private heard(open: Open): void {
    open.heardAt = this.now();
    this.open.delete(open);
    this.open.add(open);
  }

  /** The run that a post belongs to: of the same event if it names one, else the one that was heard of last. */
  private find({ trigger }: DebugPost, from: string, { about }: Body, key: string): Open | undefined {
    const open = [...this.open];
    if (about) return open.findLast((one) => one.key === key);
    return open.findLast((one) => one.from === from && one.record.trigger === trigger);
  }

  private giveUpSilent(): void {
    const before = this.now() - SILENT_MS;
    for (const open of this.open) {
      if (open.heardAt > before) break;
      this.close(open, 'unknown');
    }
  }

  private isAllowed(): boolean {
    const now = this.now();
    this.allowed = Math.min(MOST.burst, this.allowed + ((now - this.allowedAt) / 1000) * MOST.eachSecond);
    this.allowedAt = now;
    if (this.allowed < 1) return false;
    this.allowed--;
    return true;
  }

  private read({ trigger, stage }: DebugPost, bytes: Uint8Array): Body {
    const body = parsed(bytes);
    const data = stage === 'init' && isRecord(body.data) ? dataOf(body.data) : body.data;
    // Of what carries keys and passwords nothing is kept in words, as with runs of ours.
    const isSecret = triggerById(trigger)?.secrets ?? false;
    const hide = isSecret ? hideAll : (this.hideOf(data) ?? ((text: string) => text));
    const { source, errors } = body;
    const node = isRecord(source) ? textOf(source.node_id) : '';
    const about = aboutOf(data);
    const said = Array.isArray(errors) ? errors.filter((one) => typeof one === 'string') : [];
    return {
      ...{ node: node.slice(0, 20), hide, errors: said.slice(0, MOST.errors) },
      executed: isRecord(data) ? idsOf(data.executed_nodes) : [],
      ...(about && Object.keys(about).length > 0 ? { about } : {}),
    };
  }
}

function parsed(bytes: Uint8Array): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
    );
    return isRecord(body) ? body : {};
  } catch {
    return {};
  }
}

/** A beginning has the data twice: as MISP has it, and as its workflow gets it. */
const dataOf = ({ normalized, original }: Record<string, unknown>): unknown =>
  isRecord(normalized) && isRecord(normalized.Event) ? normalized : original;

function idsOf(nodes: unknown): string[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.slice(0, MOST.steps).flatMap((node) => (isRecord(node) ? [textOf(node.id)] : []));
}

const keyOf = (trigger: string, from: string, about: About = {}): string =>
  [from, trigger, about.uuid ?? about.id ?? ''].join(' ');
