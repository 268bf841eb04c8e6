import { randomUUID } from 'node:crypto';
import type { CreateEvent } from '../../../src/actions/create-event';
import type { Ref } from '../../../src/actions/plan';
import { textOf } from '../../../src/event/values';
import type { MispClient } from '../../../src/misp/client';
import { isEventKey } from '../../../src/misp/event-search';
import { findOwnEvent } from '../../../src/misp/find-event';
import { forgetNew, uuidOfNew } from '../../../src/misp/new-event-uuids';
import type { Message } from '../../../src/runs/message';
import { WorkflowError } from '../../../src/text';
import type { NodeContext } from '../../adaptor';
import type { Fields } from '../../definition';
import { distributionOf } from './distribution';
import { templateOf, valueOf } from './new-value';

const MADE = { target: ['new', 'day', 'info'] };

/** Which event things are added to, and what it is like if it has to be made. Nobody else sees it unless told so. */
export const TARGET_FIELDS = {
  target: { kind: 'select', default: 'new', options: ['new', 'day', 'info', 'existing'], describe: true },
  event: {
    kind: 'typed',
    default: '',
    types: ['str', 'msg', 'flow', 'global', 'env', 'jsonata'],
    required: true,
    when: { target: 'existing' },
  },
  info: { kind: 'template', default: '', rows: 1, required: true, when: MADE },
  distribution: { kind: 'select', default: '0', options: ['0', '1', '2', '3', '4'], when: MADE },
  sharingGroup: {
    kind: 'picker',
    source: 'sharing-groups',
    default: [],
    required: true,
    when: { ...MADE, distribution: '4' },
  },
  threatLevel: { kind: 'select', default: '4', options: ['1', '2', '3', '4'], when: MADE },
  analysis: { kind: 'select', default: '0', options: ['0', '1', '2'], when: MADE },
  tags: { kind: 'picker', source: 'tags', default: [], when: MADE },
} as const satisfies Fields;

/** The event of a message. */
export interface TargetEvent {
  ref: Ref;
  /** It is not there yet. */
  create?: CreateEvent;
  /** What it is found by. */
  foundBy?: string;
}

/** What finds the event of a message, or says how it is to be made. */
export function targetOf(
  { config, evaluate, names }: Pick<NodeContext<typeof TARGET_FIELDS>, 'config' | 'evaluate' | 'names'>,
  client: MispClient,
) {
  const info = templateOf(config.info);

  async function find(message: Message): Promise<TargetEvent> {
    if (config.target === 'existing') return { ref: refOf(textOf(await evaluate('event', message)).trim()) };
    const title = valueOf(info(message.payload, names(message)));
    const today = dayOf(new Date());
    if (config.target === 'new') return made(randomUUID(), title, today);
    const day = config.target === 'day' ? today : undefined;
    const uuid = await findOwnEvent(client, title, day);
    if (uuid) return { ref: { uuid } };
    const foundBy = JSON.stringify([title, day]);
    return { ...(await made(uuidOfNew(client, foundBy), title, today)), foundBy };
  }

  async function made(uuid: string, title: string, date: string): Promise<TargetEvent> {
    const fields = {
      info: title,
      date,
      ...(await distributionOf(config, client)),
      threat_level_id: config.threatLevel,
      analysis: config.analysis,
    };
    return { ref: { uuid }, create: { do: 'create-event', event: { uuid }, fields, tags: config.tags } };
  }

  return {
    find,
    /** The event was made, or will not be. */
    over: ({ foundBy }: TargetEvent) => {
      if (foundBy !== undefined) forgetNew(client, foundBy);
    },
  };
}

function refOf(key: string): Ref {
  if (!isEventKey(key)) throw new WorkflowError('newEvent.noKey', { key: key.slice(0, 100) });
  return /^\d+$/.test(key) ? { id: key } : { uuid: key.toLowerCase() };
}

/** As Node-RED's clock has it: whoever looks at the list of events means this day. */
function dayOf(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
