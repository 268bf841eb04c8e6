import type { Node } from 'node-red';
import { planPublish } from '../../src/actions/publish';
import type { Approval, ApprovalState, Approver } from '../../src/approval/approval';
import type { Decision } from '../../src/approval/approvals';
import { stateOf } from '../../src/approval/digest';
import { short, shownOf } from '../../src/approval/shown';
import type { Deed } from '../../src/audit/audit';
import { addressOf } from '../../src/audit/entry';
import { beforeDeadline } from '../../src/deadline';
import { isRecord, textOf } from '../../src/event/values';
import { carryOutOn } from '../../src/misp/carry-out';
import { deadlineOf, isTest, mispOf, setMisp, wholeOf, type Message } from '../../src/runs/message';
import { compileTemplate } from '../../src/template/template';
import { saidBy, text, words, WorkflowError, type Said } from '../../src/text';
import { defineNode, type Outputs } from '../adaptor';
import { auditOf } from '../kept-audit';
import { approvalsOf } from '../kept-approvals';
import { runtimeOf } from '../runtime';
import { WEB_ADDRESS } from '../web-fields';
import { address, approverOf, authorIn, type Asker } from './parts/approver';
import { closingController } from './parts/closing';
import { serverOf, SERVER_FIELD } from './parts/define-misp-action';
import { perform } from './parts/perform';
import { rememberWrites } from './parts/remember-writes';

const HOUR_MS = 3_600_000;
/** How often it is looked at what has expired, in milliseconds. */
const SWEEP_MS = 30_000;
const MOST_FINDINGS = 4000;
const TRIGGER = 'event-publish';

/** What came of a decision. */
export interface Decided {
  outcome: 'published' | 'notPublished' | 'changed' | 'refused';
  /** Why it is not published. */
  problem?: Said;
}

/** What the pages of approvers ask of the node. */
export interface ApprovalNode extends Node {
  who: 'misp' | 'node-red';
  /** @throws {WorkflowError} why it is nobody who may approve this */
  prove(asker: Asker, approval: Approval): Promise<Approver>;
  /** @throws {WorkflowError} if it cannot be decided any more, or not by him */
  decide(approval: Approval, decision: Decision, by: Approver, comment: string): Promise<Decided>;
}

