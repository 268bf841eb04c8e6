import type { Away, CarryOut, Failure, OperationResult, SendMail } from '../../actions/plan';
import { Deadline } from '../../deadline';
import { WorkflowError } from '../../text';
import { Attachments } from './attachments';
import { MailFailure } from './failure';
import type { MailLimits, MailServer } from './server';

/** After one of these the next mail would only cost another time-out. */
const HOPELESS = new Set(
  ['unreachable', 'slow', 'deadline', 'login', 'closed', 'busy', 'tls', 'tlsMode', 'certificate'].map(
    (key) => `mail.${key}`,
  ),
);

/** What one run of a plan knows. */
interface Work {
  server: MailServer;
  files: Attachments;
  limits: MailLimits;
  /** Why no further mail is tried. */
  hopeless?: WorkflowError & Pick<Failure, 'away'>;
}

/**
 * Carries out plans of mails: as many at a time as the server has connections.
 * @param mostBytes the attachments of one mail together
 */
export function carryOutMails(server: () => MailServer, mostBytes: number): CarryOut<SendMail> {
  return async (plan, control) => {
    const limits = { signal: control.signal, deadline: new Deadline(control.deadline) };
    const work: Work = { server: server(), files: new Attachments(mostBytes), limits };
    const results: OperationResult[] = [];
    const places = plan.keys();
    let done = 0;
    const worker = async () => {
      for (const place of places) {
        results[place] = await sendOne(work, plan[place]);
        control.progress(++done, plan.length);
      }
    };
    await Promise.all(Array.from({ length: Math.min(work.server.connections, plan.length) }, worker));
    return results;
  };
}

async function sendOne(work: Work, mail: SendMail): Promise<OperationResult> {
  try {
    if (work.hopeless) return failed(mail, work.hopeless, work.hopeless.away && 'nothing');
    const { accepted, refused, messageId } = await work.server.send(mail, work.files.of(mail), work.limits);
    const failures = [...(mail.refused ?? []), ...refused];
    const answer = { accepted, messageId };
    return failures.length > 0
      ? { operation: mail, state: 'partial', failures, answer }
      : { operation: mail, state: 'done', answer };
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    if (HOPELESS.has(error.key)) work.hopeless = error;
    return failed(mail, error, error instanceof MailFailure ? error.away : undefined);
  }
}

function failed(mail: SendMail, { said }: WorkflowError, away?: Away): OperationResult {
  const failure = { problem: said, ...(away ? { away } : {}) };
  const everybody = [...mail.to, ...(mail.bcc ?? [])].map((item) => ({ item, ...failure }));
  return { operation: mail, state: 'failed', failures: [...everybody, ...(mail.refused ?? [])] };
}
