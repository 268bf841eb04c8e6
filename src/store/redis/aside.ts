import type { AsideReason, QueueOverview } from '../../queue/overview';
import type { Lane } from './lane';
import type { BullJob } from './packages';
import type { Place, RedisRequests } from './requests';

/** How many of those that were put aside are listed. */
const MOST_LISTED = 200;

/** A request that was put aside, and its job that has failed. */
export interface Aside extends Place {
  id: number;
  job: BullJob;
}

/** What was put aside, as it is known to those who look at the list: by numbers of this process. */
export class PutAside {
  private known = new Map<number, Aside>();

  /** @param newId a number that nothing else has */
  constructor(
    private readonly lanes: ReadonlyMap<string, Lane>,
    private readonly requests: RedisRequests,
    private readonly newId: () => number,
  ) {}

  /** The latest first. */
  async all(): Promise<Aside[]> {
    const ids = new Map([...this.known.values()].map(({ key, id }) => [key, id]));
    const all: Aside[] = [];
    for (const lane of this.lanes.values()) {
      for (const job of await lane.queue.getFailed(0, -1)) {
        if (!job) continue;
        const place = { key: job.id, lane: lane.name, event: job.data.event };
        all.push({ ...place, job, id: ids.get(job.id) ?? this.newId() });
      }
    }
    this.known = new Map(all.map((one) => [one.id, one]));
    return all.sort((a, b) => (b.job.finishedOn ?? 0) - (a.job.finishedOn ?? 0));
  }

  /** Those that are meant; none if it is not known. */
  async chosen(which: { id: number } | 'all'): Promise<Aside[]> {
    if (which === 'all') return this.all();
    const one = this.known.get(which.id);
    return one ? [one] : [];
  }

  async shown(): Promise<QueueOverview['aside']> {
    const aside = (await this.all()).slice(0, MOST_LISTED);
    return Promise.all(aside.map((one) => this.row(one)));
  }

  private async row({ id, key, lane, job }: Aside): Promise<QueueOverview['aside'][number]> {
    const { receivedAt, size, attempts } = await this.requests.summaryOf(key);
    const reason: AsideReason = job.failedReason === 'unreadable' ? 'unreadable' : 'died';
    const module = lane.slice(lane.lastIndexOf('.') + 1);
    return { id, module, receivedAt, asideAt: job.finishedOn ?? 0, size, attempts, reason };
  }
}
