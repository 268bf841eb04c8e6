import type { Node, NodeAPI, NodeDef } from 'node-red';
import { ThinDataError } from '../src/event/errors';
import { inWords, saidBy, WorkflowError, type Said } from '../src/text';
import type { Names } from '../src/template/template';
import type { Happening } from '../src/runs/journal';
import type { Message } from '../src/runs/message';
import { checkFields, checkSecrets, visibleSettings } from './check-fields';
import type { Config, Description, Fields, Saved, Translate } from './definition';
import { jsonataOf } from './jsonata';
import { auditOf } from './kept-audit';
import { migrate } from './migrate';
import { inShort, NodeStatus, type StatusArguments } from './node-status';
import { namesFor } from './template-names';
import { ourTypes } from './our-types';
import { runtimeOf } from './runtime';
import { wordsFor } from './words';

/** Messages by output; `undefined` for an output that gets none. */
export type Outputs = (Message | undefined)[];

/** What a node's behaviour works with. */
export interface NodeContext<F extends Fields> {
  RED: NodeAPI;
  node: Node;
  config: Config<F>;
  /** The node's credentials (its `secret` fields). */
  secrets: Record<string, string>;
  text: Translate;
  /** What templates know besides the payload: `_env`, as newer MISPs have it. */
  names: (message: Message) => Names;
  /** An error in the words of the node's catalogue. */
  explain: (error: unknown) => Error;
  /** The value of a `typed` field, for a message. @throws what the expression or the context store throws */
  evaluate: (field: keyof F & string, message: Message) => Promise<unknown>;
  /** Writes into the journal of the message's run; what takes time is found out only if somebody reads it. */
  note: (message: Message, happening: () => Happening | Promise<Happening>) => void;
  /** Shows what happened last, from `status.<key>` in `locales/`; without a key it is cleared. */
  status: (...status: StatusArguments) => void;
  /** Tells an error of the set-up: in the status until it is mended, and once in the log. */
  notSetUp: (error: unknown) => void;
  /** Tells an error after which the flow goes on. */
  wentOn: (error: unknown, message: Message) => void;
  /** `status` for what is wrong with the set-up, and with what it is connected to: the worst is shown. */
  setup: (...status: StatusArguments) => void;
  connection: (...status: StatusArguments) => void;
  /** `status` for what may come with each message. */
  statusSoon: (...status: StatusArguments) => void;
}

/** A node that could not be set up. */
export type BrokenNode = Node & {
  /** Why. */
  problem?: Said;
};

/** What a node does. */
export interface Behaviour {
  /** Handles a message. What it throws becomes the node's error, for Catch nodes. */
  input?(message: Message): Outputs | void | Promise<Outputs | void>;
  close?(removed: boolean): void | Promise<void>;
}

/** The function that Node-RED loads, with the description that the build reads. */
export type NodeModule<F extends Fields> = ((RED: NodeAPI) => void) & { description: Description<F> };

/**
 * A node type: its description and its behaviour. All our nodes run in this one wrapper: errors always
 * end in `done(error)`, settings are migrated, texts translated.
 * @param createBroken what is left to do for a node that cannot be set up
 */
export function defineNode<const F extends Fields>(
  description: Description<F>,
  create: (context: NodeContext<F>, self: Node) => Behaviour,
  createBroken: (context: NodeContext<F>, self: Node, problem: Error) => Behaviour = broken,
): NodeModule<F> {
  ourTypes.set(description.type, description);
  const register = (RED: NodeAPI) => {
    function Constructor(this: Node, saved: NodeDef) {
      RED.nodes.createNode(this, saved);
      const status = new NodeStatus(this, textsOf(RED, description));
      const context = contextOf(RED, this, description, saved, status);
      try {
        checkFields(description.fields, context.config);
        checkSecrets(description.fields, context.config, context.secrets);
        attach(this, create(context, this), context, status);
        status.begin();
      } catch (error) {
        const problem = translated(error, context.text);
        (this as BrokenNode).problem = saidBy(problem);
        context.notSetUp(problem);
        attach(this, createBroken(context, this, problem), context, status);
      }
    }
    const credentials = credentialsOf(description);
    RED.nodes.registerType(description.type, Constructor, credentials && { credentials });
  };
  return Object.assign(register, { description });
}

/**
 * A node that could not be set up fails for each message, so that no message vanishes in it. One that is to go
 * on if it fails does so: what stands behind it may decide.
 */
