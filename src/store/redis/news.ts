import type { ScriptedClient } from './scripts';

/** So many are kept: what is told in ten minutes, for a process that has just started. */
const MOST = 20_000;
const KEPT_MS = 10 * 60_000;

/** How long one look waits for more, in milliseconds, and so many it takes at a time. */
const WAIT_MS = 5000;
const AT_ONCE = 500;

/** Pause after a failure, in milliseconds. */
const PAUSE_MS = 1000;

/** What the processes that share a Redis tell each other, in order: a stream. */
export class News {
  private isClosed = false;

  /**
   * @param teller sends
   * @param reader waits for what comes: for nothing else
   * @param owner this process
   */
  constructor(
    private readonly teller: ScriptedClient,
    private readonly reader: ScriptedClient,
    private readonly key: string,
    private readonly owner: string,
  ) {}

  async tell(news: readonly string[]): Promise<void> {
    const told = news.map((one) =>
      this.teller.xadd(this.key, 'MAXLEN', '~', MOST, '*', 'owner', this.owner, 'news', one),
    );
    await Promise.all(told);
  }

  /**
   * Gives what others tell, from what was told ten minutes ago on, until it is closed.
   * @param onError what failed; it goes on
   */
  async listen(hear: (news: string, ageMs: number) => void, onError: (error: Error) => void): Promise<void> {
    let after = `${Date.now() - KEPT_MS}-0`;
    while (!this.isClosed) {
      try {
        const found = await this.reader.xread(
          ...(['COUNT', AT_ONCE, 'BLOCK', WAIT_MS, 'STREAMS', this.key, after] as const),
        );
        for (const [id, fields] of found?.[0]?.[1] ?? []) {
          after = id;
          const { owner, news } = named(fields);
          const ageMs = Math.min(KEPT_MS, Math.max(0, Date.now() - Number.parseInt(id)));
          if (news !== undefined && owner !== this.owner) hear(news, ageMs);
        }
      } catch (error) {
        if (this.isClosed) return;
        onError(error as Error);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
      }
    }
  }

  close(): void {
    this.isClosed = true;
  }
}

function named(fields: readonly string[]): Record<string, string | undefined> {
  const found: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let at = 0; at + 1 < fields.length; at += 2) found[fields[at]] = fields[at + 1];
  return found;
}
