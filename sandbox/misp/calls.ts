/** Counts REST calls, by method and path. */
export class CallCounter {
  /** `POST /attributes/addTag/selected`, ... in order; ids and named parameters are left out. */
  readonly list: string[] = [];
  /** Calls that were being answered at the same time, at most. */
  mostAtOnce = 0;
  private open = 0;

  begin(method: string, url: string): () => void {
    this.list.push(`${method} ${actionOf(url)}`);
    this.open += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.open);
    return () => {
      this.open -= 1;
    };
  }

  /** How often each was called. */
  get counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const call of this.list) counts[call] = (counts[call] ?? 0) + 1;
    return counts;
  }

  /** Calls that may change something: all POSTs that do not only look. */
  get writing(): string[] {
    return this.list.filter((call) => call.startsWith('POST ') && !READING.test(call));
  }

  reset(): void {
    this.list.length = 0;
    this.mostAtOnce = 0;
  }
}

const READING = /\/(?:restSearch|search|index|checkValue)$/;

/** Controller and action: `/events/edit/5` is `/events/edit`. */
function actionOf(url: string): string {
  const parts = url
    .split('?', 1)[0]
    .replace(/\.json$/, '')
    .split('/')
    .filter(Boolean);
  const kept = parts.filter((part, index) => index < 2 || part === 'selected');
  return `/${kept.join('/')}`;
}
