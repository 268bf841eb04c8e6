import type { CarryOut, OperationResult, SendMail } from '../../actions/plan';
import { WorkflowError } from '../../text';
import type { MailLimits, MailServer } from './server';

/** After one of these the next mail would only cost another time-out. */
const HOPELESS = new Set(['mail.unreachable', 'mail.slow', 'mail.deadline', 'mail.login', 'mail.closed', 'mail.tls']);

/** Carries out plans of mails: as many at a time as the server has connections. */
export function carryOutMails(server: MailServer, mostBytes: number): CarryOut<SendMail> {
  return async (plan, { signal, deadline, progress }) => {
    const results: OperationResult[] = [];
    let next = 0;
    let done = 0;
    let hopeless: WorkflowError | undefined;
    const worker = async () => {
      while (next < plan.length) {
        const place = next++;
        results[place] = hopeless
          ? failed(plan[place], hopeless)
          : await sendOne(server, plan[place], { signal, deadline, mostBytes }, (error) => (hopeless = error));
        progress(++done, plan.length);
      }
    };
    await Promise.all(Array.from({ length: Math.min(server.connections, plan.length) }, worker));
    return results;
  };
}

async function sendOne(
  server: MailServer,
  mail: SendMail,
  limits: MailLimits,
  giveUp: (error: WorkflowError) => void,
): Promise<OperationResult> {
  try {
    const { accepted, refused, messageId } = await server.send(mail, limits);
    const failures = [...(mail.refused ?? []), ...refused];
    const answer = { accepted, messageId };
    return failures.length > 0
      ? { operation: mail, state: 'partial', failures, answer }
      : { operation: mail, state: 'done', answer };
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    if (HOPELESS.has(error.key)) giveUp(error);
    return failed(mail, error);
  }
}

function failed(mail: SendMail, { message }: WorkflowError): OperationResult {
  const everybody = [...mail.to, ...(mail.bcc ?? [])].map((item) => ({ item, problem: message }));
  return { operation: mail, state: 'failed', failures: [...(mail.refused ?? []), ...everybody] };
}
