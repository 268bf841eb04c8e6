import type { NodeAPI } from 'node-red';
import { notWaiting } from '../../src/approval/approvals';
import type { Approval } from '../../src/approval/approval';
import { Attempts } from '../../src/approval/attempts';
import { saidBy, words, WorkflowError } from '../../src/text';
import type { ApprovalNode } from '../actions/misp-approval';
import type { Asker } from '../actions/parts/approver';
import { approvalsOf } from '../kept-approvals';
import { servePage, type App } from './approval-page';
import { textField } from './body';
import { recordOf } from './route';

/** People who are asked about at a time: each costs MISP some calls. */
const MOST_AT_ONCE = 20;
const MOST_BYTES = 16 * 1024;

interface Request extends AsyncIterable<Buffer> {
  headers: Record<string, unknown>;
  body?: unknown;
  ip?: string;
  user?: { username?: unknown; anonymous?: unknown };
}

interface Response {
  status(code: number): Response;
  set(headers: Record<string, string>): void;
  json(answer: unknown): void;
  end(): void;
}

/**
 * The pages of those who approve: for users of MISP beside the flows' own pages, for users of Node-RED beside the
 * editor. A link that is only fetched changes nothing, and shows nothing of an event.
 */
export function serveApproval(RED: NodeAPI): void {
  const attempts = new Attempts();
  let atWork = 0;

  const admin = RED.httpAdmin as unknown as App;
  servePage(admin, '/misp-workflows/approval');
  const permission = RED.auth.needsPermission('misp.approve') as never;
  const nodeRed = (request: Request): Asker => ({ user: userOf(request) });
  admin.post('/misp-workflows/approval/show', permission, handler('node-red', nodeRed, show));
  admin.post('/misp-workflows/approval/decide', permission, handler('node-red', nodeRed, decide));

  // Node-RED may be told to have no pages of flows.
  const pages = RED.httpNode as unknown as App | undefined;
  if (typeof pages?.post !== 'function') return;
  servePage(pages, '/misp-approval');
  const misp = (_request: Request, body: Record<string, unknown>): Asker => ({ key: textField(body.key) });
  pages.post('/misp-approval/show', handler('misp', misp, show));
  pages.post('/misp-approval/decide', handler('misp', misp, decide));

  type Body = Record<string, unknown>;
  type Work = (node: ApprovalNode, approval: Approval, asker: Asker, body: Body) => Promise<object>;

  function handler(who: ApprovalNode['who'], askerOf: (request: Request, body: Body) => Asker, work: Work) {
    return (request: Request, response: Response): void => {
      const answer = async (): Promise<object> => {
        const body = await bodyOf(request);
        if (atWork >= MOST_AT_ONCE) throw new WorkflowError('approval.busy');
        atWork++;
        try {
          return await answerTo(request, body);
        } finally {
          atWork--;
        }
      };
      const answerTo = async (request: Request, body: Body): Promise<object> => {
        const approval = await approvalsOf(RED)((all) => all.find(body.token));
        const node = nodeOf(approval);
        if (node.who !== who) throw new WorkflowError('approval.wrongPlace', { who: whoIs(node.who) });
        const from = `${approval.id} ${request.ip ?? ''}`;
        if (attempts.isOver(from)) throw new WorkflowError('approval.tooOften');
        try {
          return await work(node, approval, askerOf(request, body), body);
        } catch (error) {
          attempts.failed(from);
          throw error;
        }
      };
      response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
      if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return response.status(413).end();
      answer().then(
        (found) => response.json(found),
        (error) =>
          response.status(error instanceof WorkflowError ? 200 : 500).json({ problem: words(saidBy(error)) }),
      );
    };
  }

  /** The node that asked. @throws {WorkflowError} if it does not run */
  function nodeOf({ node: id }: Approval): ApprovalNode {
    const node = RED.nodes.getNode(id) as ApprovalNode | null;
    if (node?.type !== 'misp-approval' || typeof node.decide !== 'function') {
      throw new WorkflowError('approval.notRunning');
    }
    return node;
  }
}

async function show(node: ApprovalNode, approval: Approval, asker: Asker): Promise<object> {
  const you = await node.prove(asker, approval);
  if (approval.state !== 'waiting') throw notWaiting(approval);
  const { event, findings, author, expires } = approval;
  return { you: you.name, author, event, findings, expires };
}

async function decide(
  node: ApprovalNode,
  approval: Approval,
  asker: Asker,
  { decision, comment }: Record<string, unknown>,
): Promise<object> {
  if (decision !== 'approved' && decision !== 'refused') throw new WorkflowError('approval.unknownLink');
  const by = await node.prove(asker, approval);
  const { outcome, problem } = await node.decide(approval, decision, by, textField(comment));
  return { outcome, ...(problem === undefined ? {} : { why: words(problem) }) };
}

/** Who is logged in at Node-RED; nobody where it has no users, or lets in everybody. */
function userOf({ user }: Request): string {
  return user?.anonymous ? '' : textField(user?.username);
}

function whoIs(who: ApprovalNode['who']): string {
  return words({ key: who === 'misp' ? 'approval.mispUsers' : 'approval.nodeRedUsers', params: {} });
}

/** What was sent as JSON: other pages cannot send that unasked. @throws {WorkflowError} if it is no request of the page */
async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  const type = textField(request.headers['content-type']);
  if (!type.startsWith('application/json')) throw new WorkflowError('approval.unknownLink');
  if (request.body !== undefined) return recordOf(request.body);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > MOST_BYTES) throw new WorkflowError('approval.unknownLink');
    parts.push(part);
  }
  try {
    return recordOf(JSON.parse(Buffer.concat(parts).toString()));
  } catch {
    throw new WorkflowError('approval.unknownLink');
  }
}
