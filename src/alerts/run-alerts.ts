import { briefText } from '../history/brief';
import type { Hide } from '../history/hidden';
import type { About } from '../runs/about';
import type { Entry } from '../runs/journal';
import type { Cause as VerdictCause, Verdict } from '../runs/verdict';
import { words, type Said } from '../text';
import type { Alert, Place, RunCause, Tell } from './alert';

/** So many runs are known at most; more are never under way at a time. */
const MOST_RUNS = 5000;

/** What is known of a run as long as it is under way. */
interface KnownRun {
  run: string;
  trigger: string;
  module: string;
  node?: Place;
  about?: About;
  /** That a node failed was told, or left out. */
  hasFailed: boolean;
  /** What may be said of its data, as it began. */
  hide?: Hide;
}

/** What a verdict is told as, if it is told. */
const TOLD: Readonly<Record<VerdictCause, RunCause | undefined>> = {
  ...{ response: undefined, ended: undefined, accepted: undefined },
  ...{ deadline: 'deadline', lost: 'lost' },
  ...{ error: 'policy', unanswered: 'policy', uncleared: 'policy', gone: 'policy' },
};

/** What of MISP's runs is to be told: a sink of the journal. Test runs and replays are nobody's trouble. */
export class RunAlerts {
  private readonly runs = new Map<string, KnownRun>();

  /**
   * @param wants whether a cause is told at all
   * @param hideOf what may be said of the texts of a run
   */
  constructor(
    private readonly wants: (cause: RunCause) => boolean,
    private readonly hideOf: (run: string) => Hide | undefined,
    private readonly tell: Tell,
  ) {}

  /** Takes an entry of the journal. */
  readonly sink = (entry: Entry): void => {
    if (entry.what === 'received') return this.begin(entry);
    const known = this.runs.get(entry.run);
    if (!known) return;
    if (entry.what === 'failed') this.failed(known, entry);
    else if (entry.what === 'answered') this.answered(known, entry);
    else if (entry.what === 'ended') this.runs.delete(entry.run);
  };

  /** How many runs are known. */
  get size(): number {
    return this.runs.size;
  }

  private begin({ run, node, trigger, module, about, test, replay }: Entry & { what: 'received' }): void {
    if (test || replay !== undefined) return;
    this.runs.set(run, { run, node, trigger, module, about, hasFailed: false, hide: this.hideOf(run) });
    for (const oldest of this.runs.keys()) {
      if (this.runs.size <= MOST_RUNS) break;
      this.runs.delete(oldest);
    }
  }

  private failed(known: KnownRun, { node, problem, at }: Entry & { what: 'failed' }): void {
    if (known.hasFailed || !this.wants('failed')) return;
    known.hasFailed = true;
    this.tellOf(known, problem, { cause: 'failed', at, ...(node ? { node } : {}) });
  }

  private answered(known: KnownRun, { verdict, at }: Entry & { what: 'answered' }): void {
    const cause = causeOf(verdict);
    // One of the same trouble is enough.
    const isTold = verdict.cause === 'error' && known.hasFailed;
    if (!cause || isTold || !this.wants(cause)) return;
    const { outcome, reason = '' } = verdict;
    this.tellOf(known, reason, { cause, at, outcome });
  }

  private tellOf(
    { run, trigger, module, node, about, hide: first }: KnownRun,
    reason: Said,
    told: Pick<Alert, 'cause' | 'at' | 'node' | 'outcome'>,
  ): void {
    // A run of very many may be forgotten by who knows what is to be hidden.
    const hide = this.hideOf(run) ?? first ?? ((text: string) => text);
    this.tell({
      node,
      ...told,
      reason: briefText(hide(words(reason))),
      of: node?.id ?? module,
      ...{ run, trigger, module },
      ...(about ? { about: hidden(about, hide) } : {}),
    });
  }
}

function causeOf({ outcome, cause }: Verdict): RunCause | undefined {
  return TOLD[cause] ?? (outcome === 'block' ? 'blocked' : undefined);
}

function hidden(about: About, hide: Hide): About {
  return Object.fromEntries(Object.entries(about).map(([name, value]) => [name, hide(value as string)]));
}
