import type { Answers, Post } from './answers';
import { withoutCopy } from './body';
import type { Places } from './places';
import type { Storing } from './storing';
import type { Arrived } from './waiting';

/** Hands requests over to the main thread, or has them kept first. */
export class HandOver {
  constructor(
    private readonly places: Places,
    private readonly answers: Answers,
    private readonly post: Post,
    private readonly storing: Storing,
  ) {}

  /** @param living how many modules have a flow */
  pass(arrived: Arrived, living: number): void {
    const { query } = arrived;
    if (this.storing.concerns(arrived)) return this.storing.take(arrived);
    const obstacle = this.places.take(query, living);
    if (obstacle) return this.answers.byPolicy(query, obstacle);
    this.give(arrived);
  }

  private give({ query, scan }: Arrived): void {
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
