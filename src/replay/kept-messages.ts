import { hideSecretsOf } from '../triggers/secrets';
import { fits } from './fits';

/** What a message had when it went from an output of one node to another. */
export interface KeptMessage {
  from: string;
  port: number;
  to: string;
  /** Milliseconds since 1970. */
  at: number;
  /** The payload in JSON; nothing if it was too large to be kept. */
  json?: string;
}

/** Bounds of what is kept; the bytes are characters of JSON. */
export interface KeepLimits {
  /** All together. */
  bytes: number;
  /** Of one message. */
  messageBytes: number;
  /** Of one run. */
  messages: number;
}

const LIMITS: KeepLimits = { bytes: 16 * 1024 * 1024, messageBytes: 1024 * 1024, messages: 100 };

/**
 * The data of messages between nodes, in memory, for a number of runs that somebody asked for. What was kept for earlier
 * runs is given up first.
 */
export class KeptMessages {
  private readonly runs = new Map<string, KeptMessage[]>();
  private bytes = 0;

  constructor(private readonly limits = LIMITS) {}

  has(run: string): boolean {
    return this.runs.has(run);
  }

  of(run: string): readonly KeptMessage[] {
    return this.runs.get(run) ?? [];
  }

  /** Messages of this run are kept from now on. */
  begin(run: string): void {
    this.runs.set(run, []);
  }

  /** @param trigger its id in MISP, which tells what may be secret */
  keep(run: string, where: Omit<KeptMessage, 'json'>, payload: unknown, trigger: string): void {
    const messages = this.runs.get(run);
    if (!messages || messages.length >= this.limits.messages) return;
    const json = this.jsonOf(payload, trigger);
    // Most nodes pass on what they got.
    const same = messages.findLast((message) => message.json === json);
    messages.push({ ...where, ...(json === undefined ? {} : { json: same?.json ?? json }) });
    this.bytes += 200 + (same ? 0 : (json?.length ?? 0));
    this.makeRoom(run);
  }

  private jsonOf(payload: unknown, trigger: string): string | undefined {
    try {
      if (!fits(payload, this.limits.messageBytes)) return undefined;
      const copy = JSON.parse(JSON.stringify(payload) ?? 'null') as unknown;
      hideSecretsOf(trigger, copy);
      const json = JSON.stringify(copy);
      return json.length > this.limits.messageBytes ? undefined : json;
    } catch {
      // A flow may put anything into a message.
      return undefined;
    }
  }

  private makeRoom(current: string): void {
    for (const [run, messages] of this.runs) {
      if (this.bytes <= this.limits.bytes) return;
      if (run !== current) this.runs.delete(run);
      else messages.splice(0, messages.length - 1);
      this.bytes = this.count();
    }
  }

  private count(): number {
    let bytes = 0;
    for (const messages of this.runs.values())
      for (const json of new Set(messages.map((message) => message.json))) bytes += 200 + (json?.length ?? 0);
    return bytes;
  }
}
