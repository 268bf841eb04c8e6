import { isRecord } from '../../event/values';
import type { HandOn } from '../kinds/front';
import { otherSubjects, subjectKey } from '../kinds/module-request';

type Json = Readonly<Record<string, unknown>>;

/** Settings and user do not leave this thread. */
const HIDDEN = new Set(['config', 'user']);

/**
 * The query as it came, or with what a flow changed; the settings and the user are in it again. What the flow has not
 * seen does not go on: a module could take another value than the one that was looked at.
 */
export function changedQuery(body: Uint8Array, { value, attribute }: HandOn): Uint8Array {
  const asked = read(body) ?? {};
  const unseen = new Set(otherSubjects(asked));
  if (value === undefined && attribute === undefined && unseen.size === 0) return body;
  const query = Object.fromEntries<unknown>(Object.entries(asked).filter(([name]) => !unseen.has(name)));
  const subject = subjectKey(query, []);
  if (isRecord(query.attribute)) {
    const changed: Record<string, unknown> = { ...query.attribute, ...attribute };
    if (value !== undefined && value !== query.attribute.value)
      Object.assign(changed, { value, value1: value });
    query.attribute = changed;
  } else if (value !== undefined && subject !== undefined && subject !== 'object') query[subject] = value;
  return Buffer.from(JSON.stringify(query));
}

/** What a flow in front of a module gets of its answer; nothing if that is no object, such as a page of an error. */
export function withAnswer(module: string, asked: Uint8Array, answered: Uint8Array): Buffer | undefined {
  const answer = read(answered);
  if (!answer) return undefined;
  const query = Object.fromEntries(Object.entries(read(asked) ?? {}).filter(([name]) => !HIDDEN.has(name)));
  return Buffer.from(JSON.stringify({ module, query, answer }));
}

function read(bytes: Uint8Array): Json | undefined {
  try {
    const json = JSON.parse(Buffer.from(bytes).toString()) as unknown;
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
