import { uptime } from '../clock';
import type { Exchange, Told } from '../news/exchange';
import { TooOften, type Acted, type OftenLimits } from './too-often';

interface RunNews extends Acted {
  /** The trigger's node. */
  trigger: string;
}

/** How often triggers ran for the same things: in this Node-RED, and in others that share what is known. */
export class RunCounts {
  private readonly triggers = new Map<string, TooOften>();
  private readonly tell: (news: RunNews) => void;

  constructor(
    exchange: Exchange,
    private readonly now: () => number = uptime,
  ) {
    this.tell = exchange.join({
      ...{ name: 'runs', read },
      hear: ({ trigger, ...acted }, ageMs) => this.triggers.get(trigger)?.hear(acted, ageMs),
    });
  }

  /** Counts for a trigger from now on. */
  of(trigger: string, limits: OftenLimits): TooOften {
    const often = new TooOften(limits, (acted) => this.tell({ trigger, ...acted }), this.now);
    this.triggers.set(trigger, often);
    return often;
  }

  /** The trigger is closed; another one may be in its place. */
  end(trigger: string, often: TooOften): void {
    if (this.triggers.get(trigger) === often) this.triggers.delete(trigger);
  }
}

/** As long as a fingerprint is. */
const THING = /^[\w-]{43}$/;

function read({ trigger, thing, forMs }: Told): RunNews | undefined {
  if (typeof trigger !== 'string' || typeof thing !== 'string' || typeof forMs !== 'number') return undefined;
  return THING.test(thing) && forMs >= 0 ? { trigger, thing, forMs } : undefined;
}
