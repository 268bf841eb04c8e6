import { metricsText } from '../../src/history/metrics';
import type { History } from '../../src/history/history';
import type { Credentials } from '../../src/listener/credentials';
import { refusedBy } from '../../src/listener/shut-out';
import type { ListenerService } from '../../src/listener/service';
import type { NodeContext } from '../adaptor';
import type { Fields } from '../definition';

/** Who may read the metrics. Without user or password there are none: MISP is asked for its own all the same. */
export function metricsAccess({
  config,
  secrets,
  node,
  text,
}: Pick<NodeContext<Fields>, 'secrets' | 'node' | 'text'> & {
  config: { metrics: boolean };
}): Credentials | undefined {
  if (!config.metrics) return undefined;
  const { metricsUser: user, metricsPassword: password } = secrets;
  if (user && password) return { user, password };
  node.warn(text('log.noMetrics'));
  return undefined;
}

/** What Prometheus is told: the counts of all triggers of this Node-RED, and those of this listener. */
export function metricsOf(service: ListenerService, history: History): string {
  const { counts, modules, settings } = service;
  const gone = modules.filter(({ name }) => !service.isAnnounced(name));
  return metricsText({
    triggers: history.counters.all,
    ...{ refused: counts.refused, rejected: counts.rejected },
    callers: refusedBy(counts, settings.callers),
    ...{ modules: modules.length, gone: gone.length },
    isHistoryInTrouble: history.trouble !== undefined,
  });
}
