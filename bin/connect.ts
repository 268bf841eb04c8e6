import { readFileSync, writeFileSync } from 'node:fs';
import type { SetUpOperation } from '../src/actions/set-up';
import { changedBy, carryOutSteps, type StepOutcome } from '../src/connect/carry-out';
import { checkRows, worstOf, type Row } from '../src/connect/check';
import { askedRows } from '../src/connect/check-gate';
import { planAsked, readAsked } from '../src/connect/gate';
import { stepInWords } from '../src/connect/in-words';
import { planFor, type ConnectPlan, type Question } from '../src/connect/plan';
import type { ServicesWish } from '../src/connect/services-wish';
import { look } from '../src/connect/state';
import { undoOf } from '../src/connect/undo';
import type { Wish } from '../src/connect/wish';
import { MispClient } from '../src/misp/client';
import { text, words, WorkflowError, type Said } from '../src/text';
import { readConnectCall, type ConnectCall } from './connect-call';
import { oneLine } from './read';

/** 0: done, or nothing is red. 1: it cannot be done. 2: wrong call. 3: something must be decided. 4: something is red. */
export type ConnectStatus = 0 | 1 | 2 | 3 | 4;

/** Sets a MISP up for a trigger of a flow, looks whether it is, or takes back what was done. */
export async function runConnect(
  command: 'connect' | 'check' | 'undo',
  args: string[],
): Promise<ConnectStatus> {
  const call = readConnectCall(command, args);
  if (call === 'help') {
    print(text('command.connectUsage'));
    print(text('command.gateUsage'));
    return 0;
  }
  if (typeof call === 'string') {
    const usage = `${words(text('command.connectUsage'))}\n${words(text('command.gateUsage'))}`;
    process.stderr.write(`${call}\n${usage}\n`);
    return 2;
  }
  const client = new MispClient(call.misp);
  try {
    if (command === 'undo') return await undo(client, call);
    const wish = call.wish as Wish | ServicesWish;
    return command === 'check' ? await check(client, wish) : await connect(client, wish, call);
  } catch (error) {
    process.stderr.write(`${oneLine(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  } finally {
    client.close();
  }
}

const print = (said: Said) => void process.stdout.write(`${words(said)}\n`);

async function connect(
  client: MispClient,
  wish: Wish | ServicesWish,
  call: ConnectCall,
): Promise<ConnectStatus> {
  const plan = await planOf(client, wish);
  tellPlan(plan);
  if (plan.hindrances.length > 0) return 1;
  if (plan.questions.length > 0) return 3;
  if (plan.steps.length === 0) print(text('command.connectNothing'));
  if (call.dryRun) return 0;
  return carryOut(client, plan.steps, call.undoFile);
}

async function planOf(client: MispClient, wish: Wish | ServicesWish): Promise<ConnectPlan> {
  if ('wanted' in wish) return planAsked(await readAsked(client, wish), wish);
  const { misp, trigger } = await look(client, wish);
  return planFor(misp, trigger, wish);
}

function tellPlan({ steps, questions, hindrances, notes }: ConnectPlan): void {
  for (const note of notes) process.stderr.write(`${words(text('command.info'))}: ${oneLine(words(note))}\n`);
  for (const hindrance of hindrances) process.stderr.write(`${oneLine(words(hindrance))}\n`);
  for (const question of questions) process.stderr.write(`${questionInWords(question)}\n`);
  steps.forEach((step, index) => print(`${index + 1}. ${oneLine(words(stepInWords(step)))}`));
}

function questionInWords(question: Question): string {
  if (question.ask === 'otherService') {
    const { address, service } = question;
    if (service === undefined) return words(text('command.connectOtherService', { address }));
    return words(text('command.servicesOther', { service, address }));
  }
  const places = question.places.map(({ from, output, to }) => {
    const name = (id: string) => `${id} ${String(question.graph[id]?.data.id)}`;
    const key = [from, output, ...(to === undefined ? [] : [to])].join(':');
    return `  --place ${key}   ${oneLine(name(from))} -> ${to === undefined ? '' : oneLine(name(to))}`;
  });
  return [words(text('command.connectWhere')), ...places, '  --place leave'].join('\n');
}

async function carryOut(
  client: MispClient,
  steps: readonly SetUpOperation[],
  undoFile: string | undefined,
): Promise<ConnectStatus> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  const keep = (outcomes: StepOutcome[]) => {
    if (undoFile === undefined) return;
    // Old settings may hold the password of another service.
    const undo = undoOf(changedBy(outcomes));
    writeFileSync(undoFile, `${JSON.stringify({ undo }, undefined, 2)}\n`, { mode: 0o600 });
  };
  try {
    const outcomes = await carryOutSteps(client, steps, { signal: stop.signal, told: keep });
    for (const { step, state, problem } of outcomes) {
      const said = text(`command.step.${state}`, { step: stepInWords(step) });
      process.stdout.write(`${oneLine(words(said))}\n`);
      if (problem !== undefined) process.stderr.write(`${oneLine(words(problem))}\n`);
    }
    return outcomes.every(({ state }) => state === 'done' || state === 'unchanged') ? 0 : 1;
  } finally {
    process.off('SIGINT', onSignal);
  }
}

async function undo(client: MispClient, { undoFile = '', dryRun }: ConnectCall): Promise<ConnectStatus> {
  const { undo: steps } = JSON.parse(readFileSync(undoFile, 'utf8')) as { undo: SetUpOperation[] };
  if (!Array.isArray(steps)) throw new WorkflowError('command.undoFile');
  steps.forEach((step, index) => print(`${index + 1}. ${oneLine(words(stepInWords(step)))}`));
  return dryRun ? 0 : carryOut(client, steps, undefined);
}

async function check(client: MispClient, wish: Wish | ServicesWish): Promise<ConnectStatus> {
  const rows = await rowsOf(client, wish);
  for (const row of rows) process.stdout.write(`${lineOf(row)}\n`);
  return worstOf(rows) === 'red' ? 4 : 0;
}

async function rowsOf(client: MispClient, wish: Wish | ServicesWish): Promise<Row[]> {
  if ('wanted' in wish) return askedRows(await readAsked(client, wish), wish);
  const { misp, trigger } = await look(client, wish);
  return checkRows(misp, trigger, wish);
}

function lineOf({ level, said, mend = [] }: Row): string {
  const how = mend.map((step) => `\n         -> ${oneLine(words(stepInWords(step)))}`).join('');
  return `${level.padEnd(6)} ${oneLine(words(said))}${how}`;
}
