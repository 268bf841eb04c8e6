import type { OwnAnswer, ServiceCounts } from '../listener/protocol';
import { refusedBy } from '../listener/shut-out';
import type { ListenerService, ServiceState } from '../listener/service';
import { text, type Said } from '../text';
import type { Place, Tell } from './alert';

/** Why the service answered on its own. */
const WHY: Readonly<Record<OwnAnswer, (module: string) => Said>> = {
  deadline: (module) => text('service.deadline', { module }),
  gone: (module) => text('service.gone', { module }),
  overload: () => text('service.overload'),
  breaker: (module) => text('service.breaker', { module }),
  stopping: () => text('service.stopping'),
  rejected: () => text('alert.rejected'),
  absent: () => text('alert.absent'),
  unkept: () => text('alert.notKept'),
};

/** What is told of a listener: that MISP does not get in, is answered without a flow, or does not ask any more. */
export class ListenerAlerts {
  private refused: number;
  /** Of several MISPs, by name. */
  private refusedBy: ReadonlyMap<string, number>;
  /** When it was told last that MISP does not ask. */
  private silenceToldAt = 0;

  /** @param silenceMs so long MISP may not ask; 0 if it may be silent */
  constructor(
    private readonly service: ListenerService,
    private readonly listener: Place,
    private readonly silenceMs: number,
    private readonly tell: Tell,
  ) {
    this.refused = service.counts.refused;
    this.refusedBy = this.countsBy(service.counts);
    service.on('state', this.onState);
    service.on('counts', this.onCounts);
    service.on('answeredFor', this.onAnsweredFor);
    this.onState(service.current);
  }

  close(): void {
    const { service } = this;
    service.off('state', this.onState);
    service.off('counts', this.onCounts);
    service.off('answeredFor', this.onAnsweredFor);
  }

  /** Looks whether MISP has been silent for too long; to be called now and then. */
  look(now = Date.now()): void {
    const { service, silenceMs } = this;
    const announced = service.modules.filter(({ name }) => service.isAnnounced(name));
    if (silenceMs <= 0 || announced.length === 0) return;
    const asked = announced.map(({ name }) => service.contact(name).askedAt ?? 0);
    const since = Math.max(service.contact().since, ...asked);
    if (now - Math.max(since, this.silenceToldAt) < silenceMs) return;
    this.silenceToldAt = now;
    this.tellOf('silent', { at: now, since });
  }

  private readonly onState = (state: ServiceState): void => {
    if (state.state !== 'failed') return;
    const { host, port } = this.service.settings;
    const isTaken = state.code === 'EADDRINUSE';
    const reason = isTaken
      ? text('service.portInUse', { port })
      : text('service.cannotListen', { host, port, problem: state.message });
    this.tellOf('deaf', { reason });
  };

  private readonly onCounts = (counts: ServiceCounts): void => {
    const { refused } = counts;
    const [before, now] = [this.refusedBy, this.countsBy(counts)];
    let more = refused - this.refused;
    this.refused = refused;
    this.refusedBy = now;
    for (const [caller, count] of now) {
      const own = count - (before.get(caller) ?? 0);
      if (own <= 0) continue;
      more -= own;
      this.tellOf('refused', { count, caller, of: `${this.listener.id} ${caller}` });
    }
    if (more > 0) this.tellOf('refused', { count: refused });
  };

  private countsBy(counts: ServiceCounts): Map<string, number> {
    const { callers } = this.service.settings;
    return new Map(refusedBy(counts, callers).map(({ name, refused }) => [name, refused]));
  }

  /** What a flow worked on is told as its run. */
  private readonly onAnsweredFor = (answer: {
    module: string;
    by: OwnAnswer;
    blocked: boolean;
    inHand: boolean;
  }): void => {
    const { module, by, blocked, inHand } = answer;
    if (inHand) return;
    this.tell({
      cause: by === 'deadline' ? 'deadline' : 'policy',
      ...{ at: Date.now(), reason: WHY[by](module), of: module, module, node: this.listener },
      outcome: blocked ? 'block' : 'allow',
    });
  };

  private tellOf(
    cause: 'refused' | 'deaf' | 'silent',
    more: { at?: number; reason?: Said; count?: number; since?: number; caller?: string; of?: string },
  ): void {
    const { listener } = this;
    this.tell({ cause, at: Date.now(), reason: '', of: listener.id, node: listener, ...more });
  }
}
