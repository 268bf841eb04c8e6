import { eventHolder } from '../event/event-data';
import { EventDataError } from '../event/errors';
import { uuidKey } from '../event/same';
import { textOf } from '../event/values';
import type { MispEvent } from '../event/core';
import { attributesIn, find, isSame, reportsIn } from '../actions/event-things';
import type { MispOperation, OperationResult, Ref, SavedThing } from '../actions/plan';
import type { OwnQuestions } from './own-questions';
import type { OwnWrites, Range, Written } from './own-writes';
import { isAsExpected, stateOf, type State, type ThingKind } from './state';
import { eventKeys, keysOf, seconds, thing, type Thing } from './things';

type Row = Readonly<Record<string, unknown>>;

/** A thing in a message's data that a plan changes, as it was before. */
interface Touched {
  kind: ThingKind;
  row: Row;
  before: State;
  timestamp: number;
  by: MispOperation;
}

/** A message's plan is carried out: what MISP answers, and what the data shows of it afterwards, is noted. */
export class Write {
  private readonly over: () => void;
  private readonly touched: Touched[];
  /** What MISP has answered about: that is known for certain. */
  private readonly answered = new Set<string>();
  private readonly began: number;
  private readonly event: MispEvent | undefined;
  private rows: ReadonlyMap<string, Row> | undefined;
  /** MISP has answered about something in the event. */
  private within = false;
  /** Events whose contents were changed, as they were before: one for each call that did. */
  private readonly around: Row[] = [];

  /**
   * @param data the message's data before
   * @param clock MISP's time as far as it is known, in seconds
   */
  constructor(
    private readonly memory: { writes: OwnWrites; questions: OwnQuestions },
    plan: readonly MispOperation[],
    data: unknown,
    private readonly clock: (moment: number) => number,
  ) {
    this.began = Date.now();
    const event = eventOf(data);
    this.event = event;
    const does = new Set<string>(plan.map((operation) => operation.do));
    const named = plan.flatMap((operation) => ('event' in operation ? refOf(operation) : []));
    const isOpen = OPEN.some((name) => does.has(name));
    const events = isOpen
      ? []
      : [...new Set([...named, ...eventKeys(data), ...(event ? keysOf(event) : [])])];
    this.over = does.size > 0 ? memory.writes.begin({ events, does }) : () => undefined;
    this.touched = event ? plan.flatMap((operation) => touchedBy(operation, event)) : [];
    for (const operation of plan) {
      if (operation.do === 'enrich-in-misp') memory.questions.note(operation.items.flatMap(keysOf));
    }
  }

  /**
   * MISP has answered how a thing is now. Somebody else may have changed it before MISP looked: what was not set must be
   * as the data had it.
   * @param set the fields that were set, or that it is new
   */
  saved(kind: SavedThing, row: Row, set: readonly string[] | 'new' | 'contents'): void {
    if (set === 'contents') {
      this.around.push(row);
      return;
    }
    const found = thing(kind, row);
    if (!found || Number.isNaN(found.timestamp)) return;
    const { uuid, state, timestamp } = found;
    if (kind !== 'event' && this.event && textOf(row.event_id) === textOf(this.event.id)) this.within = true;
    if (set !== 'new' && !this.isOurs(found, set)) return;
    this.answered.add(`${kind} ${uuid}`);
    const written: Written = { kind, uuid, state, times: [[timestamp, timestamp]], isNew: set === 'new' };
    this.memory.writes.note(written);
    // MISP may tell of what is new before it has attached the tags.
    if (set === 'new' && state.Tag) this.memory.writes.note({ ...written, state: { ...state, Tag: '' } });
  }

  private isOurs({ kind, uuid, state }: Thing, set: readonly string[]): boolean {
    this.rows ??= this.event ? rowsOf(this.event) : new Map();
    const row = this.rows.get(`${kind} ${uuid}`);
    if (!row) return false;
    const ours = Object.fromEntries(set.map((field) => [field, state[field]]));
    return isAsExpected(kind, { ...stateOf(kind, row), ...ours }, state);
  }

  /** It is over, and the message's data shows what was done. */
  end(results: readonly OperationResult[]): void {
    const done = new Set(results.filter(({ state }) => DONE.has(state)).map(({ operation }) => operation));
    const window = this.window;
    for (const touched of this.touched) {
      if (done.has(touched.by)) this.noteTouched(touched, window);
    }
    if (this.within) this.noteEvent(window);
    for (const row of this.around) this.noteAround(row, window);
    this.over();
  }

