import type { SentRequest } from '../service/action-service';

/** What came of a trigger. */
export interface Outcome {
  /** Counts up from 1. */
  id: number;
  /** When it was known. */
  at: string;
  trigger: string;
  /** The event it was about, if the data names it. */
  eventId?: string;
  /** The first module of the Action service in the workflow. */
  module?: string;
  /** The trigger is one that can be stopped. */
  blocking: boolean;
  /** The operation was stopped. */
  blocked: boolean;
  /** What the block gave as error that stopped it, or failed last. */
  reason?: string;
  /** All errors with node and workflow, as MISP hands them on. */
  nodeError?: string;
  /** Why MISP has no verdict of a module. Unless another block stopped it, it went on as if allowed. */
  failedOpen?: string;
  /** MISP's own code broke: the operation ends with an internal error, and no row in the log tells why. */
  crashed?: string;
  /** Titles of the rows that MISP wrote to its log. */
  log: string[];
  /** Lines of `error.log`. */
  errors: string[];
  /** From the first request to the last answer, in milliseconds. */
  waitedMs: number;
  requests: SentRequest[];
}

/** The longest argument of a Linux command: older MISPs hand the data of background runs to a process that way. */
export const ARGUMENT_TOO_LONG = 'Argument list too long';
