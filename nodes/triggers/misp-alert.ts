import type { Alert, Cause } from '../../src/alerts/alert';
import { AlertLimit } from '../../src/alerts/limit';
import { RunAlerts } from '../../src/alerts/run-alerts';
import { sentenceOf } from '../../src/alerts/sentence';
import type { Message } from '../../src/runs/message';
import { words, WorkflowError, type Said } from '../../src/text';
import { defineNode } from '../adaptor';
import { runtimeOf } from '../runtime';
import type { Checked } from '../set-up-watch';
import { AlertListeners } from './alert-listeners';
import { setUpAlerts } from './set-up-alerts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** So many alerts wait while a redeploy is under way; more are dropped. */
const MOST_WAITING = 100;

export default defineNode(
  {
    type: 'misp-alert',
    family: 'triggers',
    modules: [],
    version: 1,
    inputs: 0,
    outputs: ['alert'],
    fields: {
      failed: { kind: 'checkbox', default: true },
      blocked: { kind: 'checkbox', default: true },
      deadline: { kind: 'checkbox', default: true },
      policy: { kind: 'checkbox', default: true },
      lost: { kind: 'checkbox', default: true },
      refused: { kind: 'checkbox', default: true },
      deaf: { kind: 'checkbox', default: true },
      history: { kind: 'checkbox', default: true },
      setUp: { kind: 'checkbox', default: true },
      list: { kind: 'checkbox', default: true },
      silence: { kind: 'number', default: 0, min: 0, max: 8760, unit: 'h' },
      pause: { kind: 'number', default: 10, min: 1, max: 1440, unit: 'min' },
    },
  },
  (context) => {
    const { RED, node, config, text, status } = context;
    const { journal, history, tracker, flows, setUp, lists } = runtimeOf(RED);
    const pauseMs = Number(config.pause) * MINUTE_MS;
    // Without it an alert could lead to the next one without end.
    if (!(pauseMs > 0)) throw new WorkflowError('alert.noPause');
    const silenceMs = Number(config.silence) * HOUR_MS;
    const wanted: Readonly<Record<Cause, boolean>> = { ...config, silent: silenceMs > 0 };
    const limit = new AlertLimit(pauseMs);
    let waiting: Message[] | undefined = [];

    const runs = new RunAlerts(
      (cause) => wanted[cause],
      (run) => history.hideOf(run),
      tell,
    );
    const listeners = new AlertListeners(RED, silenceMs, tell);
    const detach = journal.attach(runs.sink);
    let knownTrouble: Said | undefined;
    const onTrouble = (reason: Said | undefined) => {
      const isNew = reason !== undefined && reason !== knownTrouble;
      knownTrouble = reason;
      if (isNew) tell({ cause: 'history', at: Date.now(), reason, of: '' });
    };
    // Nodes behind this one may not be there yet, or not any more.
    const onStarted = () => {
      const kept = waiting ?? [];
      waiting = undefined;
      for (const message of kept) send(message);
      listeners.renew();
      onTrouble(history.trouble);
    };
    const onStopping = () => (waiting ??= []);
    const onChecked = (checked: Checked) => {
      for (const alert of setUpAlerts(RED, checked)) tell(alert);
    };
    setUp.on('checked', onChecked);
    flows.on('started', onStarted);
    flows.on('stopping', onStopping);
    history.on('trouble', onTrouble);
    lists.on('trouble', tell);

    return {
      close() {
        flows.off('started', onStarted);
        flows.off('stopping', onStopping);
        history.off('trouble', onTrouble);
        setUp.off('checked', onChecked);
        lists.off('trouble', tell);
        listeners.close();
        detach();
      },
    };

    function tell(alert: Alert): void {
      if (!wanted[alert.cause]) return;
      const leftOut = limit.admit(`${alert.cause} ${alert.of}`);
      if (leftOut === undefined) return;
      const message = messageOf(alert, leftOut);
      if (!waiting) send(message);
      else if (waiting.length < MOST_WAITING) waiting.push(message);
    }

    /** As a branch that belongs to no run, whatever has led here: else it would be a part of what it tells of. */
    function send(message: Message): void {
      const cause = text(`causes.${String(message.topic)}`);
      status('told', 'blue', 'dot', { cause, time: timeOfDay() });
      node.send(tracker.detach(message, RED.util.generateId()));
    }
  },
);

/** What the node sends. */
function messageOf(alert: Alert, leftOut: number): Message {
  const { cause, at, reason, node, run, trigger, module, outcome, about, count, since } = alert;
  const known = { run, trigger, module, outcome, node, event: about, count, since: since && timeOf(since) };
  const given = Object.entries(known).filter(([, value]) => value !== undefined);
  return {
    topic: cause,
    payload: {
      ...{ cause, text: words(sentenceOf(alert, leftOut)), reason: words(reason), time: timeOf(at), leftOut },
      ...Object.fromEntries<unknown>(given),
    },
    misp: {
      ...(run ? { run, trigger, module } : {}),
      ...{ blocking: false, test: false },
    },
  };
}

const timeOf = (moment: number) => new Date(moment).toISOString();

const timeOfDay = () => new Date().toTimeString().slice(0, 5);
