import type { NodeAPI } from 'node-red';
import type { MispRequest } from '../src/listener/request';
import type { Message } from '../src/runs/message';
import { sampleData } from '../src/triggers/samples';
import { runtimeOf, type KnownTrigger } from './runtime';

/** A request to try a flow on. */
export interface TrialRequest {
  kind: 'received' | 'sample';
  request: MispRequest;
}

/** A message as the nodes behind a trigger get it. */
export interface Sample {
  /** The trigger's id in MISP. */
  trigger: string;
  kind: TrialRequest['kind'];
  message: Message;
}

/**
 * The message that the latest of some triggers sent last, or the sample of the first one that is known.
 * @param nodeIds ids of trigger nodes in the flow file; those not deployed are passed over
 */
export function sampleFor(RED: NodeAPI, nodeIds: string[]): Sample | undefined {
  const runtime = runtimeOf(RED);
  const known = nodeIds.flatMap((id) => runtime.trigger(id) ?? []);
  const [latest] = known.sort((a, b) => b.last.receivedAt - a.last.receivedAt);
  if (!latest) return undefined;
  const { kind, request } = trialRequest(latest);
  return { trigger: latest.trigger, kind, message: latest.messageOf(request) };
}

/** The last request of a trigger, or what MISP sends for it, if it had none or a sample is wanted. */
export function trialRequest({ trigger, last }: KnownTrigger, wanted?: TrialRequest['kind']): TrialRequest {
  const request = wanted === 'sample' ? undefined : last.read();
  if (request) return { kind: 'received', request };
  return { kind: 'sample', request: { module: '', data: sampleData(trigger), params: {} } };
}
