import type { NodeAPI } from 'node-red';
import type { Alert, Place, Tell } from '../../src/alerts/alert';
import { ListenerAlerts } from '../../src/alerts/listener-alerts';
import type { ListenerService } from '../../src/listener/service';
import { labelOf } from '../../src/runs/reception';
import type { BrokenNode } from '../adaptor';
import type { ListenerNode } from '../config/misp-listener';

/** How often it is looked whether MISP is silent, in milliseconds. */
const LOOK = { least: 100, most: 60_000 };

/** Watches the services of all listeners that are deployed. */
export class AlertListeners {
  private readonly watched = new Map<ListenerService, ListenerAlerts>();
  private readonly timer: NodeJS.Timeout | undefined;

  /** @param silenceMs so long MISP may not ask a listener; 0 if it may be silent */
  constructor(
    private readonly RED: NodeAPI,
    private readonly silenceMs: number,
    private readonly tell: Tell,
  ) {
    if (silenceMs <= 0) return;
    const everyMs = Math.min(LOOK.most, Math.max(LOOK.least, silenceMs / 10));
    this.timer = setInterval(() => {
      for (const alerts of this.watched.values()) alerts.look();
    }, everyMs).unref();
  }

  /** The flows run: watches the listeners that are there now. */
  renew(): void {
    const deployed = this.deployed();
    const services = new Set(deployed.map(({ service }) => service));
    for (const [service, alerts] of this.watched) {
      if (services.has(service)) continue;
      alerts.close();
      this.watched.delete(service);
    }
    for (const listener of deployed) {
      const { service } = listener;
      const place = placeOf(listener);
      if (!service) this.tell(brokenAlert(place, listener));
      else if (!this.watched.has(service))
        this.watched.set(service, new ListenerAlerts(service, place, this.silenceMs, this.tell));
    }
  }

  close(): void {
    clearInterval(this.timer);
    for (const alerts of this.watched.values()) alerts.close();
    this.watched.clear();
  }

  private deployed(): (ListenerNode & BrokenNode)[] {
    const { nodes } = this.RED;
    const ids: string[] = [];
    nodes.eachNode(({ id, type }) => {
      if (type === 'misp-listener') ids.push(id);
    });
    return ids
      .map((id) => nodes.getNode(id) as (ListenerNode & BrokenNode) | null)
      .filter((node) => node !== null);
  }
}

const placeOf = (node: ListenerNode): Place => ({ id: node.id, type: node.type, label: labelOf(node) });

function brokenAlert({ id, ...place }: Place, { problem = '' }: BrokenNode): Alert {
  return { cause: 'deaf', at: Date.now(), reason: problem, of: id, node: { id, ...place } };
}
