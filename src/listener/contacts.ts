import { uptime, wallClock } from '../clock';
import type { Contact } from './contact';

/** When MISP was heard of, in moments of `uptime`. */
export interface Heard {
  /** It fetched the list of modules. */
  fetched?: number;
  /** It asked a module, by name. */
  asked: Map<string, number>;
}

/** Notes in the service's thread when MISP comes, so that it can be told now and then, not each time. */
export class Contacts {
  private heard: Heard = { asked: new Map() };
  private isNew = false;

  /** MISP fetched the list of modules. */
  fetched(): void {
    this.heard.fetched = uptime();
    this.isNew = true;
  }

  /** MISP asked a module. */
  asked(module: string): void {
    this.heard.asked.set(module, uptime());
    this.isNew = true;
  }

  /** What there is since it was last taken; undefined if nothing is. */
  take(): Heard | undefined {
    if (!this.isNew) return undefined;
    const { heard } = this;
    this.heard = { asked: new Map() };
    this.isNew = false;
    return heard;
  }
}

/** What the service's threads have told: outlives them, and all nodes. */
export class LastContact {
  private readonly since = uptime();
  private fetched: number | undefined;
  private readonly asked = new Map<string, number>();

  note({ fetched, asked }: Heard): void {
    this.fetched = fetched ?? this.fetched;
    for (const [module, moment] of asked) this.asked.set(module, moment);
  }

  of(module: string): Contact {
    const at = (moment: number | undefined) => (moment === undefined ? undefined : wallClock(moment));
    return { since: wallClock(this.since), fetchedAt: at(this.fetched), askedAt: at(this.asked.get(module)) };
  }
}
