import type { NodeAPI } from 'node-red';
import { RUNS_TOPIC } from '../../src/history/record';
import type { RetryHead } from '../../src/retry/entry';
import { words } from '../../src/text';
import { retriesOf } from '../retries';
import type { RetryRow } from './api';
import { serve } from './route';

const MOST_LISTED = 100;
/** Thousands may be tried at a time: the editor is told so often, in milliseconds. */
const TELL_MS = 300;

/** The routes behind what is tried again. */
export function serveRetries(RED: NodeAPI): void {
  const retries = retriesOf(RED);
  let telling: NodeJS.Timeout | undefined;
  retries.on('changed', () => {
    telling ??= setTimeout(() => {
      telling = undefined;
      RED.comms.publish(RUNS_TOPIC, {}, false);
    }, TELL_MS).unref();
  });

  serve(RED, 'GET /retries', { permission: 'misp.read' }, ({ seesData }) => {
    const all = retries.list.sort((a, b) => a.next - b.next);
    const entries = all.slice(0, MOST_LISTED).map((head) => rowOf(head, seesData));
    return { entries, count: all.length, trouble: retries.trouble ? words(retries.trouble) : '' };
  });

  serve(RED, 'DELETE /retries/:id', { permission: 'misp.write' }, async ({ params: { id }, user }) => ({
    count: await retries.cancel(id === 'all' ? id : { id }, user),
  }));
}

function rowOf(head: RetryHead, seesData: boolean): RetryRow {
  const { id, actor, what, count, next, until, tries, problem } = head;
  const { nodeName, nodeType, flowName, flow } = actor;
  return {
    ...{ id, node: nodeName || nodeType, flow: flowName || flow, what, count, next, until, tries },
    problem: seesData ? words(problem) : '',
  };
}
