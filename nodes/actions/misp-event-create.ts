import type { Plan, MispOperation } from '../../src/actions/plan';
import { gather, rowsOf, type Gathered } from '../../src/actions/new-event/gather';
import { FIELDS as ATTRIBUTE_FIELDS, type Reading } from '../../src/actions/new-event/read-attribute';
import { templateNames } from '../../src/actions/new-event/read-object';
import { attributeTypes } from '../../src/misp/attribute-types';
import { templatesNamed } from '../../src/misp/object-templates';
import { withPayload, type Message } from '../../src/runs/message';
import { words, WorkflowError } from '../../src/text';
import type { NodeContext } from '../adaptor';
import type { Fields } from '../definition';
import { runtimeOf } from '../runtime';
import { counting, createdIn, createdOf, eventData, tellCreated, type Asked } from './parts/created';
import { defineAction, type ActionFields } from './parts/define-action';
import { refuseBeforeSave, SERVER_FIELD, serverOf } from './parts/define-misp-action';
import { rememberWrites } from './parts/remember-writes';
import { TARGET_FIELDS, targetOf, type TargetEvent } from './parts/target-event';

const FIELDS = {
  ...SERVER_FIELD,
  ...TARGET_FIELDS,
  data: {
    kind: 'typed',
    default: 'payload',
    types: ['msg', 'flow', 'global', 'jsonata', 'json'],
    required: true,
  },
  columns: { kind: 'keyvalue', default: [] },
  attributeType: { kind: 'text', default: '' },
  types: { kind: 'keyvalue', default: [] },
  category: { kind: 'text', default: '', advanced: true },
  toIds: { kind: 'select', default: 'default', options: ['default', 'yes', 'no'], advanced: true },
  comment: { kind: 'text', default: '', advanced: true },
  attributeTags: { kind: 'picker', source: 'tags', default: [], advanced: true },
  refusedRows: { kind: 'select', default: 'goOn', options: ['goOn', 'error'], advanced: true },
} as const satisfies Fields;

type Context = NodeContext<typeof FIELDS & ActionFields>;

export default defineAction<typeof FIELDS, MispOperation>(
  { type: 'misp-event-create', modules: [], version: 1, labelBy: 'target', writes: true, fields: FIELDS },
  (context) => {
    const { RED, config } = context;
    const { client } = serverOf(context);
    const reading = readingOf(config);
    const strict = config.refusedRows === 'error';
    const target = targetOf(context, client);
    const templates = templatesNamed(client);
    const { tracker } = runtimeOf(RED);
    const asked = new WeakMap<Message, Asked>();

    return {
      async plan(message) {
        const rows = rowsOf(await context.evaluate('data', message));
        if (rows.length === 0) return [];
        if (tracker.runOf(message)) refuseBeforeSave(message);
        const types = await attributeTypes(client);
        const knowledge = { reading, types, templates: await templates(templateNames(rows)) };
        const gathered = await gather(rows, knowledge);
        refuseRows(gathered, rows.length, strict);
        const event = await target.find(message);
        asked.set(message, { gathered, event });
        return planFor(gathered, event);
      },
      carryOut: counting(client),
      begin: rememberWrites(RED, client),
      system: () => client.url,
      tolerates: ({ refused }) => refused === true && !strict,
      learn(message, operations) {
        const known = asked.get(message);
        if (!known) return;
        target.over(known.event);
        tellCreated(message, createdOf(known, operations), operations);
      },
      finish(message, { dryRun }) {
        const known = asked.get(message);
        if (!known) return [message];
        if (!dryRun) show(context, message);
        return [withPayload(message, eventData(message, known))];
      },
    };
  },
);

/** @throws {WorkflowError} if a column is none of MISP's */
function readingOf({
  columns,
  types,
  attributeType,
  category,
  toIds,
  comment,
  attributeTags,
}: Context['config']): Reading {
  const unknown = columns.find(({ name }) => !ATTRIBUTE_FIELDS.includes(name));
  if (unknown)
    throw new WorkflowError('newEvent.badColumn', { name: unknown.name, known: ATTRIBUTE_FIELDS.join(', ') });
  return {
    type: attributeType.trim(),
    types: new Map(types.map(({ name, value }) => [name.toLowerCase(), value.trim()])),
    category: category.trim(),
    toIds: toIds === 'default' ? undefined : toIds === 'yes',
    comment,
    tags: attributeTags,
    columns: new Map(columns.map(({ name, value }) => [name, value.trim()])),
  };
}

/** @throws {WorkflowError} if nothing is left, or some may not be refused */
function refuseRows(
  { attributes, objects, reports, refused }: Gathered,
  rows: number,
  strict: boolean,
): void {
  if (refused.count === 0) return;
  const [{ row, what, problem }] = refused.named;
  const first = { row, what, problem: words(problem) };
  if (attributes.length + objects.length + reports.length === 0)
    throw new WorkflowError('newEvent.noneLeft', { count: rows, ...first });
  if (strict) throw new WorkflowError('newEvent.someRefused', { count: refused.count, ...first });
}

function planFor(
  { attributes, objects, reports }: Gathered,
  { ref, create }: TargetEvent,
): Plan<MispOperation> {
  const add: MispOperation = { do: 'add-to-event', event: ref, attributes, objects, reports };
  return create ? [create, add] : [add];
}

function show(context: Context, message: Message): void {
  const { attributes, objects, reports, refusedCount } = createdIn(message);
  const count = attributes + objects + reports;
  const numbers = { count: String(count), refused: String(refusedCount) };
  if (refusedCount > 0) context.status('someRefused', 'yellow', 'ring', numbers);
  else context.status('added', count > 0 ? 'green' : 'grey', 'dot', numbers);
}
