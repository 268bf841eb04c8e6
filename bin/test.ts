import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { RunRecord } from '../src/history/record';
import { differences, type Difference } from '../src/replay/course';
import {
  actingInTests,
  flowForTests,
  type FlowForTests,
  type SecretsByType,
} from '../src/replay/flow-for-tests';
import { readTest, writeTest, type WorkflowTest } from '../src/replay/test-file';
import type { NodeConfig } from '../src/runs/trust';
import { text, words, WorkflowError } from '../src/text';
import { flowIn, oneLine, read } from './read';
import { findNodeRed, freePlaces, startNodeRed, type TestNodeRed } from './test-process';

/** 0: all went as expected. 1: it cannot be tried. 2: the call cannot be understood. 4: something went otherwise. */
export type TestStatus = 0 | 1 | 2 | 4;

const OPTIONS = {
  flows: { type: 'string', default: 'flows.json' },
  'node-red': { type: 'string' },
  'user-dir': { type: 'string' },
  credentials: { type: 'string' },
  timeout: { type: 'string', default: '60' },
  'allow-acting': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const;

interface Call {
  files: string[];
  flows: string;
  nodeRed?: string;
  userDir: string;
  credentials?: string;
  /** In seconds. */
  timeout: number;
  allowActing: boolean;
}

interface Case {
  test: WorkflowTest;
  /** The trigger node in the flow; undefined if it is not there. */
  trigger?: string;
}

/** Runs tests of a flow in a Node-RED of its own, as dry run. Their results go to standard output, as TAP. */
export async function runTests(args: string[]): Promise<TestStatus> {
  const call = readCall(args);
  if (call === 'help') {
    process.stdout.write(`${words(text('command.testUsage'))}\n`);
    return 0;
  }
  if (typeof call === 'string') {
    process.stderr.write(`${call}\n${words(text('command.testUsage'))}\n`);
    return 2;
  }
  try {
    return await runAll(call);
  } catch (error) {
    process.stderr.write(`${oneLine(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  }
}

/** What was asked for, or what is wrong with it. */
function readCall(args: string[]): Call | string {
  try {
    const { values, positionals: files } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    if (values.help) return 'help';
    if (files.length === 0) return words(text('command.testNoFile'));
    const timeout = Number(values.timeout);
    if (!(timeout > 0 && timeout <= 3600)) return words(text('command.testTimeout'));
    const { flows, credentials } = values;
    const userDir = values['user-dir'] ?? path.dirname(path.resolve(flows));
    return {
      ...{ files, flows, credentials, timeout, userDir },
      nodeRed: values['node-red'],
      allowActing: values['allow-acting'],
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function runAll(call: Call): Promise<TestStatus> {
  const flow = flowIn(read(call.flows)) as NodeConfig[];
  const cases = call.files.map((file) => caseOf(file, flow));
  const triggers = cases.flatMap(({ trigger }) => trigger ?? []);
  const secrets = secretsByType();
  const acting = call.allowActing ? [] : actingInTests(flow, triggers, secrets);
  if (acting.length > 0)
    throw new WorkflowError('command.testActs', { nodes: acting.map(nameOf).join(', ') });
  const places = await freePlaces(flow.filter(({ type }) => type === 'misp-listener').length);
  const { nodes, credentials } = flowForTests(flow, triggers, secrets, (index) => places[index]);
  const nodeRed = await startNodeRed({
    nodeRed: findNodeRed(call.nodeRed, call.userDir),
    userDir: call.userDir,
    flow: nodes,
    credentials: call.credentials ? withSecrets(credentials, call.credentials, flow) : credentials,
  });
  try {
    return await report(cases, nodeRed, call.timeout, new Map(flow.map((node) => [node.id, node])));
  } finally {
    await nodeRed.stop();
  }
}

function caseOf(file: string, flow: readonly NodeConfig[]): Case {
  let test: WorkflowTest;
  try {
    test = readTest(read(file));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const triggers = flow.filter(({ type, d }) => type === 'misp-trigger' && d !== true);
  const { node, module } = test.trigger;
  const found = triggers.find(({ id }) => id === node) ?? triggers.find((one) => one.module === module);
  return { test: { ...test, name: test.name || path.basename(file) }, trigger: found?.id };
}

async function report(
  cases: readonly Case[],
  nodeRed: TestNodeRed,
  timeout: number,
  flow: ReadonlyMap<string, NodeConfig>,
): Promise<TestStatus> {
  process.stdout.write(`TAP version 14\n1..${cases.length}\n`);
  let isSame = true;
  for (const [index, { test, trigger }] of cases.entries()) {
    const problems = trigger
      ? problemsOf(test, await nodeRed.replay(trigger, writeTest(test), timeout), flow)
      : [words(text('command.testNoTrigger', { module: test.trigger.module || test.trigger.node }))];
    if (problems.length > 0) isSame = false;
    const lines = problems.map((problem) => `# ${oneLine(problem)}\n`);
    process.stdout.write(
      `${problems.length > 0 ? 'not ok' : 'ok'} ${index + 1} - ${titleOf(test)}\n${lines.join('')}`,
    );
  }
  return isSame ? 0 : 4;
}

/** A title with # would end there, and could say that a failure is to be passed over. */
const titleOf = ({ name }: WorkflowTest) => oneLine(name).replace(/[\\#]/g, '\\$&');

function problemsOf(
  { expected }: WorkflowTest,
  answer: RunRecord | string,
  flow: ReadonlyMap<string, NodeConfig>,
): string[] {
  if (typeof answer === 'string') return [answer];
  return differences(expected, answer).map(({ node, what, was, is }) => {
    const found = node && flow.get(node.id);
    const name = node ? (found ? nameOf(found) : node.label) : words(text('command.testAnswer'));
    return words(text('command.testDiffers', { node: name, was: wordsOf(what, was), is: wordsOf(what, is) }));
  });
}

function wordsOf(what: Difference['what'], value: string | undefined): string {
  if (value === undefined || (value === '' && what !== 'passed')) return words(text('command.testNothing'));
  if (what !== 'passed') return value;
  return value === ''
    ? words(text('command.testReached'))
    : words(text('command.testOutput', { output: value }));
}

const nameOf = ({ name, type }: NodeConfig) => (typeof name === 'string' && name ? name : type);

/** The node types of this package with their secrets, as the build wrote them down. */
function secretsByType(): SecretsByType {
  const file = path.join(__dirname, '../catalogue.json');
  const all = JSON.parse(readFileSync(file, 'utf8')) as {
    type: string;
    fields: Record<string, { kind: string }>;
  }[];
  return new Map(
    all.map(({ type, fields }) => [
      type,
      Object.entries(fields).flatMap(([name, { kind }]) => (kind === 'secret' ? [name] : [])),
    ]),
  );
}

/** Adds the secrets in a file, which has them by the ids of nodes. Those of listeners are for the tests alone. */
function withSecrets(
  given: FlowForTests['credentials'],
  file: string,
  flow: readonly NodeConfig[],
): FlowForTests['credentials'] {
  const own = JSON.parse(read(file)) as FlowForTests['credentials'];
  const all = { ...given };
  for (const { id, type } of flow)
    if (type !== 'misp-listener' && Object.hasOwn(own, id)) all[id] = { ...given[id], ...own[id] };
  return all;
}
