import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { node } from './flows';
import { root, type FlowNode } from './node-red';
import { event } from './misp';

const FOLDER = path.join(root, 'test/fixtures/field-cases/flows');

/** A flow on which the package once failed, as it was written down then. */
export interface FieldCase {
  name: string;
  flows: FlowNode[];
  /** What MISP answers to whatever the flow asks it. */
  mispAnswers?: string;
}

/** Every file of the folder: one that is added later is tested too. */
export function fieldCases(): FieldCase[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const content = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as
        FlowNode[] | Omit<FieldCase, 'name'>;
      return {
        name: path.basename(file, '.json'),
        ...(Array.isArray(content) ? { flows: content } : content),
      };
    });
}

/** What the flow of a case needs to be deployed here. */
export interface Place {
  port: number;
  mispUrl: string;
  /** The rule of its trigger. */
  goOn: string;
  /** Seconds. */
  deadline: number;
}

/** The flow of a case in this place. When a response decides, an allow stands behind every "else" of an IF. */
export function placed({ flows }: FieldCase, { port, mispUrl, goOn, deadline }: Place): FlowNode[] {
  const allow = node('else-allow', 'misp-response', [], { answer: 'allow' });
  let allowed = false;
  const nodes = flows.map((entry): FlowNode => {
    if (entry.type === 'misp-listener') return { ...entry, port };
    if (entry.type === 'misp-server') return { ...entry, url: mispUrl };
    if (entry.type === 'misp-trigger') return { ...entry, deadline, ...rule(goOn) };
    const [then, otherwise] = (entry.wires ?? []) as string[][];
    if (goOn !== 'response' || entry.type !== 'misp-if-tag' || otherwise?.length !== 0) return entry;
    if (entry.z !== flows.find(({ type }) => type === 'misp-trigger')?.z) return entry;
    allowed = true;
    return { ...entry, wires: [then, [allow.id]] };
  });
  const z = flows.find(({ type }) => type === 'misp-trigger')?.z;
  return allowed ? [...nodes, { ...allow, z }] : nodes;
}

/** The files are flows of the first version, in which "all paths" was the lack of "explicit". */
function rule(goOn: string): object {
  return goOn === 'ended' ? { version: 1, explicit: false } : { version: 2, goOn };
}

/** The secrets of a flow's nodes, as the files have them. */
export function secretsOf({ flows }: FieldCase): Record<string, object> {
  return Object.fromEntries(flows.flatMap(({ id, credentials }) => (credentials ? [[id, credentials]] : [])));
}

/** An event that must not go on: it is red, and the last of its attributes is bad. */
export const red = (more: object = {}): object =>
  withAttributes('tlp:red', true, { info: 'the red one', ...more });

/** An event that may go on. */
export const green = (): object => withAttributes('tlp:green', false, { info: 'the green one' });

function withAttributes(tag: string, bad: boolean, more: object): object {
  return event([tag], {
    Attribute: [
      { wait: 20, bad: false },
      { wait: 200, bad },
    ],
    ...more,
  });
}
