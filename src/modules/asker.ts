import { momentOf, uptime } from '../clock';
import type { MispAttribute } from '../event/core';
import { isList, isRecord, textOf } from '../event/values';
import { text, words } from '../text';
import { answerFor } from './fresh';
import type { KeptAnswers } from './kept';
import { NoPlace } from './lanes';
import type { Question } from './questions';
import { hiddenIn } from './settings';
import type { Outcome, Reply } from './reply';
import type { ModuleService } from './service';

/** A question and what came of it. */
export interface Answered {
  question: Question;
  reply: Reply;
}

export interface AskControl {
  /** Gives everything up. */
  signal: AbortSignal;
  /** When the run that waits must have its answer, in milliseconds since 1970; nothing if nobody waits. */
  deadline?: number;
  progress: (done: number, total: number) => void;
}

/** The flow behind needs time, too. */
const BEFORE_DEADLINE_MS = 1000;
/** So many questions in a row that nobody answers: the service is away, and each would cost its time-out. */
const MOST_SILENT = 10;

/** What all answers of one run may take, in characters: they become a part of its message. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** An answer with the attribute that it was given for. */
interface Kept {
  reply: Reply;
  uuid: string;
}

/**
 * Asks a service, each question once: those with the same answer share it, and what is kept is not asked at all. No
 * answer, whatever it is, ends this. One second before the deadline of a run it stops.
 */
export async function askAll(
  service: ModuleService,
  kept: KeptAnswers,
  questions: readonly Question[],
  { signal, deadline, progress }: AskControl,
): Promise<Answered[]> {
  const groups = groupsOf(questions);
  const limit = stopAt(signal, deadline);
  let done = 0;
  let silent = 0;
  const answers = new Map<string, string>();
  let characters = 0;
  const bounded = (found: Kept): string => {
    const json = JSON.stringify(found);
    if (characters + json.length > MOST_CHARACTERS) {
      return JSON.stringify({ ...found, reply: { outcome: 'failed', problem: text('enrich.tooMuch') } });
    }
    characters += json.length;
    return json;
  };
  const waiting = groups.values();
  const worker = async () => {
    for (const [question] of waiting) {
      const before = kept.get(question.key) as Kept | undefined;
      const found = before ?? { reply: await once(question), uuid: textOf(question.attribute.uuid) };
      if (!before && isWorthKeeping(found.reply)) kept.set(question.key, found);
      answers.set(question.key, bounded(found));
      done += 1;
      progress(done, groups.size);
    }
  };
  const once = async (question: Question): Promise<Reply> => {
    if (limit.signal.aborted) return notAsked();
    if (silent >= MOST_SILENT)
      return { outcome: 'failed', problem: text('enrich.away', { count: MOST_SILENT }), silent: true };
    const reply = await queried(service, question, limit.signal);
    silent = reply.silent ? silent + 1 : 0;
    return reply;
  };
  try {
    await Promise.all(Array.from({ length: Math.min(service.parallel, groups.size) }, worker));
  } finally {
    limit.end();
  }
  return questions.map((question) => ({ question, reply: own(answers.get(question.key) ?? '', question) }));
}

async function queried(service: ModuleService, { body }: Question, signal: AbortSignal): Promise<Reply> {
  try {
    return await service.query(body, { ms: service.timeoutMs, signal }, hiddenIn(body.config));
  } catch (error) {
    if (error instanceof NoPlace) return notAsked();
    throw error;
  }
}

const notAsked = (): Reply => ({ outcome: 'notAsked', problem: text('enrich.notAsked') });

function groupsOf(questions: readonly Question[]): Map<string, Question[]> {
  const groups = new Map<string, Question[]>();
  for (const question of questions) {
    const group = groups.get(question.key);
    if (group) group.push(question);
    else groups.set(question.key, [question]);
  }
  return groups;
}

/** What may be otherwise a minute later is not kept. */
function isWorthKeeping({ outcome }: Reply): boolean {
  return outcome === 'result' || outcome === 'nothing';
}

/** A copy for one attribute, so that nobody changes what another has. */
function own(json: string, { attribute }: Question): Reply {
  const { reply, uuid } = JSON.parse(json) as Kept;
  return isOf(attribute, uuid) ? linked(reply) : linked(renamed(reply, uuid, attribute));
}

function renamed(reply: Reply, uuid: string, attribute: MispAttribute): Reply {
  if (reply.attach === undefined) return reply;
  return { ...reply, attach: answerFor(reply.attach, uuid, attribute) };
}

/** The results are a part of what is attached: one thing, not two. */
function linked(reply: Reply): Reply {
  if (reply.results === undefined) return reply;
  const { attach } = reply;
  const isWhole = isRecord(attach) && !isList(attach) && 'error' in attach && 'results' in attach;
  return { ...reply, results: isWhole ? attach.results : attach };
}

const isOf = ({ uuid }: MispAttribute, other: string) => textOf(uuid).toLowerCase() === other.toLowerCase();

function stopAt(signal: AbortSignal, deadline: number | undefined): { signal: AbortSignal; end(): void } {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let timer: NodeJS.Timeout | undefined;
  if (deadline !== undefined) {
    const left = momentOf(deadline) - uptime() - BEFORE_DEADLINE_MS;
    if (left <= 0) stop();
    else timer = setTimeout(stop, left);
  }
  return {
    signal: stopping.signal,
    end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    },
  };
}

/** How often each outcome came, and why, each reason once. */
export interface Counts extends Record<Outcome, number> {
  problems: string[];
}

const MOST_PROBLEMS = 10;

export function countsOf(answered: readonly Answered[]): Counts {
  const counts: Counts = { result: 0, nothing: 0, failed: 0, timedOut: 0, notAsked: 0, problems: [] };
  const problems = new Set<string>();
  for (const { question, reply } of answered) {
    counts[reply.outcome] += 1;
    const isFailure = reply.outcome !== 'result' && reply.outcome !== 'nothing';
    if (isFailure && problems.size < MOST_PROBLEMS)
      problems.add(`${question.module.name}: ${words(reply.problem ?? '')}`);
  }
  return { ...counts, problems: [...problems] };
}

/** Puts what was found where MISP's nodes look for it: `enrichment` of the attribute. */
export function attachAll(answered: readonly Answered[]): void {
  for (const { question, reply } of answered) {
    if (reply.attach === undefined) continue;
    const attribute = question.attribute as { enrichment?: unknown };
    const before = isList(attribute.enrichment) ? attribute.enrichment : [];
    attribute.enrichment = [...before, reply.attach];
  }
}
