/**
 * What MISP's calls, and what plans of ours, change in a MISP that holds the vector's data. MISP also calls for
 * what is there already, for no tags at all, and for an event or attribute that does not exist: such calls
 * change nothing.
 */
import type { MispOperation, Operation, Ref } from '../../../src/actions/plan';
import { isSet } from '../../../src/event/flags';
import { get } from '../../../src/event/hash';
import { isEntries, isRecord, textOf, valuesOf } from '../../../src/event/values';
import type { Json, JsonObject } from '../vectors';

/** A call as the vectors have it. */
export type Call = JsonObject & { call: string };

/** The data before, and entries of a warninglist. */
export interface World {
  data: unknown;
  entries?: readonly Json[];
}

/** Everything that calls change: tags and fields by thing, in no order; all else as it comes. */
export function changesOf(calls: readonly Call[], world: World): unknown[] {
  const others = calls.flatMap((call) => otherChange(call, world));
  const isTouched = others.length > 0 && calls.some(({ call }) => call === 'Event.touch');
  return [...tagChanges(calls, world), ...others, ...(isTouched ? ['timestamp renewed'] : [])];
}

/** The calls MISP would make for a plan. */
export function callsOf(plan: readonly Operation[]): Call[] {
  return plan.flatMap((operation) => callsFor(operation as MispOperation));
}

function callsFor(operation: Operation): Call[] {
  switch (operation.do) {
    case 'attach-tags':
    case 'detach-tags': {
      const verb = operation.do === 'attach-tags' ? 'attachTags' : 'detachTags';
      const relationship = 'relationship' in operation ? (operation.relationship ?? '') : '';
      const options = {
        tags: operation.tags,
        local: operation.local ?? null,
        relationship_type: relationship,
      };
      if (operation.scope === 'event') {
        return [{ call: `Event.${verb}`, event_id: idOf(operation.event), options }];
      }
      return operation.items.map((item) => ({
        call: `Attribute.${verb}`,
        attribute_id: idOf(item),
        event_id: idOf(operation.event),
        options,
      }));
    }
    case 'edit-attributes':
      return operation.changes.map(({ item, fields }) => ({
        call: 'Attribute.editAttribute',
        attribute_id: idOf(item),
        ...(fields as JsonObject),
      }));
    case 'edit-event': {
      const save = {
        call: 'Event.save',
        event_id: idOf(operation.event),
        ...(operation.fields as JsonObject),
      };
      return operation.freeze ? [save] : [save, { call: 'Event.touch', event_id: idOf(operation.event) }];
    }
    case 'accept-proposal':
      return [{ call: 'ShadowAttribute.acceptProposal', id: idOf(operation.proposal) }];
    case 'discard-proposal':
      return [{ call: 'ShadowAttribute.discardProposal', id: idOf(operation.proposal) }];
    case 'publish':
      return [{ call: 'Event.publish', event_id: idOf(operation.event) }];
    case 'block-event': {
      const { uuid, info, org, comment } = operation;
      const entry = { event_uuid: uuid, event_info: info, event_orgc: org, comment };
      return [{ call: 'EventBlocklist.addEntry', entry }];
    }
    case 'extend-warninglist':
      return [{ call: 'Warninglist.import', id: operation.list, list: operation.values }];
    case 'zmq-publish':
      return [{ call: 'zmq.workflow_push', message: operation.message as Json }];
    default:
      throw new Error(`no call for ${operation.do}`);
  }
}

const idOf = ({ id }: Ref): Json => id ?? null;

interface TagState {
  local: boolean;
  relationship: string;
}

const NO_TAGS: Map<string, TagState> = new Map();

/** Tags before and after, thing by thing. */
function tagChanges(calls: readonly Call[], { data }: World): string[] {
  const before = new Map<string, Map<string, TagState>>();
  const after = new Map<string, Map<string, TagState>>();
  for (const call of calls) {
    const [scope = '', verb] = call.call.split('.');
    if ((verb !== 'attachTags' && verb !== 'detachTags') || (call.event_id ?? null) === null) continue;
    const thing = `${scope} ${textOf(scope === 'Event' ? call.event_id : call.attribute_id)}`;
    if (!before.has(thing)) {
      before.set(thing, tagsOf(thing, data));
      after.set(thing, tagsOf(thing, data));
    }
    applyTags(after.get(thing) ?? NO_TAGS, verb, call.options as JsonObject);
  }
  return [...before].flatMap(([thing, old]) => differences(thing, old, after.get(thing) ?? NO_TAGS)).sort();
}

