import type { UpstreamCalls } from './upstream-call';

/** How often the list is asked for; sooner while there is no answer. */
const EVERY_MS = 30_000;
const AGAIN_MS = 5000;
/** A list takes about 100 KB; who sends more sends something else. */
const MOST_BYTES = 8 * 1024 * 1024;
const LIMIT_MS = 5000;

export interface Named {
  name: string;
}

/** The modules of the misp-modules behind a listener, as it last told them: MISP's questions never wait for it. */
export class UpstreamList {
  modules: Named[] = [];
  /** As it came. */
  text = '[]';
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  /**
   * @param known as it was last seen
   * @param changed told when the list is another one
   */
  constructor(
    private readonly calls: UpstreamCalls,
    known: string | undefined,
    private readonly changed: (text: string) => void,
  ) {
    this.take(known ?? '');
    void this.ask();
  }

  has(name: string): boolean {
    return this.modules.some((module) => module.name === name);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private async ask(): Promise<void> {
    let next = AGAIN_MS;
    try {
      const request = { method: 'GET', path: '/modules', headers: {} };
      const { status, body } = await this.calls.fetch(request, { ms: LIMIT_MS, most: MOST_BYTES });
      const text = body.toString();
      if (status === 200 && !this.closed && this.take(text)) next = EVERY_MS;
    } catch {
      // It is away: what it told last still counts.
    }
    if (!this.closed) this.timer = setTimeout(() => void this.ask(), next).unref();
  }

  /** Whether it is a list of modules. */
  private take(text: string): boolean {
    const modules = modulesIn(text);
    if (!modules) return false;
    if (text === this.text) return true;
    this.modules = modules;
    this.text = text;
    this.changed(text);
    return true;
  }
}

/** The modules in a text, if it is a list of them. */
export function modulesIn(text: string): Named[] | undefined {
  try {
    const list = JSON.parse(text) as unknown;
    if (!Array.isArray(list)) return undefined;
    return list.filter((one: Partial<Named> | null): one is Named => typeof one?.name === 'string');
  } catch {
    return undefined;
  }
}
