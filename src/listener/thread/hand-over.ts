import type { Answers, Post } from './answers';
import { withoutCopy } from './body';
import type { Places } from './places';
import type { Query } from './query';
import type { Arrived } from './waiting';

/**
 * What must be done with a request before a flow gets it and MISP can be told that it was accepted; undefined if
 * there is nothing to wait for. If it fails the request is refused.
 * @param body not to be changed, and only to be read until the promise has come to its end
 */
export type Keep = (query: Query, body: Uint8Array) => Promise<void> | undefined;

/** Hands requests over to the main thread. */
export class HandOver {
  constructor(
    private readonly places: Places,
    private readonly answers: Answers,
    private readonly post: Post,
    private readonly keep?: Keep,
  ) {}

  /** @param living how many modules have a flow */
  pass(arrived: Arrived, living: number): void {
    const { query } = arrived;
    const obstacle = this.places.take(query, living);
    if (obstacle) return this.answers.byPolicy(query, obstacle);
    const kept = this.keep?.(query, query.body.content);
    if (!kept) return this.give(arrived);
    kept.then(
      () => this.give(arrived),
      (error: Error) => this.answers.fail(query, error),
    );
  }

  private give({ query, scan }: Arrived): void {
    if (query.answered) return; // while it was being kept
    query.forwarded = true;
    const body = withoutCopy(query.body.content, scan);
    query.body.discard();
    const head = {
      id: query.id,
      module: query.module?.name ?? '',
      caller: query.caller,
      receivedAt: query.receivedAt,
      deadline: query.deadline,
      mispTimeout: query.mispTimeout,
      flattenedCut: scan.flattened !== undefined,
      suspicious: scan.suspicious,
      keyed: scan.keyed,
    };
    this.post({ type: 'query', head, body }, [body.buffer]);
  }
}
