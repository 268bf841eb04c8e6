import type { NodeAPI } from 'node-red';
import { keepHistory } from '../config/history-keeper';
import { queueOf } from '../config/queue-keeper';
import { keepServices } from '../config/listener-services';
import type { ListenerNode } from '../config/misp-listener';
import { serveAccepted } from './accepted';
import { serveApproval } from './approval';
import { serveAdHocRuns } from './ad-hoc-runs';
import { serveAdHocPage } from './ad-hoc-page';
import { serveAudit } from './audit';
import { checkDeployed } from './check-deployed';
import { serveConnect } from './connect';
import { serveProof } from './proof';
import { serveModules } from './modules';
import { serveConnectionTest } from './test-connection';
import { serveMailServerTest } from './test-mail-server';
import { serveModuleServices } from './test-modules';
import { serveTestRuns } from './test-run';
import { servePickers } from './pickers';
import { serve } from './route';
import { retriesOf } from '../retries';
import { serveReplays } from './replays';
import { serveRetries } from './retries';
import { serveRunData } from './run-data';
import { serveRuns } from './runs';
import { serveTrials } from './try-node';
import { servePreviews } from './try-path';
import { serveWorkflows } from './workflows';

/** What the editor's script asks the runtime for, behind Node-RED's permissions. */
export default function register(RED: NodeAPI): void {
  // First of all: MISP goes on as long as nobody listens.
  keepServices(RED);
  keepHistory(RED);
  queueOf(RED).start(RED);
  retriesOf(RED).start(RED);
  RED.plugins.registerPlugin('misp-workflows', { type: 'misp-workflows' });
  checkDeployed(RED);
  serveTestRuns(RED);
  serveRuns(RED);
  serveAccepted(RED);
  serveRetries(RED);
  serveAudit(RED);
  serveApproval(RED);
  serveReplays(RED);
  serveRunData(RED);
  serveTrials(RED);
  servePreviews(RED);
  servePickers(RED);
  serveModules(RED);
  serveWorkflows(RED);
  serveConnectionTest(RED);
  serveConnect(RED);
  serveProof(RED);
  serveAdHocRuns(RED);
  serveAdHocPage(RED);
  serveMailServerTest(RED);
  serveModuleServices(RED);
  const listenerOf = (id: string) => {
    const node = RED.nodes.getNode(id) as ListenerNode | null;
    return node?.type === 'misp-listener' && node.service ? node : undefined;
  };

  const read = { permission: 'misp.read' } as const;
  serve(RED, 'GET /listeners/:id/contact', read, ({ params }) => listenerOf(params.id)?.service?.contact());
  serve(RED, 'GET /listeners/:id/gone', read, ({ params }) => listenerOf(params.id)?.goneModules() ?? []);
  serve(RED, 'DELETE /listeners/:id/gone/:name', { permission: 'misp.write' }, ({ params }) => {
    const listener = listenerOf(params.id);
    listener?.forgetModule(params.name);
    return listener?.goneModules() ?? [];
  });
}
