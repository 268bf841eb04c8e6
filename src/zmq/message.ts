import { listsIn } from '../event/keyed-lists';
import { toCoreFormat } from '../event/to-core';
import { removePrototypeKeys } from '../listener/request';
import { scanBody } from '../listener/scan';
import { hideSecretsInTexts } from '../triggers/secret-texts';
import { removeSecrets } from '../triggers/secrets';
import { text, WorkflowError } from '../text';
import { topicOf } from './topics';

/** A message of MISP's ZeroMQ channel. */
export interface ZmqMessage {
  topic: string;
  /** What was done, such as `add`; not all topics say it. */
  action?: string;
  data: unknown;
}

/** Topics that hold events or parts of them: they become core format. */
const CORE = new Set([
  'misp_json',
  'misp_json_event',
  'misp_json_attribute',
  'misp_json_object',
  'misp_json_sighting',
  'misp_json_workflow',
]);

/** Topics that may hold keys and passwords: the workflow topic carries whatever a workflow got. */
const WITH_SECRETS = new Set(['misp_json_user', 'misp_json_audit', 'misp_json_workflow']);

/** MISP names these two the other way round in `misp_json_user`. */
const SWAPPED: Readonly<Record<string, string>> = { add: 'edit', edit: 'add' };

/** The deepest nesting of objects and lists that is read. */
const DEEPEST = 200;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a frame: events in core format, the action named rightly, keys and passwords removed.
 * @throws {WorkflowError} that says what is wrong with it, without quoting it
 */
export function readMessage(frame: Buffer): ZmqMessage {
  const topic = topicOf(frame);
  if (topic === undefined) throw new WorkflowError('zmq.noTopic');
  const data = parse(frame.subarray(topic.length + 1), topic);
  if (WITH_SECRETS.has(topic)) {
    removeSecrets(data);
    hideSecretsInTexts(data);
  }
  const action = nameAction(topic, data);
  return {
    topic,
    ...(action === undefined ? {} : { action }),
    data: CORE.has(topic) ? toCoreFormat(data) : data,
  };
}

function parse(bytes: Buffer, topic: string): unknown {
  const { depth, suspicious, keyed } = scanBody(bytes, DEEPEST);
  if (depth > DEEPEST) throw new WorkflowError('zmq.tooDeep', { topic, depth: DEEPEST });
  const data = parseJson(decode(bytes, topic), topic);
  if (suspicious) removePrototypeKeys(data);
  return keyed ? listsIn(data) : data;
}

function decode(bytes: Buffer, topic: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new WorkflowError('zmq.notUtf8', { topic });
  }
}

function parseJson(json: string, topic: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    // V8's message quotes the text around the error, which may be a secret: only the position is kept.
    const [, position] = /position (\d+)/.exec((error as Error).message) ?? [];
    throw new WorkflowError('zmq.notJson', {
      topic,
      problem: position === undefined ? text('json.cut') : text('json.position', { position }),
    });
  }
}

/** The action, corrected in the data too where MISP swaps it. */
function nameAction(topic: string, data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const named = data as { action?: unknown };
  if (typeof named.action !== 'string') return undefined;
  if (topic === 'misp_json_user' && Object.hasOwn(SWAPPED, named.action)) {
    named.action = SWAPPED[named.action];
  }
  return named.action as string;
}
