import type { NodeAPI } from 'node-red';
import type { Access, Credentials } from '../../src/listener/credentials';
import type { ListenerCaller } from '../../src/listener/protocol';
import { WorkflowError } from '../../src/text';
import type { Config, Fields } from '../definition';

const COUNTS = ['1', '2', '3', '4', '5'] as const;

/** What counts where so many MISPs ask at least. */
const from = (count: number) => ({ authentication: true, callers: COUNTS.slice(count - 1) });
const nameOf = (count: number) => ({ kind: 'text', default: '', when: from(count) }) as const;
const serverOf = (count: number) => ({ kind: 'config', type: 'misp-server', when: from(count) }) as const;
const secretOf = <S extends 'text' | 'password'>(count: number, secret: S) =>
  ({ kind: 'secret', secret, when: from(count), required: true }) as const;

/** Who may ask. Each MISP has a user and password of its own; the passwords are Node-RED's credentials. */
export const CALLER_FIELDS = {
  user: { kind: 'secret', secret: 'text', when: { authentication: true }, required: true },
  password: { kind: 'secret', secret: 'password', when: { authentication: true }, required: true },
  callers: { kind: 'select', default: '1', options: COUNTS, when: { authentication: true } },
  name1: nameOf(2),
  server1: serverOf(2),
  name2: nameOf(2),
  server2: serverOf(2),
  user2: secretOf(2, 'text'),
  password2: secretOf(2, 'password'),
  name3: nameOf(3),
  server3: serverOf(3),
  user3: secretOf(3, 'text'),
  password3: secretOf(3, 'password'),
  name4: nameOf(4),
  server4: serverOf(4),
  user4: secretOf(4, 'text'),
  password4: secretOf(4, 'password'),
  name5: nameOf(5),
  server5: serverOf(5),
  user5: secretOf(5, 'text'),
  password5: secretOf(5, 'password'),
} as const satisfies Fields;

/** The settings of a listener that say who may ask. */
export type CallerConfig = Config<typeof CALLER_FIELDS> & { authentication: boolean };

/** Whom a listener lets in, and of several MISPs who they are. */
export interface Callers {
  access: Access;
  callers?: ListenerCaller[];
}

/**
 * Whom the settings let in.
 * @throws {WorkflowError} if a user or password is missing, or does not tell one MISP from another
 */
export function callersOf(RED: NodeAPI, config: CallerConfig, secrets: Record<string, string>): Callers {
  if (!config.authentication) return { access: 'open' };
  const { user = '', password = '' } = secrets;
  if (!(user && password)) throw new WorkflowError('listener.noPassword');
  const count = Number(config.callers);
  if (!(count > 1)) return { access: { user, password } };
  const values = config as unknown as Record<string, string | undefined>;
  const numbers = COUNTS.slice(0, count);
  const known = numbers.map((number): Credentials => {
    const own = number === '1' ? '' : number;
    return { user: secrets[`user${own}`] ?? '', password: secrets[`password${own}`] ?? '' };
  });
  const callers = numbers.map((number, index): ListenerCaller => {
    const server = values[`server${number}`] || undefined;
    const { user } = known[index];
    const name = values[`name${number}`]?.trim() || labelOf(RED, server) || user;
    return { user, name, ...(server ? { server } : {}) };
  });
  refuseDoubtful(known, callers);
  return { access: known, callers };
}

function refuseDoubtful(known: readonly Credentials[], callers: readonly ListenerCaller[]): void {
  known.forEach(({ user, password }, index) => {
    if (!(user && password)) throw new WorkflowError('listener.noCallerPassword', { number: index + 1 });
    // Basic authentication ends the user at the first colon.
    if (user.includes(':')) throw new WorkflowError('listener.userColon', { user });
  });
  const twice = <T>(list: readonly T[]) => list.find((one, index) => list.indexOf(one) < index);
  const user = twice(known.map((one) => one.user));
  if (user !== undefined) throw new WorkflowError('listener.userTwice', { user });
  const name = twice(callers.map((one) => one.name));
  if (name !== undefined) throw new WorkflowError('listener.nameTwice', { name });
}

/** What a config node is called, be it there already or not. */
function labelOf(RED: NodeAPI, id: string | undefined): string {
  let name = '';
  RED.nodes.eachNode((node) => {
    if (node.id === id) name = (node as { name?: string }).name?.trim() ?? '';
  });
  return name;
}
