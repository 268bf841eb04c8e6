import type { ServerResponse } from 'node:http';
import { text, type Said, type Text } from '../../text';
import { kindOf } from '../kinds';
import type { Reply } from '../kinds/kind';
import type { Absence, FromWorker, OwnAnswer } from '../protocol';
import type { Query } from './query';

/** Sends a message to the main thread. */
export type Post = (message: FromWorker, transfer?: ArrayBuffer[]) => void;

/** What is answered when a flow is to decide and does not, by reason. */
const WORDS = {
  deadline: 'service.deadline',
  gone: 'service.gone',
  overload: 'service.overload',
  breaker: 'service.breaker',
  stopping: 'service.stopping',
} as const;

/**
 * The requests of which something is left, and what they are answered. An answer that no flow gave is told to the
 * main thread.
 */
export class Answers {
  /** Requests that could not be understood, ever. */
  rejected = 0;
  private readonly queries = new Map<number, Query>();

  /**
   * @param absence why no trigger can take requests
   * @param released nothing is left of a request
   */
  constructor(
    public absence: Absence | undefined,
    private readonly post: Post,
    private readonly released: (query: Query) => void,
  ) {}

  add(query: Query): void {
    this.queries.set(query.id, query);
  }

  get(id: number): Query | undefined {
    return this.queries.get(id);
  }

  get all(): Query[] {
    return [...this.queries.values()];
  }

  /** A request that cannot be understood is refused, whatever the settings are. */
  reject(query: Query, problem: Text): void {
    this.rejected++;
    this.finish(query, 'rejected', kindOf(query.module).refuse(problem));
  }

  /** Nobody decides, because the flows do not run. */
  absent(query: Query, { key, params }: Absence): void {
    const problem: Text = { key, params: { ...params, module: nameOf(query) } };
    this.finish(query, 'absent', kindOf(query.module).refuse(problem));
  }

  /** A request that was to be kept before it is accepted could not be kept. */
  unkept(query: Query, problem: Said): void {
    this.finish(query, 'unkept', kindOf(query.module).refuse(text('service.unkept', { problem })));
  }

  /** @param flushed called when the answer has left */
  byPolicy(query: Query, by: keyof typeof WORDS, flushed?: () => void): void {
    const { module } = query;
    const problem = text(WORDS[by], { module: nameOf(query) });
    const kind = kindOf(module);
    // Where the flow is gone, or does not run, nobody has decided that this is how to answer.
    const hasPolicy = module !== undefined && by !== 'gone' && this.absence === undefined;
    this.finish(query, by, hasPolicy ? kind.byPolicy(module, problem) : kind.refuse(problem), flushed);
  }

  /** The connection of a request was closed, perhaps before its answer. */
  closed(query: Query, response: ServerResponse): void {
    if (response.writableFinished || query.answered) return;
    query.abandon();
    this.post({ type: 'lost', id: query.id, module: nameOf(query) });
    if (!query.forwarded) this.release(query);
  }

  release(query: Query): void {
    if (!this.queries.delete(query.id)) return;
    query.end();
    this.released(query);
  }

  private finish(query: Query, by: OwnAnswer, reply: Reply, flushed?: () => void): void {
    if (!query.answer(reply, flushed)) return;
    if (by !== 'rejected') {
      this.post({ type: 'answered', id: query.id, by, module: nameOf(query), blocked: reply.blocks });
    }
    // What the main thread holds counts until it says that it is through.
    if (!query.forwarded) this.release(query);
  }
}

const nameOf = ({ module }: Query) => module?.name ?? '';