  /** It failed altogether. */
  failed(): void {
    this.over();
  }

  private noteTouched({ kind, row, before, timestamp, by }: Touched, window: Range): void {
    const found = thing(kind, row);
    if (!found || this.answered.has(`${kind} ${found.uuid}`)) return;
    const { uuid, state } = found;
    // What changes nothing that travels leaves the timestamp alone.
    const isStill = kind === 'sighting' || by.do === 'publish' || !isAsExpected(kind, before, state);
    const times: Range[] = [window];
    if (isStill && !Number.isNaN(timestamp)) times.push([timestamp, timestamp]);
    const written: Written = { kind, uuid, state, times };
    this.memory.writes.note(by.do === 'publish' ? { ...written, published: window } : written);
  }

  /** What is in an event was changed by a call that the data does not show: that takes the event off publication. */
  private noteEvent(window: Range): void {
    const found = this.event && thing('event', this.event);
    const isNoted = this.touched.some(({ kind }) => kind === 'event');
    if (!found || isNoted || this.answered.has(`event ${found.uuid}`)) return;
    const state = { ...found.state, published: '0' };
    this.memory.writes.note({ kind: 'event', uuid: found.uuid, state, times: [window] });
  }

  /** The same of an event that is not in the data. */
  private noteAround(row: Row, window: Range): void {
    const found = thing('event', row);
    if (!found) return;
    const state = { ...found.state, published: '0' };
    this.memory.writes.note({ kind: 'event', uuid: found.uuid, state, times: [window], anyCount: true });
  }

  /** When MISP may have saved what it did: its clock counts seconds, and is known to one. */
  private get window(): Range {
    return [Math.floor(this.clock(this.began)) - 1, Math.ceil(this.clock(Date.now())) + 1];
  }
}

/** They may change any event. */
const OPEN = ['rest-call', 'run-module', 'run-workflow'];
const DONE = new Set<OperationResult['state']>(['done', 'partial', 'unknown']);

const refOf = ({ event }: { event: Ref }) => keysOf(event);

function eventOf(data: unknown): MispEvent | undefined {
  try {
    return eventHolder(data).Event;
  } catch (error) {
    if (error instanceof EventDataError) return undefined;
    throw error;
  }
}

/** The things of an event, by kind and uuid. */
function rowsOf(event: MispEvent): Map<string, Row> {
  const attributes = [...attributesIn(event)].map((row) => [`attribute ${uuidKey(row.uuid)}`, row] as const);
  const reports = reportsIn(event).map((row) => [`event-report ${uuidKey(row.uuid)}`, row] as const);
  return new Map<string, Row>([...attributes, ...reports, [`event ${uuidKey(event.uuid)}`, event]]);
}

/** The things of an event that an operation changes, as far as the data has them. */
function touchedBy(operation: MispOperation, event: MispEvent): Touched[] {
  const at = (kind: ThingKind, rows: Iterable<Row>): Touched[] =>
    [...rows].map((row) => ({
      ...{ kind, row, by: operation },
      before: stateOf(kind, row),
      timestamp: seconds(row.timestamp),
    }));
  const own = (ref: Ref) => (isSame(event, ref) ? at('event', [event]) : []);
  const among = (refs: readonly Ref[]) => find(attributesIn(event), refs).map(([row]) => row);
  switch (operation.do) {
    case 'attach-tags':
    case 'detach-tags': {
      const { scope, items } = operation;
      const reports = scope === 'event-report' ? find(reportsIn(event), items).map(([row]) => row) : [];
      const attributes = scope === 'attribute' ? among(items) : [];
      return [...at('attribute', attributes), ...at('event-report', reports), ...own(operation.event)];
    }
    case 'edit-attributes':
      return [...at('attribute', among(operation.changes.map(({ item }) => item))), ...own(operation.event)];
    case 'edit-event':
    case 'publish':
    case 'unpublish':
    case 'add-to-event':
      return own(operation.event);
    case 'add-sightings': {
      const values = new Set(operation.values);
      const byValue = [...attributesIn(event)].filter(
        ({ value }) => value !== undefined && values.has(value),
      );
      return at('sighting', new Set([...among(operation.items ?? []), ...byValue]));
    }
    default:
      return [];
  }
}
