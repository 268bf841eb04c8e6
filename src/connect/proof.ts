import { randomUUID } from 'node:crypto';
import type { CarryOut, MispOperation } from '../actions/plan';
import { carryOutOn } from '../misp/carry-out';
import type { MispClient } from '../misp/client';
import { blocklistEntry, removeFromEventBlocklist } from '../misp/event-blocklists';
import { addEvent, deleteEvent, eventHeads, unpublish, type EventHead } from '../misp/events';
import { versionNotes } from '../misp/versions';
import { saidBy, text, words, type Said, type Text } from '../text';
import type { Level } from './check';
import type { ExpectedCall, ProofAnswer } from './proof-answers';
import type { MispState, TriggerState } from './state';
import { canFailClosed, type Wish } from './wish';

/** What is proved, and whether a dead Node-RED is played as well. */
export interface ProofWish extends Wish {
  /** The flow decides nothing: MISP goes on at once. */
  watches: boolean;
  dead: boolean;
}

/** What was seen. */
export interface ProofRow {
  id: ProofAnswer | 'event' | 'tidy';
  level: Level;
  said: Said;
}

/** Has the trigger answer MISP's next question about an event so. */
export type ExpectCall = (event: string, answer: ProofAnswer) => ExpectedCall;

/** In their order: in the end the event is published for good, as far as it has an end. */
const ANSWERS: readonly ProofAnswer[] = ['block', 'silence', 'death', 'allow'];
const OF_DEAD: readonly ProofAnswer[] = ['silence', 'death'];

/** Why the round trip cannot be proved. */
export function proofHindrances(misp: MispState, trigger: TriggerState, wish: ProofWish): Said[] {
  const { account, pagesProblem, modules } = misp;
  const { email, version } = account;
  if (wish.trigger !== 'event-publish') return [text('proof.onlyPublish')];
  if (wish.watches) return [text('proof.onlyWatches')];
  if (!account.siteAdmin) return [text('connect.noSiteAdmin', { email })];
  if (account.readOnlyKey) return [text('connect.readOnlyKey', { email })];
  const cannot = versionNotes(version, wish.trigger).filter(({ level }) => level === 'red');
  if (cannot.length > 0) return cannot.map(({ said }) => said);
  if (pagesProblem !== undefined) return [pagesProblem];
  const uses = Object.values(trigger.graph).some(({ data }) => data.id === wish.module);
  if (modules?.get(wish.module)?.on !== true || !trigger.on || !uses) return [text('proof.notConnected')];
  return [];
}

/** What it does, and what that may set off: to be read before. */
export function proofEffects({ dead, deadlineMs }: ProofWish): Text[] {
  return [
    text('proof.will.event'),
    text('proof.will.publish'),
    text('proof.will.others'),
    text('proof.will.delete'),
    ...(dead ? [text('proof.will.dead', { seconds: deadlineMs / 1000 })] : []),
  ];
}

/**
 * Proves that MISP asks the flow and obeys: makes an event of its own, asks MISP to publish it while the trigger blocks,
 * says nothing, dies and allows, and takes the event away again, whatever MISP answered.
 * @param told what was seen so far
 */
export async function prove(
  client: MispClient,
  wish: ProofWish,
  expect: ExpectCall,
  { signal, told = () => undefined }: { signal: AbortSignal; told?: (rows: ProofRow[]) => void },
): Promise<ProofRow[]> {
  const rows: ProofRow[] = [];
  const say = (id: ProofRow['id'], level: Level, said: Said) => {
    rows.push({ id, level, said });
    told([...rows]);
  };
  const uuid = randomUUID();
  try {
    const id = await addEvent(client, {
      ...{ uuid, info: words(text('proof.info')), distribution: '0', published: false },
      ...{ threat_level_id: '4', analysis: '0' },
    });
    say('event', 'green', text('proof.made', { id }));
    for (const answer of ANSWERS) {
      if (signal.aborted) break;
      if (!wish.dead && OF_DEAD.includes(answer)) continue;
      const seen = await publishOnce(client, uuid, () => expect(uuid, answer), signal);
      say(answer, ...judged(answer, seen, wish));
    }
  } catch (error) {
    say('event', 'red', text('proof.failed', { problem: reasonOf(error) }));
  }
  say('tidy', ...(await tidied(client, uuid)));
  return rows;
}

