import { createHash, randomUUID } from 'node:crypto';
import type { Failure, Operation, OperationResult, Plan } from '../../../src/actions/plan';
import { toldAction } from '../../../src/actions/in-words';
import { hiddenTexts } from '../../../src/http/scrub';
import type { RetryEnd, RetryHead } from '../../../src/retry/entry';
import { timeOf } from '../../../src/retry/retrier';
import { marked, restOf } from '../../../src/retry/rest';
import { mispOf, setMisp, type Message, type RetryPart } from '../../../src/runs/message';
import { errorSaying, saidBy, text, WorkflowError } from '../../../src/text';
import { holdsSecrets } from '../../../src/triggers/secrets';
import { hideSecretsInTexts } from '../../../src/triggers/secret-texts';
import type { NodeContext } from '../../adaptor';
import type { Fields } from '../../definition';
import { inShort } from '../../node-status';
import { ourTypes } from '../../our-types';
import { retriesOf } from '../../retries';
import { runtimeOf } from '../../runtime';
import type { Action, ActionFields } from './define-action';

/** The fields of all actions that may be tried again; off, so that flows from before go on as they did. */
export const RETRY_FIELDS = {
  retry: { kind: 'checkbox', default: false, advanced: true },
  retryHours: {
    kind: 'number',
    default: 6,
    min: 0.1,
    max: 168,
    unit: 'h',
    when: { retry: true },
    advanced: true,
  },
  retryUnknown: { kind: 'checkbox', default: false, when: { retry: true }, advanced: true },
} as const satisfies Fields;

/** Settings that may be others when it is tried again. */
const FREE = new Set(['name', 'onFailure', 'retryHours', 'retryUnknown']);
const HOUR_MS = 60 * 60 * 1000;
/** The largest payload that is kept for a Catch node, in characters. */
const MOST_PAYLOAD = 256 * 1024;

/** What a node hands over that it could not do, and does when its time has come; nothing for nodes that have no such field. */
export function retryingOf<O extends Operation>(
  context: NodeContext<ActionFields>,
  action: Action<O>,
  signal: AbortSignal,
) {
  const { RED, node, config } = context;
  const fields = ourTypes.get(node.type)?.fields ?? {};
  if (!('retry' in fields)) return undefined;
  const retries = retriesOf(RED);
  const leave = retries.register(node.id, {
    settings,
    async perform(plan, message) {
      const remembering = action.begin?.(message, plan as Plan<O>);
      const control = { signal, progress: () => undefined, saved: remembering?.saved };
      try {
        const results = await action.carryOut(plan as Plan<O>, control);
        remembering?.end(results);
        return results;
      } catch (error) {
        remembering?.failed();
        const problem = saidBy(error);
        return plan.map((operation) => ({ operation, state: 'failed', failures: [{ problem }] }));
      }
    },
    system: () => action.system?.() ?? '',
    over: tell,
  });
  return { handOver, close: leave };

  /** Nothing is done by a node that would now do something else, or elsewhere: a mail goes by whatever server there is. */
  function settings(plan: Plan): string {
    const own = Object.entries(fields)
      .filter(([name, field]) => !FREE.has(name) && 'default' in field)
      .map(([name, field]) => [name, (config as Record<string, unknown>)[name], field] as const)
      .filter(
        ([, value, field]) => JSON.stringify(value) !== JSON.stringify('default' in field && field.default),
      )
      .map(([name, value]) => [name, value]);
    const isMail = plan.every(({ do: what }) => what === 'send-mail');
    const server = (config as { server?: string }).server;
    const where = isMail ? '' : [action.system?.() ?? '', server];
    return createHash('sha256')
      .update(JSON.stringify([own, where]))
      .digest('base64url');
  }

  /** Keeps what failed because the other side was away; its failures say so. */
  async function handOver(message: Message, results: OperationResult[]): Promise<OperationResult[]> {
    if (mispOf(message).retry !== undefined) setMisp(message, { retry: undefined });
    if (config.retry !== true) return results;
    const repeats = config.retryUnknown === true;
    const rest = restOf(results, repeats);
    const [first] = rest.again;
    if (!first) return results;
    const problem = results.flatMap(({ failures = [] }) => failures).find(({ away }) => away)?.problem ?? '';
    const until = retries.now() + Number(config.retryHours) * HOUR_MS;
    try {
      const body = { plan: rest.again, message: keptOf(message) };
      refuseSecrets(message, body);
      const actor = runtimeOf(RED).actorOf(node, message);
      const entry = { node: node.id, settings: settings(rest.again), actor, until, problem, repeats };
      const head = await retries.use().add(entry, body, randomUUID());
      setMisp(message, { retry: partOf(head) });
      return marked(results, rest, (failure) => ({
        ...failure,
        again: true,
        problem: text('retry.again', { problem: failure.problem, until: timeOf(head.until) }),
      }));
    } catch (error) {
      const why = saidBy(error);
      return marked(results, rest, (failure) => notKept(failure, why));
    }
  }

  /** @throws {WorkflowError} if keys or passwords would be written down */
  function refuseSecrets(message: Message, body: object): void {
    const json = JSON.stringify(body);
    const own = hiddenTexts(ownSecrets()).map((secret) => JSON.stringify(secret).slice(1, -1));
    const isHeld = own.some((secret) => json.includes(secret));
    if (isHeld || holdsSecrets(body) || holdsSecrets(message.payload) || quotesSecrets(message))
      throw new WorkflowError('retry.secrets');
  }

  /** Those that the form asks for; what else is saved with the node is none of its own, and a user's name is no secret. */
  function ownSecrets(): string[] {
    const secrets = context.secrets as Record<string, string | undefined>;
    return Object.entries(fields).flatMap(([name, field]) =>
      field.kind === 'secret' && field.secret === 'password' ? [secrets[name] ?? ''] : [],
    );
  }

  /** What has ended is told by the node: an error as for a message of its own, which a Catch node gets. */
  function tell({ head, message, results, problem }: RetryEnd): void {
    const time = new Date().toTimeString().slice(0, 5);
    const failures = results.flatMap(({ failures: list = [] }) => list);
    const said = problem ?? failures[0]?.problem;
    if (said === undefined) return context.status('retried', 'green', 'dot', { time });
    const error = context.explain(errorSaying(text('action.failed', { first: said })));
    context.status('error', 'red', 'ring', { problem: inShort(error.message) });
    const told = { ...message, _msgid: RED.util.generateId() } as Message;
    const result = toldAction({ dryRun: false, operations: results });
    setMisp(told, { result, retry: { ...partOf(head), next: undefined, ended: true } });
    runtimeOf(RED).tracker.apart(() => node.error(error.message, told));
  }
}

