import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import path from 'node:path';
import { readWorkflow, toFlow, toGraph, writeBlueprint, writeWorkflow } from '../src/workflow';
import type { Catalogue, Note } from '../src/workflow';
import { text, words, type TextKey } from '../src/text';
import { runConnect, type ConnectStatus } from './connect';
import { runProof, type ProofStatus } from './proof';
import { flowIn, oneLine, read } from './read';
import { runTests, type TestStatus } from './test';

/**
 * 0: done. 1: the file cannot be taken. 2: the call cannot be understood. 3: done, but with `--strict` not all of it. 4: a
 * flow does something else than a test expects.
 */
type Status = 0 | 3 | TestStatus | ConnectStatus | ProofStatus;

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  name: { type: 'string' },
  workflow: { type: 'boolean' },
  secrets: { type: 'boolean' },
  strict: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

interface Call {
  command: 'import' | 'export';
  file: string;
  output?: string;
  name?: string;
  workflow?: boolean;
  secrets?: boolean;
  strict?: boolean;
}

/** Runs a command; results go to standard output, or to a file, all that is said of them to standard error. */
export async function main(args: string[]): Promise<Status> {
  const [command, ...rest] = args;
  if (command === 'test') return runTests(rest);
  if (command === 'connect' || command === 'check' || command === 'undo') return runConnect(command, rest);
  if (command === 'proof') return runProof(rest);
  const call = readCall(args);
  if (call === 'help') {
    process.stdout.write(`${words(text('command.usage'))}\n`);
    return 0;
  }
  if (typeof call === 'string') {
    process.stderr.write(`${call}\n${words(text('command.usage'))}\n`);
    return 2;
  }
  try {
    const { result, notes } = call.command === 'import' ? importFile(call) : exportFile(call);
    const written = `${JSON.stringify(result, undefined, 2)}\n`;
    if (call.output) writeFileSync(call.output, written);
    else process.stdout.write(written);
    for (const note of notes) say(note);
    return call.strict && notes.some(({ level }) => level !== 'info') ? 3 : 0;
  } catch (error) {
    process.stderr.write(`${oneLine(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  }
}

/** What was asked for, or what is wrong with it. */
function readCall(args: string[]): Call | string {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    const [command, file, ...more] = positionals;
    if (values.help) return 'help';
    if (command !== 'import' && command !== 'export')
      return words(text('command.unknown', { command: command ?? '' }));
    if (file === undefined || more.length > 0) return words(text('command.oneFile'));
    return { command, file, ...values };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Done {
  result: unknown;
  notes: Note[];
}

function importFile({ file, name }: Call): Done {
  const { graph, notes } = readWorkflow(read(file));
  const flow = toFlow(name === undefined ? graph : { ...graph, name }, catalogue(), { tab: true });
  return { result: flow.nodes, notes: [...notes, ...flow.notes] };
}

function exportFile({ file, name, workflow, secrets }: Call): Done {
  const { graph, notes } = toGraph(flowIn(read(file)), catalogue(), { name, secrets });
  return { result: workflow ? writeWorkflow(graph) : writeBlueprint(graph), notes };
}

function catalogue(): Catalogue {
  return JSON.parse(readFileSync(path.join(__dirname, '../catalogue.json'), 'utf8')) as Catalogue;
}

function say({ level, key, params }: Note): void {
  const kind = words({ key: `command.${level}` as TextKey, params: {} });
  process.stderr.write(`${kind}: ${oneLine(words({ key, params: params ?? {} }))}\n`);
}
