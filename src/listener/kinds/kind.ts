import type { Verdict } from '../../runs/verdict';
import type { Said } from '../../text';
import type { RequestBody } from '../request';
import type { HandOn } from './front';

/** What every module tells the service, whatever its kind is. */
export interface Module {
  kind: string;
  /** The name in MISP: lower-case letters, digits and underscores. */
  name: string;
  description: string;
  /** Milliseconds from the request until the service answers without the flow. */
  deadlineMs: number;
}

/** An answer to `POST /query`. Its status is always 200: MISP takes no other for an answer. */
export interface Reply {
  /** The body, as JSON. */
  body: string;
  /** MISP does not get what it asked for: it stops, or has no result. */
  blocks: boolean;
  /** In place of a body: what the flow stands in front of goes on, with these changes. */
  handOn?: HandOn;
}

/** What is particular to a kind. */
export interface KindTypes {
  module: Module;
  /** What the flow gets. */
  request: unknown;
}

/**
 * A kind of module: what MISP is told of it, and what it is answered. Used in the service's thread, but for `read`
 * and `reply`, which the main thread uses.
 */
export interface Kind<T extends KindTypes> {
  /** Its entry in `GET /modules`. */
  describe(module: T['module']): object;
  /** How long a flow may take if its node does not say, in milliseconds. MISP waits 10 s, for a hover 5 s. */
  defaultDeadlineMs(module: Omit<T['module'], 'deadlineMs'>): number;
  /** MISP is answered as soon as the flow has the request: what is under way then has no one waiting for it. */
  goesOnAtOnce(module: T['module']): boolean;
  /** MISP does nothing else while it waits, so a flow that times out again and again is spared for a while. */
  stallsMisp(module: T['module']): boolean;
  /** Whose places its runs take: neither of the two can starve the other. */
  readonly quota: 'triggers' | 'modules';
  /**
   * The request as the flow gets it: nothing is in it that a flow must not see.
   * @throws {WorkflowError} that says what is missing
   */
  read(body: RequestBody, module: T['module']): T['request'];
  /** The answer to what the flow came to. */
  reply(verdict: Verdict): Reply;
  /**
   * The answer when nobody decides: the flow is gone, does not run or has failed to take the request, or nobody can
   * read the request (too large, no JSON, too deep).
   * @param problem for whoever reads MISP's log or page
   */
  refuse(problem: Said): Reply;
  /** The answer when the flow has none in time, or there is no room: what the module's settings say. */
  byPolicy(module: T['module'], problem: Said): Reply;
}
