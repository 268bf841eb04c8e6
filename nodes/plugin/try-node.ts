import type { NodeAPI } from 'node-red';
import { toCoreFormat } from '../../src/event/to-core';
import type { Message } from '../../src/runs/tracker';
import { WorkflowError } from '../../src/text';
import { sampleFor } from '../last-message';
import { tryNode } from '../logic/trial';
import type { Saved } from '../migrate';

/** What the form of a node sends. */
interface TrialForm {
  type: string;
  /** The values of the form, deployed or not. */
  settings: Saved;
  /** Ids of the triggers whose messages come to the node. */
  triggers: string[];
  /** An event as JSON, in place of the last message. */
  event?: string;
}

/** What the form shows: what was tried, and what came of it; or what is wrong. */
export type TrialAnswer =
  | { source: 'pasted' | 'received' | 'sample'; trigger?: string; outcome: string; found: string }
  | { problem: string };

/** Found values are shown up to this length. */
const MOST_CHARACTERS = 600;

/** The route behind "Try it" in the forms of logic nodes. */
export function serveTrials(RED: NodeAPI): void {
  RED.httpAdmin.post(
    '/misp-workflows/try/node',
    RED.auth.needsPermission('misp.read'),
    (request, response) => {
      void answer(RED, request.body as TrialForm).then((found) => response.json(found));
    },
  );
}

async function answer(RED: NodeAPI, form: TrialForm): Promise<TrialAnswer> {
  try {
    const { message, ...source } = messageFor(RED, form);
    const trial = await tryNode(RED, form.type, form.settings, message);
    if (!trial) throw new WorkflowError('trial.noDecision', { type: form.type });
    return { ...source, outcome: trial.outcome, found: shortened(trial.found) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

type Source = Pick<Extract<TrialAnswer, { source: string }>, 'source' | 'trigger'>;

function messageFor(RED: NodeAPI, { event, triggers }: TrialForm): Source & { message: Message } {
  if (event?.trim()) return { source: 'pasted', message: { payload: pasted(event) } };
  const sample = sampleFor(RED, triggers);
  if (!sample) throw new WorkflowError('trial.noMessage');
  return { source: sample.kind, trigger: sample.trigger, message: sample.message };
}

/** An event in any of the forms in which a user may find it: of the REST API, of a message, without its frame. */
function pasted(json: string): unknown {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    throw new WorkflowError('trial.notJson', { problem: (error as Error).message });
  }
  const { payload, data: sent, Event } = (data ?? {}) as Record<string, unknown>;
  if (payload ?? sent) return toCoreFormat(payload ?? sent);
  return toCoreFormat(Event === undefined ? { Event: data } : data);
}

function shortened(found: unknown): string {
  const text = typeof found === 'string' ? found : (JSON.stringify(found) ?? '');
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