function broken<F extends Fields>({ config }: NodeContext<F>, node: Node, problem: Error): Behaviour {
  const goesOn = (config as { onFailure?: string }).onFailure === 'continue';
  return {
    input(message) {
      if (!goesOn) throw problem;
      node.error(problem.message, message);
      return [message];
    },
  };
}

function attach<F extends Fields>(
  node: Node,
  behaviour: Behaviour,
  context: NodeContext<F>,
  status: NodeStatus,
): void {
  if (behaviour.input) {
    node.on('input', (message, send, done) => {
      const end = status.receive(message as unknown as Message);
      run(() => behaviour.input?.(message as unknown as Message)).then(
        (outputs) => {
          end();
          if (outputs) send(outputs as never);
          done();
        },
        (error) => {
          const problem = translated(error, context.text);
          context.status(statusOf(error), 'red', 'ring', { problem: inShort(problem.message) });
          end();
          done(problem);
        },
      );
    });
  }
  node.on('close', (removed: boolean, done: () => void) => {
    status.close();
    run(() => behaviour.close?.(removed))
      .catch((error) => node.error(translated(error, context.text).message))
      // What it did must be written down before Node-RED ends.
      .then(() => auditOf(context.RED).flush())
      .then(done, done);
  });
}

/** Some errors have words of their own in the status. */
function statusOf(error: unknown): string {
  return error instanceof ThinDataError ? error.status : 'error';
}

/** Runs `work` at once; a thrown error becomes a rejection. */
async function run<T>(work: () => T | Promise<T>): Promise<T> {
  return work();
}

function contextOf<F extends Fields>(
  RED: NodeAPI,
  node: Node,
  description: Description<F>,
  saved: NodeDef,
  status: NodeStatus,
): NodeContext<F> {
  const text = textsOf(RED, description);
  const config = visibleSettings(description.fields, migrate(description, saved as unknown as Saved));
  const jsonata = jsonataOf(RED, node);
  const expressions = new Map<string, (message: Message) => Promise<unknown>>();
  return {
    RED,
    node,
    config: config as unknown as Config<F>,
    secrets: { ...(node as Node<Record<string, string>>).credentials },
    text,
    names: (message) => namesFor(RED, message, config.server),
    explain: (error) => translated(error, text),
    note(message, happening) {
      const { tracker, journal } = runtimeOf(RED);
      if (!journal.isRead) return;
      const run = tracker.receptionOf(message)?.run;
      if (!run) return;
      const write = (known: Happening) => journal.write(run.id, known, node);
      // Looking it up must not fail what it is about.
      new Promise<Happening>((resolve) => resolve(happening())).then(write, () => undefined);
    },
    async evaluate(name, message) {
      const type = String(config[`${name}Type`]);
      if (type === 'jsonata') {
        const expression = expressions.get(name) ?? jsonata(String(config[name]));
        expressions.set(name, expression);
        return expression(message);
      }
      return new Promise((resolve, reject) => {
        RED.util.evaluateNodeProperty(String(config[name]), type, node, message, (error, value) => {
          if (error) reject(error);
          else resolve(value);
        });
      });
    },
    notSetUp(error) {
      const { message: problem } = translated(error, text);
      status.show('setup', 'broken', 'red', 'ring', { problem: inShort(problem) });
      node.error(problem);
    },
    wentOn(error, message) {
      const { message: problem } = translated(error, text);
      status.show('last', 'failed', 'yellow', 'ring', { problem: inShort(problem) });
      node.error(problem, message);
    },
    status: (...shown) => status.show('last', ...shown),
    setup: (...shown) => status.show('setup', ...shown),
    connection: (...shown) => status.show('connection', ...shown),
    statusSoon: (...shown) => status.showSoon('last', ...shown),
  };
}

/** The texts of a node type, in the language of the runtime. */
function textsOf(RED: NodeAPI, { type }: Pick<Description, 'type'>): Translate {
  return (key, params = {}) => RED._(`${type}.${key}`, inWords(params));
}

/** An error whose words are those of the node, for Node-RED, which reads `message`. */
function translated(error: unknown, text: Translate): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof WorkflowError) error.message = wordsFor(error, text);
  return error;
}

function credentialsOf(description: Description): Record<string, { type: 'text' | 'password' }> | undefined {
  const secrets = Object.entries(description.fields).flatMap(([name, field]) =>
    field.kind === 'secret' ? [[name, { type: field.secret }] as const] : [],
  );
  return secrets.length > 0 ? Object.fromEntries(secrets) : undefined;
}
