import type { RetryBody, RetryHead } from '../retry/entry';

/** What is asked of the thread that keeps what is tried again. */
export type RetryQuestion =
  | { do: 'all' }
  | { do: 'body'; of: string }
  | { do: 'put'; head: RetryHead; body?: RetryBody }
  | { do: 'forget'; ids: readonly string[] };
