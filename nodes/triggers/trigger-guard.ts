import { attributeKeys, ECHOING, entityOf, eventKeys, thingOf } from '../../src/echo/things';
import type { TooOften } from '../../src/echo/too-often';
import { setMisp } from '../../src/runs/message';
import type { Run } from '../../src/runs/run';
import { WorkflowError } from '../../src/text';
import type { Fields } from '../definition';
import type { Runtime } from '../runtime';
import type { TriggerMessage } from './trigger-runs';

/** How a trigger keeps its flow from calling itself. */
export interface GuardSettings {
  /** What becomes of an echo of our own writes; for triggers that MISP waits for it always runs. */
  echoes: 'end' | 'run';
  mostRuns: number | string;
  /** In seconds. */
  mostRunsIn: number | string;
}

/** Those of them that all triggers have. */
export const LIMIT_FIELDS = {
  mostRuns: { kind: 'number', default: 10, min: 1, max: 1_000_000, advanced: true },
  mostRunsIn: { kind: 'number', default: 60, min: 1, max: 3600, unit: 's', advanced: true },
} as const satisfies Fields;

/** Whether an error says that a trigger had too many runs. */
export function isTooOften(error: unknown): boolean {
  return error instanceof WorkflowError && error.key === 'trigger.tooOften';
}

/** What a request is about. */
export interface Asked {
  trigger: string;
  data: unknown;
  /** Of questions about one attribute: its names. */
  attributes?: readonly string[];
  /** What is counted, if it is not what the data tells. */
  entity?: string;
}

/** `ends`: the flow does not get the message. */
export type Entering = 'goes' | 'ends';

/** No longer is it waited for the end of a write that may have led to a trigger, in milliseconds. */
const MOST_WAIT_MS = 30_000;

/** What of ours leads MISP to ask, while the call is under way. */
const LEADS: Readonly<Record<string, ((operation: string) => boolean) | undefined>> = {
  'ad-hoc': (operation) => operation === 'run-workflow',
  'event-publish': (operation) => operation === 'publish',
  'event-before-save': (operation) => operation !== 'add-sightings' && operation !== 'discard-proposal',
  'shadow-attribute-before-save': (operation) => operation === 'accept-proposal',
};

/**
 * Decides what becomes of a request before the flow gets it: whether it is an echo of what this Node-RED wrote, and
 * whether its trigger had too many runs for the same thing. An echo never ends where MISP waits for the flow: that would
 * be a way around it.
 */
export class TriggerGuard {
  private readonly often: TooOften;
  private readonly doNotWant: () => void;

  /** @param id the trigger's node */
  constructor(
    private readonly id: string,
    private readonly settings: GuardSettings,
    private readonly runtime: Pick<Runtime, 'ownWrites' | 'ownQuestions' | 'runCounts' | 'journal'>,
    wants: boolean,
  ) {
    const { mostRuns, mostRunsIn } = settings;
    const limits = { runs: Number(mostRuns), withinMs: Number(mostRunsIn) * 1000 };
    this.often = runtime.runCounts.of(id, limits);
    this.doNotWant = wants ? runtime.ownWrites.want() : () => undefined;
  }

  close(): void {
    this.doNotWant();
    this.runtime.runCounts.end(this.id, this.often);
  }

  /** @throws {WorkflowError} if the thing had too many runs */
  enter(asked: Asked, run: Run, message: TriggerMessage): Entering | Promise<Entering> {
    const { trigger, data } = asked;
    const told = ECHOING.includes(trigger) ? thingOf(trigger, data) : undefined;
    if (!told) return this.decide(this.isAsked(asked), false, asked, run, message);
    const { ownWrites } = this.runtime;
    const events = eventKeys(data);
    let isEcho = false;
    const look = () => (isEcho ||= ownWrites.accounts(told, this.id));
    if (look() || !ownWrites.isWriting(events)) return this.decide(isEcho, true, asked, run, message);
    const known = ownWrites.until(look, events, MOST_WAIT_MS);
    return known.then(() => this.decide(isEcho || look(), true, asked, run, message));
  }

  /** Whether MISP asks what a call of ours has led to. It is a hint: another's call cannot be told from ours. */
  private isAsked({ trigger, data, attributes = attributeKeys(data) }: Asked): boolean {
    const { ownWrites, ownQuestions } = this.runtime;
    if (trigger === 'enrichment-before-query' || trigger === 'expansion')
      return ownQuestions.account(attributes, this.id);
    const leads = Object.hasOwn(LEADS, trigger) ? LEADS[trigger] : undefined;
    return leads !== undefined && ownWrites.isDoing(eventKeys(data), leads);
  }

  private decide(
    isEcho: boolean,
    mayEnd: boolean,
    { trigger, data, entity = entityOf(trigger, data) }: Asked,
    run: Run,
    message: TriggerMessage,
  ): Entering {
    const ends = isEcho && mayEnd && this.settings.echoes === 'end';
    if (isEcho) {
      setMisp(message, { echo: true });
      this.runtime.journal.write(run.id, { what: 'echo', ends });
    }
    if (ends || entity === undefined) return ends ? 'ends' : 'goes';
    if (this.often.isReached(entity)) throw this.tooOften();
    this.often.count(entity, run.trace);
    return 'goes';
  }

  private tooOften(): WorkflowError {
    const { mostRuns: count, mostRunsIn: seconds } = this.settings;
    return new WorkflowError('trigger.tooOften', { count: String(count), seconds: String(seconds) });
  }
}
