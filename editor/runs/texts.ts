import type { RunRow } from '../../src/history/record';
import { triggerById } from '../../src/triggers/triggers';
import { textFrom } from '../show';

/** A text of the runs, by its key in the texts of the plugin; its values stay plain text. */
export function text(key: string, params?: object): string {
  const name = `@misp-flows/node-red-misp/misp-editor:misp-editor.runs.${key}`;
  return fixed(name, params);
}

/** What MISP's trigger is called; one that is not known, such as `adhoc_7`, by its id. */
export function triggerName(id: string): string {
  if (!triggerById(id)) return id;
  return fixed(`@misp-flows/node-red-misp/misp-trigger:misp-trigger.label.${id}`);
}

/** Texts that were asked for before: a list that is scrolled asks for the same thousands of times. */
const known = new Map<string, string>();
const MOST_KNOWN = 2000;

function fixed(name: string, params?: object): string {
  const key = params ? name + JSON.stringify(params) : name;
  const words = known.get(key) ?? textFrom(RED, name, params);
  if (known.size >= MOST_KNOWN) known.clear();
  // The texts of a node come some time after those of the plugin.
  if (!name.endsWith(words)) known.set(key, words);
  return words;
}

/** What an operation is called; it may be one of a version that had more of them. */
export function operationName(name: string): string {
  const key = `@misp-flows/node-red-misp/misp-tag:misp-tag.operations.${name}`;
  const words = textFrom(RED, key);
  return words.endsWith(name) ? name : words;
}

/** What came of a run, in a word: the key of its text, and of its colour. */
export type State = 'open' | 'again' | 'block' | 'failed' | 'allow';

export function stateOf({ outcome, ended, failed }: RunRow): State {
  if (outcome === undefined) return ended ? 'again' : 'open';
  if (outcome === 'block') return 'block';
  return failed ? 'failed' : 'allow';
}

/** Whether it is a test, a replay or a workflow of MISP's own, in words; nothing of a run that MISP asked for. */
export function kindOf({ test, replay, source }: RunRow): string {
  if (source === 'misp') return text('ofMisp');
  if (replay === undefined) return test ? text('test') : '';
  return text(test ? 'replayed' : 'replayedForReal');
}

/** How the answer came about, in words. */
export function answerOf(row: RunRow): string {
  const { cause, reason, waited = 0 } = row;
  if (!cause) return text(`state.${stateOf(row)}`);
  const how = text(`cause.${cause}`);
  const words = text('answer', { state: text(`state.${stateOf(row)}`), how, waited });
  return reason ? `${words}: ${reason}` : words;
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export const timeOf = (moment: number) => clock.format(moment);

/** A time of today, or with its day. */
export function momentOf(moment: number): string {
  const isToday = new Date(moment).toDateString() === new Date().toDateString();
  return isToday ? timeOf(moment) : new Date(moment).toLocaleString();
}
