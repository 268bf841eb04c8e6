/** How a Redis is reached, and under which names things are kept there. */
export interface RedisSettings {
  host: string;
  port: number;
  /** Empty: the user `default`. */
  user: string;
  password: string;
  /** What TLS needs besides; undefined: in the open. */
  tls?: { verify: boolean; ca?: string; cert?: string; key?: string; passphrase?: string };
  /** What all keys begin with: Node-REDs with the same one share what is kept. */
  prefix: string;
}

/** How patient a queue in Redis is. */
export interface RedisPace {
  /** A process that does not say for so long that a run goes on is taken for dead, in milliseconds. */
  lockMs: number;
  /** Between two looks for runs of dead processes, in milliseconds. */
  stalledMs: number;
  /** Between two signs of life, in milliseconds. */
  beatMs: number;
  /** What came in, and of which its process has said no more for so long, is looked at, in milliseconds. */
  enteringMs: number;
  /** How long an answer to "keep this" is waited for, in milliseconds. */
  answerMs: number;
}

/** Answers take no longer than MISP waits. */
const ANSWER_MS = 10_000;

/** @param deadAfterMs a process that was not heard of for so long is taken for dead */
export const paceOf = (deadAfterMs: number): RedisPace => ({
  lockMs: deadAfterMs,
  // Redis takes whole numbers.
  stalledMs: Math.round(deadAfterMs / 3),
  beatMs: Math.round(deadAfterMs / 3),
  enteringMs: deadAfterMs * 2,
  answerMs: ANSWER_MS,
});

export const REDIS_PACE = paceOf(15_000);
