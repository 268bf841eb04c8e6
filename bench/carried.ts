/** How busy a thread may be: beyond that, what comes in bursts waits. */
const BUSY = 0.8;

/** Processor time of one request, in milliseconds. */
export interface Costs {
  /** Of a Node-RED, all of its threads. */
  nodeRed: number;
  /** Of that thread of it that has the most to do. */
  busiest: number;
  redis: number;
  /** Of the thread that does what Redis is told. */
  redisBusiest: number;
}

export interface Carried {
  count: number;
  perSecond: number;
  /** Of the time of Redis's busiest thread. */
  redis: number;
  /** That are busy, of Node-REDs and Redis together. */
  processors: number;
}

/**
 * What Node-REDs on one Redis carry if each has processors of its own: as much as the busiest thread of
 * each, or that of Redis, can do.
 * @returns for each number of Node-REDs; and up to how many of them are the limit themselves
 */
export function carried(
  { nodeRed, busiest, redis, redisBusiest }: Costs,
  most: number,
): { table: Carried[]; first: number } {
  const [byNodeRed, byRedis] = [(1000 * BUSY) / busiest, (1000 * BUSY) / redisBusiest];
  const table = Array.from({ length: most }, (_, index) => {
    const count = index + 1;
    const perSecond = Math.min(count * byNodeRed, byRedis);
    return {
      ...{ count, perSecond },
      redis: (perSecond * redisBusiest) / 1000,
      processors: (perSecond * (nodeRed + redis)) / 1000,
    };
  });
  return { table, first: Math.floor(byRedis / byNodeRed) };
}
