import { text, type Said } from '../text';
import type { Alert, Cause } from './alert';

const HOUR_MS = 3_600_000;

/** An alert as a sentence, for a mail or a chat. @param leftOut how many like it were not told before */
export function sentenceOf(alert: Alert, leftOut: number): Said {
  const { about: { id = '', info = '' } = {} } = alert;
  const plain = SENTENCES[alert.cause](alert);
  const sentence = id || info ? text('alert.about', { sentence: plain, id, info }) : plain;
  return leftOut > 0 ? text('alert.more', { sentence, count: leftOut }) : sentence;
}

const SENTENCES: Readonly<Record<Cause, (alert: Alert) => Said>> = {
  failed: (alert) =>
    text('alert.failed', { trigger: triggerOf(alert), node: nodeOf(alert), reason: alert.reason }),
  blocked: (alert) => text('alert.blocked', { trigger: triggerOf(alert), reason: alert.reason }),
  deadline: (alert) => text('alert.deadline', answeredOf(alert)),
  policy: (alert) => text('alert.policy', answeredOf(alert)),
  lost: (alert) => text('alert.lost', { trigger: triggerOf(alert) }),
  refused({ caller, count = 0, ...alert }) {
    const about = { node: nodeOf(alert), count };
    return caller ? text('alert.refusedCaller', { ...about, caller }) : text('alert.refused', about);
  },
  deaf: (alert) => text('alert.deaf', { node: nodeOf(alert), reason: alert.reason }),
  silent: (alert) => text('alert.silent', { node: nodeOf(alert), hours: hoursOf(alert) }),
  history: ({ reason }) => text('alert.history', { reason }),
  list: (alert) => text('alert.list', { node: nodeOf(alert), reason: alert.reason }),
  setUp: ({ node, reason }) => text('alert.setUp', { node: node?.label ?? '', reason }),
};

function answeredOf(alert: Alert): { trigger: Said; outcome: Said; reason: Said } {
  const outcome = text(alert.outcome === 'block' ? 'outcome.block' : 'outcome.allow');
  return { trigger: triggerOf(alert), outcome, reason: alert.reason };
}

/** The trigger by what MISP calls it, with the name of its module: several may have the same trigger. */
const triggerOf = ({ trigger, module = '' }: Alert): string => (trigger ? `${trigger} (${module})` : module);

const nodeOf = ({ node }: Pick<Alert, 'node'>): string => node?.label || node?.type || '';

const hoursOf = ({ at, since = at }: Alert): string => String(Math.round((at - since) / (HOUR_MS / 10)) / 10);
