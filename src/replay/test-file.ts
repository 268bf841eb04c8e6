import { isRecord } from '../event/values';
import { DEFAULT_LIMITS } from '../listener/protocol';
import { scanBody } from '../listener/scan';
import { WorkflowError } from '../text';
import type { Course, CourseStep } from './course';

/** The version of the format: a file of a later one is refused. */
const VERSION = 1;
const MARK = 'misp-workflow-test';

/** An input of a flow and what is to come of it, as it stands in a file. */
export interface WorkflowTest {
  name: string;
  /** The trigger node by its id in the flow file, or by the module that it announces. */
  trigger: { node: string; module: string; event: string };
  input: TestInput;
  expected: Course;
}

/** What MISP sends. */
export interface TestInput {
  data: unknown;
  params: Record<string, unknown>;
}

/** The text of a file with a test. */
export function writeTest({ name, trigger, input, expected }: WorkflowTest): string {
  return `${JSON.stringify({ [MARK]: VERSION, name, trigger, input, expected }, undefined, 2)}\n`;
}

/**
 * Reads a file with a test.
 * @throws {WorkflowError} that says what is wrong with it
 */
export function readTest(text: string): WorkflowTest {
  const read = parsed(text);
  if (!isRecord(read) || read[MARK] === undefined) throw new WorkflowError('testFile.noTest');
  if (read[MARK] !== VERSION) throw new WorkflowError('testFile.version', { version: VERSION });
  const { name, trigger, input, expected } = read;
  if (!isRecord(trigger) || !isRecord(input) || !('data' in input))
    throw new WorkflowError('testFile.noInput');
  return {
    name: wordOf(name),
    trigger: {
      node: wordOf(trigger.node),
      module: wordOf(trigger.module),
      event: wordOf(trigger.event),
    },
    input: { data: input.data, params: isRecord(input.params) ? { ...input.params } : {} },
    expected: expectedOf(expected),
  };
}

/**
 * The input in a text that was pasted: a file with a test, a whole request of MISP, or its data alone.
 * @throws {WorkflowError} that says what is wrong with it
 */
export function inputIn(text: string): TestInput {
  const read = parsed(text);
  if (!isRecord(read)) throw new WorkflowError('testFile.noInput');
  const given = isRecord(read.input) && read[MARK] !== undefined ? read.input : read;
  const isWhole = typeof given.module === 'string' || given !== read;
  if (!isWhole) return { data: read, params: {} };
  if (!('data' in given)) throw new WorkflowError('testFile.noInput');
  return { data: given.data, params: isRecord(given.params) ? { ...given.params } : {} };
}

/** A test that expects nothing would be passed by whatever the flow does. */
function expectedOf(expected: unknown): Course {
  if (!isRecord(expected)) throw new WorkflowError('testFile.expectsNothing');
  const { outcome, reason, nodes } = expected;
  if (outcome !== undefined && outcome !== 'allow' && outcome !== 'block')
    throw new WorkflowError('testFile.outcome');
  if (nodes !== undefined && !(Array.isArray(nodes) && nodes.every(isStep)))
    throw new WorkflowError('testFile.nodes');
  if (outcome === undefined && nodes === undefined) throw new WorkflowError('testFile.expectsNothing');
  return {
    ...(outcome === undefined ? {} : { outcome }),
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(nodes === undefined ? {} : { nodes: nodes }),
  };
}

const KINDS = new Set<unknown>(['decided', 'planned', 'failed', 'passed']);

function isStep(step: unknown): step is CourseStep {
  return (
    isRecord(step) && typeof step.node === 'string' && typeof step.is === 'string' && KINDS.has(step.what)
  );
}

const wordOf = (value: unknown) => (typeof value === 'string' ? value : '');

/** V8's message quotes the text around the error, which may be a secret: it is left out. */
function parsed(text: string): unknown {
  const { depth } = DEFAULT_LIMITS;
  if (scanBody(Buffer.from(text), depth).depth > depth) throw new WorkflowError('service.tooDeep', { depth });
  try {
    return JSON.parse(text);
  } catch {
    throw new WorkflowError('testFile.notJson');
  }
}