/** When a message's action is tried again, as a status has it. */
export function retryTimeOf(message: Message): string {
  const { next } = (mispOf(message).retry ?? {}) as Partial<RetryPart>;
  return new Date(next ?? 0).toTimeString().slice(0, 5);
}

function partOf({ id, until, next, tries }: RetryHead): RetryPart {
  return { id, until: new Date(until).toISOString(), next: new Date(next).toISOString(), tries };
}

function notKept(failure: Failure, why: ReturnType<typeof saidBy>): Failure {
  return { ...failure, problem: text('retry.notKept', { problem: failure.problem, why }) };
}

/** As much of a message as a Catch node needs: of a large payload only which event it is. */
function keptOf(message: Message): Record<string, unknown> {
  const { run, trigger, module, server, attempt } = mispOf(message) as Record<string, unknown>;
  const { topic, payload } = message as { topic?: unknown; payload?: unknown };
  const isSmall = (JSON.stringify(payload ?? null) ?? '').length <= MOST_PAYLOAD;
  const misp = { run, trigger, module, server, attempt, blocking: false, test: false };
  return { topic, payload: isSmall ? payload : headOf(payload), misp };
}

function headOf(payload: unknown): object {
  const { Event: event } = (payload ?? {}) as { Event?: { id?: unknown; uuid?: unknown; info?: unknown } };
  const info = typeof event?.info === 'string' ? event.info.slice(0, 1000) : undefined;
  return event ? { Event: { id: event.id, uuid: event.uuid, info } } : {};
}

/** MISP's log quotes keys and passwords in its texts. */
function quotesSecrets({ payload, misp }: Message): boolean {
  if ((misp as { trigger?: unknown } | undefined)?.trigger !== 'log-after-save') return false;
  const copy = structuredClone(payload);
  hideSecretsInTexts(copy);
  return JSON.stringify(copy) !== JSON.stringify(payload);
}