/** Where MISP has answered that it does not publish; any other failure leaves open what it does yet. */
const REFUSALS: readonly string[] = ['carryOut.publishStopped', 'carryOut.notPublished'];

interface Seen {
  called: boolean;
  published: boolean;
  /** MISP says that it has not published. */
  refused: boolean;
  /** Why MISP did not publish, in its words. */
  reason: Said;
}

async function publishOnce(
  client: MispClient,
  uuid: string,
  expect: () => ExpectedCall,
  signal: AbortSignal,
): Promise<Seen> {
  const { id, published: isOut } = await headOf(client, uuid);
  // What an answer before it let out: else nobody could tell the next publication from that one.
  if (isOut) await unpublish(client, id);
  const call = expect();
  try {
    const carryOut: CarryOut<MispOperation> = carryOutOn(client);
    const plan: MispOperation[] = [{ do: 'publish', event: { id }, mail: false, queued: false }];
    const [result] = await carryOut(plan, { signal, progress: () => undefined });
    const { published } = await headOf(client, uuid);
    const reason = result.failures?.[0]?.problem ?? '';
    const refused = typeof reason === 'object' && REFUSALS.includes(reason.key);
    return { called: call.called, published, refused, reason: brief(reason) };
  } finally {
    call.end();
  }
}

async function headOf(client: MispClient, uuid: string): Promise<EventHead> {
  const head = (await eventHeads(client, [uuid])).get(uuid);
  if (!head) throw new Error(words(text('proof.eventGone')));
  return head;
}

/** What it means that MISP has published, or has not. */
function judged(
  answer: ProofAnswer,
  { called, published, refused, reason }: Seen,
  wish: ProofWish,
): [level: Level, said: Said] {
  if (!called) return ['red', text(published ? 'proof.notCalledPublished' : 'proof.notCalled', { reason })];
  if (answer === 'allow') {
    return published ? ['green', text('proof.allowed')] : ['red', text('proof.notPublished', { reason })];
  }
  if (!published && !refused) return ['yellow', text('proof.notKnown', { reason })];
  if (!published) return ['green', text(`proof.stopped.${answer}`)];
  // What was drawn to fail open does so.
  const isPromised = answer === 'block' || (canFailClosed(wish.trigger) && wish.clearTag !== undefined);
  return [isPromised ? 'red' : 'yellow', text(`proof.published.${answer}`)];
}

/** MISP's words may be of any length. */
const MOST_CHARACTERS = 1000;
const reasonOf = (error: unknown): Said => brief(saidBy(error));

function brief(said: Said): Said {
  const whole = words(said);
  return whole.length > MOST_CHARACTERS ? `${whole.slice(0, MOST_CHARACTERS)}…` : said;
}

/** Takes the event away, and what MISP remembers of it. */
async function tidied(client: MispClient, uuid: string): Promise<[level: Level, said: Said]> {
  try {
    const head = (await eventHeads(client, [uuid])).get(uuid);
    if (!head) return ['green', text('proof.nothingLeft')];
    const problem = await deleteEvent(client, head.id).then(() => undefined, reasonOf);
    if ((await eventHeads(client, [uuid])).has(uuid)) {
      return ['red', text('proof.notDeleted', { id: head.id, problem: problem ?? '' })];
    }
  } catch (error) {
    return ['red', text('proof.notDeleted', { id: uuid, problem: reasonOf(error) })];
  }
  try {
    const entry = await blocklistEntry(client, uuid);
    if (entry !== undefined) await removeFromEventBlocklist(client, entry);
    return ['green', text('proof.tidied')];
  } catch (error) {
    return ['yellow', text('proof.blocklistLeft', { uuid, problem: reasonOf(error) })];
  }
}
