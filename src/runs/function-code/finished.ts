import { CHANGING, KEEPING_NOTHING } from './known';
import { Names } from './names';
import { Proof } from './proof';
import { parseCode, wrap } from './syntax';
import { NotProved, type Unproved } from './unproved';

/** Longer code is held unread. */
const LONGEST_CODE = 256 * 1024;
/** Proofs are kept for this many pieces of code: the editor asks after every change of a flow. */
const REMEMBERED = 500;

/** What is read of a function node as it stands in a flow file. */
export interface FunctionCode {
  func?: unknown;
  initialize?: unknown;
  finalize?: unknown;
  libs?: unknown;
  [property: string]: unknown;
}

const remembered = new Map<string, Unproved | undefined>();

/**
 * Why a function node cannot be taken for finished when Node-RED takes it for that; undefined if it is proved.
 *
 * Node-RED calls a function node done when its awaited body has returned, or when the code calls `node.done()`. The
 * code is read by a parser, On Start and On Stop too, and is proved if
 * - whatever sends, fails or shows a status does so before that: in the body, in functions that it calls or that
 *   methods of lists and texts call, in promises that are awaited or returned;
 * - nothing that leads back to the message is put where it can be fetched later: a context store, a global, a module.
 *   A part of the message leads back to it, and so does its text; numbers, yes or no, dates, and properties that are
 *   plain by their name (`id`, `uuid`, `length`, `known.ts`) do not;
 * - what is thrown is something: Node-RED does not notice a thrown nothing. What was caught may be thrown again;
 * - every use of `node`, the stores and unseen code is one that is understood.
 * Everything else is held, harmless or not.
 */
export function whyUnfinished({ func, initialize, finalize, libs }: FunctionCode): Unproved | undefined {
  const codes = [func, initialize, finalize].map(textOf);
  const modules = modulesOf(libs);
  const key = JSON.stringify([codes, [...modules]]);
  if (remembered.has(key)) return remembered.get(key);
  const reason = prove(codes, modules);
  if (remembered.size >= REMEMBERED) remembered.clear();
  if (key.length < LONGEST_CODE) remembered.set(key, reason);
  return reason;
}

function prove(codes: string[], modules: ReturnType<typeof modulesOf>): Unproved | undefined {
  if (codes.some(({ length }) => length > LONGEST_CODE)) return 'tooLong';
  try {
    const parts = codes.map((code, at) => {
      const isAsync = at < 2; // On Stop is not
      const root = parseCode(code, isAsync);
      if (!root) throw new NotProved('unparsable');
      return { text: wrap(code, isAsync), names: new Names(root) };
    });
    const defined = new Set(parts.flatMap(({ names }) => [...names.defined]));
    for (const { text, names } of parts) new Proof(text, names, { modules, defined }).run();
    return undefined;
  } catch (error) {
    return error instanceof NotProved ? error.reason : 'unparsable'; // a syntax error, or nested too deep
  }
}

function modulesOf(libs: unknown): Map<string, { keepsNothing: boolean; changes: boolean }> {
  const list = Array.isArray(libs) ? (libs as { var?: unknown; module?: unknown }[]) : [];
  return new Map(
    list.map((lib) => {
      const module = textOf(lib?.module).replace(/^node:|@[^/@]*$/g, '');
      return [textOf(lib?.var), { keepsNothing: KEEPING_NOTHING.has(module), changes: CHANGING.has(module) }];
    }),
  );
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
