import type { NodeAPI } from 'node-red';
import { RUNS_TOPIC } from '../../src/history/record';
import { queueOf } from '../config/queue-keeper';
import type { AcceptedState } from './api';
import { serve } from './route';

const NOTHING: AcceptedState = { waiting: 0, running: 0, aside: [], asideCount: 0, stranded: [] };

/** The routes behind the accepted requests that wait or were put aside. */
export function serveAccepted(RED: NodeAPI): void {
  const queue = queueOf(RED);
  queue.on('changed', () => RED.comms.publish(RUNS_TOPIC, {}, false));

  // What is shown of them is no data of events.
  serve(RED, 'GET /accepted', { permission: 'misp.read' }, async () => {
    const { current } = queue;
    return current?.current.state === 'open' ? current.overview() : NOTHING;
  });

  serve(RED, 'POST /accepted/:id', { permission: 'misp.write' }, async ({ params: { id }, body }) => {
    const which = id === 'all' ? id : { id: Number(id) };
    if (!queue.current || (body.do !== 'restart' && body.do !== 'forget')) return undefined;
    return { count: await queue.current[body.do](which) };
  });
}
