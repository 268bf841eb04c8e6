import { WorkflowError, type Made, type TextKey } from '../text';

/** The texts of `src/event` and `src/logic`: those without a room before their name. */
export type EventErrorKey = Exclude<TextKey, `${string}.${string}`>;

/** What the data or a condition made impossible: wrong shapes, parameters that cannot be read. */
export class EventDataError extends WorkflowError {
  constructor(...made: Made<EventErrorKey>) {
    super(...made);
    this.name = 'EventDataError';
  }
}

/** The data lacks what MISP says there is. */
export class ThinDataError extends EventDataError {
  /** What a node shows in its status. */
  readonly status = 'thin';

  constructor(...made: Made<EventErrorKey>) {
    super(...made);
    this.name = 'ThinDataError';
  }
}

/** A hash path that cannot be parsed or applied. */
export class HashPathError extends EventDataError {
  constructor(...made: Made<EventErrorKey>) {
    super(...made);
    this.name = 'HashPathError';
  }
}