export default defineNode(
  {
    type: 'misp-approval',
    family: 'actions',
    modules: [],
    version: 1,
    inputs: 1,
    outputs: ['approved', 'waiting', 'refused', 'expired'],
    fields: {
      ...SERVER_FIELD,
      who: { kind: 'select', default: 'misp', options: ['misp', 'node-red'], describe: true },
      approvers: {
        kind: 'list',
        default: [],
        pattern: '^[^@\\s]+@[^@\\s]+$',
        message: 'email',
        when: { who: 'misp' },
      },
      logins: { kind: 'keyvalue', default: [], when: { who: 'node-red' } },
      address: WEB_ADDRESS,
      hours: { kind: 'number', default: 24, min: 1, max: 720, unit: 'h' },
      findings: { kind: 'template', default: '', rows: 4 },
      mail: { kind: 'checkbox', default: false },
      ignoredTags: { kind: 'list', default: ['node-red:cleared'], advanced: true },
    },
  },
  (context, self) => {
    const { RED, config } = context;
    const node = self as ApprovalNode;
    const runtime = runtimeOf(RED);
    const { tracker, flows } = runtime;
    const server = serverOf(context);
    const { client } = server;
    const approvals = approvalsOf(RED);
    const findings = compileTemplate(config.findings, { missingIsEmpty: true });
    const closing = closingController();
    let hasFailed = false;
    let isSweeping = false;

    node.who = config.who;
    node.prove = async (asker, approval) => approverOf(asker, approval, config, server);
    node.decide = decide;
    const onStarted = () => void sweep();
    flows.on('started', onStarted);
    const timer = setInterval(onStarted, SWEEP_MS).unref();

    return {
      async input(message) {
        try {
          return await handle(message);
        } catch (error) {
          // Whatever the trigger does with errors: what could not be asked for is not published.
          const problem = saidBy(context.explain(error));
          tracker.runOf(message)?.waiting?.block(words(text('approval.failed', { problem })));
          throw error;
        }
      },
      async close(removed) {
        clearInterval(timer);
        flows.off('started', onStarted);
        closing.abort();
        if (removed) await approvals((all) => all.forget(node.id));
      },
    };

    async function handle(message: Message): Promise<Outputs> {
      const waiter = waiterOf(message);
      const event = eventIn(message);
      const found = short(findings.render(message.payload, context.names(message)), MOST_FINDINGS);
      if (isTest(message)) {
        waiter.block(words(text('approval.testWaits')));
        return told(
          message,
          { state: 'waiting', test: true, event: shownOf(event), findings: found },
          'waiting',
        );
      }
      const author = await authorOf(event, message);
      const asked = { node: node.id, digest: stateOf(event, config.ignoredTags), author };
      const shown = { event: shownOf(event), findings: found, validMs: Number(config.hours) * HOUR_MS };
      const asking = approvals((all) => {
        // Nobody would hear that it passes.
        if (waiter.isOver) throw new WorkflowError('approval.notWaiting');
        const answer = all.ask({ ...asked, ...shown });
        return { ...answer, token: answer.passes ? '' : all.token(answer.approval) };
      });
      const answer = await beforeDeadline(asking, deadlineOf(message), new WorkflowError('approval.late'));
      const { approval } = answer;
      if (answer.passes) {
        audit('pass-approved', approval, message);
        context.note(message, () => ({ what: 'decided', way: 'approved', found: approval.by }));
        context.status('approved', 'green', 'dot', { name: approval.by ?? '' });
        return told(message, tellOf(approval), 'approved');
      }
      const link = linkWith(answer.token);
      waiter.block(words(text('approval.waits', { link })));
      context.note(message, () => ({ what: 'decided', way: 'waiting', found: approval.digest }));
      context.status('waiting', 'blue', 'ring', { name: approval.event.id });
      // Whoever publishes again and again sends no mail again and again.
      if (!answer.isNew) return [];
      audit('ask-approval', approval, message);
      return told(message, { ...tellOf(approval), link }, 'waiting');
    }

    /** @throws {WorkflowError} if nothing waits that could be done again later */
    function waiterOf(message: Message) {
      const { trigger, blocking, server: asking } = mispOf(message);
      if (trigger !== TRIGGER) {
        const of = typeof trigger === 'string' ? trigger : text('approval.noTrigger');
        throw new WorkflowError('approval.onlyPublish', { trigger: of });
      }
      const waiter = tracker.runOf(message)?.waiting;
      if (!waiter || waiter.isOver || blocking !== true) throw new WorkflowError('approval.notWaiting');
      if (typeof asking === 'string' && asking !== '' && asking !== config.server) {
        throw new WorkflowError('approval.otherMisp', { name: asking });
      }
      return waiter;
    }

    /** Address of who made the event. @throws {WorkflowError} if nobody knows */
    async function authorOf(event: Readonly<Record<string, unknown>>, message: Message): Promise<string> {
      const author = address(event.event_creator_email);
      if (author !== '') return author;
      const late = new WorkflowError('approval.noAuthor');
      const asked = authorIn(client, textOf(event.uuid), closing.signal);
      const found = await beforeDeadline(asked, deadlineOf(message), late);
      if (found === '') throw late;
      return found;
    }

    async function decide(
      { id, event }: Approval,
      decision: Decision,
      by: Approver,
      comment: string,
    ): Promise<Decided> {
      // He may have another address by now.
      const authors = [await authorIn(client, event.uuid, closing.signal)];
      const approval = await approvals((all) => all.decide(id, decision, by, { comment, authors }));
      audit(decision === 'approved' ? 'approve' : 'refuse', approval);
      if (decision === 'approved') return publish(approval);
      context.status('refused', 'red', 'dot', { name: by.name });
      send('refused', approval);
      return { outcome: 'refused' };
    }

    async function publish({ id, event }: Approval): Promise<Decided> {
      const payload = { Event: { id: event.id, uuid: event.uuid } };
      const plan = planPublish({ mail: config.mail, queued: false }, payload);
      try {
        const [{ failures = [] }] = await perform(RED, plan, {
          carryOut: carryOutOn(client),
          control: { signal: closing.signal, progress: () => undefined },
          remembering: rememberWrites(RED, client)({ payload }, plan),
          actor: runtime.actorOf(node, {}),
          system: client.url,
          did: () => undefined,
        });
        if (failures.length === 0) return { outcome: 'published' };
        return await notPublished(failures[0].problem);
      } catch (error) {
        return notPublished(saidBy(context.explain(error)));
      }

      async function notPublished(problem: Said): Promise<Decided> {
        const now = await approvals((all) => all.get(id)).catch(() => undefined);
        return now?.state === 'replaced' ? { outcome: 'changed' } : { outcome: 'notPublished', problem };
      }
    }

    /** Tells of those that nobody has decided about. */
    async function sweep(): Promise<void> {
      if (isSweeping) return;
      isSweeping = true;
      try {
        for (const approval of await approvals((all) => all.expire(node.id))) {
          audit('approval-expired', approval);
          context.status('expired', 'yellow', 'ring', { name: approval.event.id });
          send('expired', approval);
        }
        if (hasFailed) context.setup();
        hasFailed = false;
      } catch (error) {
        if (!hasFailed) context.notSetUp(error);
        hasFailed = true;
      } finally {
        isSweeping = false;
      }
    }

    /** A message of its own: MISP has had its answer long ago. */
    function send(output: ApprovalState, approval: Approval): void {
      const { id, uuid, info } = approval.event;
      const message: Message = { topic: TRIGGER, payload: { Event: { id, uuid, info } } };
      const misp = {
        run: '',
        trigger: TRIGGER,
        module: '',
        server: config.server,
        blocking: false,
        test: false,
      };
      setMisp(message, { ...misp, deadline: 0, params: {} });
      node.send(told(tracker.detach(message, RED.util.generateId()), tellOf(approval), output) as never);
    }

    function linkWith(token: string): string {
      const page = config.who === 'misp' ? 'misp-approval' : 'misp-workflows/approval';
      return `${config.address.trim().replace(/\/+$/, '')}/${page}/#${token}`;
    }

    function audit(what: string, { event, by }: Approval, message: Message = {}): void {
      const target = [`event ${event.uuid}`, ...(by ? [by] : [])];
      const result = { count: 1, result: 'done', failed: 0, problem: '' } satisfies Partial<Deed>;
      auditOf(RED).note(runtime.actorOf(node, message), {
        system: addressOf(client.url),
        what,
        target,
        ...result,
      });
    }
  },
  // One that cannot be set up lets nothing pass, whatever the trigger does with errors.
  (context, _self, problem) => ({
    input(message) {
      runtimeOf(context.RED).tracker.runOf(message)?.waiting?.block(problem.message);
      throw problem;
    },
  }),
);

/** The whole event, whatever the flow's filters are. @throws {WorkflowError} if there is none */
function eventIn(message: Message): Readonly<Record<string, unknown>> {
  const whole = wholeOf(message);
  const event = isRecord(whole) ? whole.Event : undefined;
  if (!isRecord(event) || textOf(event.uuid) === '') throw new WorkflowError('approval.noEvent');
  return event;
}

const PORTS: readonly ApprovalState[] = ['approved', 'waiting', 'refused', 'expired'];

/** The message at one output, and with what is to be known of the approval. */
function told(message: Message, approval: object, output: ApprovalState): Outputs {
  setMisp(message, { approval });
  return PORTS.map((port) => (port === output ? message : undefined));
}

/** What a message tells of an approval; the link is told once, to whom it is for. */
function tellOf({ state, author, by, comment, asked, expires, event, findings }: Approval): object {
  const told = { author, by, comment, findings, event };
  const times = { asked: new Date(asked).toISOString(), expires: new Date(expires).toISOString() };
  return { state: state === 'used' ? 'approved' : state, ...told, ...times };
}
