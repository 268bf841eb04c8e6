import type { Verdict } from '../runs/verdict';
import type { Said } from '../text';
import type { KindName, ModuleOf, RequestOf } from './kinds';
import type { OwnAnswer } from './protocol';

/** A request of MISP that a flow has to answer. */
export interface OpenQuery<K extends KindName = 'action'> {
  readonly module: string;
  /** The user who asked; empty where nobody has to say so. */
  readonly caller: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly deadline: number;
  /** Seconds after which MISP gives up, if it said so and that is before the flow's own deadline. */
  readonly mispTimeout?: number;
  readonly request: RequestOf<K>;
  /** Answers MISP; only the first call counts. */
  answer(verdict: Verdict): void;
  /** Answers MISP although the flow goes on: the request counts as accepted until `left` is called. */
  accept(verdict: Verdict): void;
  /** Nothing of the accepted request is under way any more. */
  left(): void;
  /** Breaks the connection off without an answer, as if the process had died. */
  drop(): void;
  /** Gives the request back: it is handed over again when the flow runs. */
  giveBack(): void;
  /** Of a request that is kept until its run has ended. */
  readonly kept?: {
    /** 1, or more if a flow may have had it before. */
    attempt: number;
    /** Nothing more can happen in its run: it is not needed any more. */
    ended(): void;
  };
}

/** The text of a request, while it is at hand. It is not changed afterwards, and may be kept. */
export interface RequestText {
  bytes: Uint8Array;
  flattenedCut: boolean;
}

/** What a trigger gives the service. */
export interface ModuleOwner<K extends KindName = 'action'> {
  module: ModuleOf<K>;
  /** @param text missing for a request that is handed over again */
  onQuery(query: OpenQuery<K>, text?: RequestText): void;
  /** The service has answered on its own, such as when the time was up; or MISP hung up (`lost`). */
  onEnded(query: OpenQuery<K>, by: OwnAnswer | 'lost', blocked: boolean): void;
  /** An answer came after the service's own. */
  onLate(wouldBlock: boolean): void;
  /** The service answered without asking the flow. */
  onAnsweredFor(by: OwnAnswer, blocked: boolean): void;
  /** A request that was accepted could not be read, and was put aside. */
  onUnreadable?(problem: Said): void;
}

/** A trigger's hold on the module that it announces. */
export interface Announcement {
  /** The flow runs: requests are handed over. */
  open(): void;
  /** Nodes are being stopped: requests wait. */
  pause(): void;
  /**
   * The trigger is closed. Requests wait for the next one: when the flows have started without it, the module
   * is gone (`announceGone`).
   */
  end(): void;
}
