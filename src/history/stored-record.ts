import { isRecord } from '../event/values';
import type { StoredRun } from '../store/store';
import type { OperationBrief, RunRecord, RunRow, Step, StepNode } from './record';

type Of = (value: unknown) => boolean;

const isText: Of = (value) => typeof value === 'string';
const isNumber: Of = (value) => typeof value === 'number';
const isFlag: Of = (value) => typeof value === 'boolean';
const isOneOf =
  (...known: string[]): Of =>
  (value) =>
    known.includes(value as string);
const isListOf =
  (of: Of): Of =>
  (value) =>
    Array.isArray(value) && value.every(of);
/** With all that it needs, and nothing of another kind. */
const isOf =
  <T>(
    needed: { [K in keyof T as undefined extends T[K] ? never : K]: Of },
    more: { [K in keyof T as undefined extends T[K] ? K : never]: Of },
  ): Of =>
  (value) =>
    isRecord(value) &&
    Object.entries<Of>(needed).every(([name, of]) => of(value[name])) &&
    Object.entries<Of>(more).every(([name, of]) => value[name] === undefined || of(value[name]));

const isNode = isOf<StepNode>({ id: isText, type: isText, label: isText }, {});

const isRow = isOf<RunRow>(
  {
    ...{ run: isText, trigger: isText, module: isText, node: isNode, at: isNumber },
    ...{ blocking: isFlag, test: isFlag, failed: isFlag },
  },
  {
    ...{ source: isOneOf('misp'), replay: isText, cause: isText, reason: isText, waited: isNumber },
    about: isOf<NonNullable<RunRow['about']>>({}, { id: isText, uuid: isText, info: isText }),
    ...{ outcome: isOneOf('allow', 'block'), echo: isOneOf('run', 'ended') },
    ...{ ended: isOneOf('known', 'unknown'), shortened: isFlag },
  },
);

const isOperation = isOf<OperationBrief>(
  { do: isText, with: isText },
  { state: isText, problems: isListOf(isText) },
);
const STEPS: Record<Step['what'], Record<string, Of>> = {
  decided: { way: isText, found: isText },
  planned: { dryRun: isFlag, operations: isListOf(isOperation), more: isNumber },
  did: { operations: isListOf(isOperation), more: isNumber },
  failed: { problem: isText, counts: isFlag },
  executed: { result: isText, errors: isListOf(isText) },
};
const isStep: Of = (step) => {
  if (!isRecord(step) || !isNumber(step.at) || !Object.hasOwn(STEPS, step.what as string)) return false;
  if (step.node !== undefined && !isNode(step.node)) return false;
  return Object.entries(STEPS[step.what as Step['what']]).every(([name, of]) => of(step[name]));
};

const isWire: Of = (wire) =>
  Array.isArray(wire) && isText(wire[0]) && isNumber(wire[1]) && isText(wire[2]) && wire.length === 3;
const isDetails = isOf<Omit<RunRecord, keyof RunRow>>(
  { steps: isListOf(isStep), more: isNumber },
  {
    way: isOf<NonNullable<RunRecord['way']>>({ nodes: isListOf(isText), wires: isListOf(isWire) }, {}),
    times: isListOf(isNumber),
  },
);

/** A row from a store; undefined if it is none: others may write to it. @param isLiving it may be under way elsewhere */
export function rowFrom(json: string, isLiving = false): RunRow | undefined {
  const row = read(json);
  return isRow(row) ? endedRow(row as RunRow, isLiving) : undefined;
}

/** A run from a store; undefined if it is none. */
export function recordFrom({ row, details, isLiving }: StoredRun): RunRecord | undefined {
  const [known, rest] = [rowFrom(row, isLiving), read(details)];
  return known && isDetails(rest) ? { ...known, ...(rest as Omit<RunRecord, keyof RunRow>) } : undefined;
}

/** What was under way when its process ended is so no more. */
function endedRow(row: RunRow, isLiving: boolean): RunRow {
  return row.ended || isLiving ? row : { ...row, ended: 'unknown' };
}

function read(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