function applyTags(tags: Map<string, TagState>, verb: string, options: JsonObject): void {
  const names = [options.tags ?? []].flat().map(textOf);
  for (const name of names.filter((tag) => tag !== '')) {
    if (verb === 'attachTags') {
      // MISP leaves a tag that is there as it is, and takes "any" for global.
      if (tags.has(name)) continue;
      tags.set(name, { local: options.local === true, relationship: textOf(options.relationship_type) });
    } else if (typeof options.local !== 'boolean' || tags.get(name)?.local === options.local) {
      tags.delete(name);
    }
  }
}

function differences(thing: string, before: Map<string, TagState>, after: Map<string, TagState>): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)].map((state) => JSON.stringify(state));
    return old === now ? [] : [`${thing}: ${name} ${old ?? 'none'} -> ${now ?? 'none'}`];
  });
}

function tagsOf(thing: string, data: unknown): Map<string, TagState> {
  const [scope, id] = thing.split(' ');
  const owner = scope === 'Event' ? get(data, 'Event') : attributeWith(id ?? '', data);
  const tags = isRecord(owner) && isEntries(owner.Tag) ? valuesOf(owner.Tag).filter(isRecord) : [];
  return new Map(
    tags.map((tag) => [
      textOf(tag.name),
      { local: isSet(tag.local), relationship: textOf(tag.relationship_type) },
    ]),
  );
}

export function attributeWith(id: string, data: unknown): Readonly<Record<string, unknown>> | undefined {
  const list = get(data, 'Event._AttributeFlattened');
  return isEntries(list)
    ? valuesOf(list)
        .filter(isRecord)
        .find((attribute) => textOf(attribute.id) === id)
    : undefined;
}

function otherChange(call: Call, world: World): unknown[] {
  switch (call.call) {
    case 'Attribute.editAttribute':
      return editedFields(call, world.data);
    case 'Event.save':
      return savedFields(call, world.data);
    case 'Warninglist.import': {
      const entries = new Set((world.entries ?? []).map(textOf));
      const added = (call.list as Json[]).map(textOf).filter((entry) => !entries.has(entry));
      return added.length > 0 ? [{ list: textOf(call.id), added }] : [];
    }
    case 'Event.touch':
    // Templates are rendered before a module runs, and saving in bulk repeats what is edited one by one.
    case 'Module.jinja':
    case 'Attribute.editAttributeBulk':
      return [];
    default:
      return /\.(?:attach|detach)Tags$/.test(call.call) ? [] : [withTextIds(call)];
  }
}

function withTextIds(call: Call): Call {
  const { event_id: id } = call;
  return id === undefined ? call : { ...call, event_id: textOf(id) };
}

function editedFields(call: Call, data: unknown): string[] {
  const id = textOf(call.attribute_id);
  const attribute = attributeWith(id, data);
  // With some filters MISP takes a tag, or the event, for an attribute: there is none of that id.
  if (!attribute) return [];
  return ['to_ids', 'comment'].flatMap((name) => {
    const value = call[name];
    if (value === undefined) return [];
    const old = attribute[name];
    const isSame = typeof value === 'boolean' ? isSet(old) === value : textOf(old) === textOf(value);
    return isSame ? [] : [`${id}: ${name} = ${JSON.stringify(value)}`];
  });
}

function savedFields(call: Call, data: unknown): unknown[] {
  const fields = ['distribution', 'sharing_group_id'].filter(
    (name) => call[name] !== undefined && textOf(get(data, ['Event', name])) !== textOf(call[name]),
  );
  return fields.map((name) => `${textOf(call.event_id)}: ${name} = ${textOf(call[name])}`);
}
