import type { MispAttribute } from '../model';
import type { StandIn } from '../stand-in';
import { noteSaved } from '../saves';
import type { FoundAttribute } from '../store/items';
import { deny, notFound, problem, type RestAnswer } from './answers';
import { editSelected, tagSelected } from './attribute-bulk';
import { editFields, newAttribute, plainRow, tagRows } from './attribute-rows';
import { searchAttributes } from './attribute-search';
import { describeTypes } from './describe-types';
import { editTags } from './tag-edit';
import { enrichAttribute, hoverEnrichment } from './modules';
import { mayChange, maySee, NO_PERMISSION } from './permissions';
import type { Resource, RestRequest } from './router';
import { touch } from './touch';
import { attributeErrors, failed } from './validate';
import { without } from './values';

type Row = Record<string, unknown>;

/** `attributes/...` (recordings: test/fixtures/rest/attributes-*.json). */
export const attributes: Resource = {
  restSearch: { run: searchAttributes },
  describeTypes,
  view: {
    run: (request, misp) => {
      const found = seen(request, misp);
      if (!found) return notFound('Invalid attribute', request.url);
      const { attribute, event } = found;
      const row = { ...plainRow(attribute), event_uuid: event.uuid, ...tagRows(attribute.Tag) };
      return { status: 200, body: { Attribute: row } };
    },
  },
  add: { post: true, run: add },
  edit: {
    post: true,
    run: (request, misp) => {
      const found = seen(request, misp);
      // MISP tells who may not change it that it is not there.
      if (!found || !mayChange(request.user, found.event)) return notFound('Invalid attribute', request.url);
      const given = fieldsOf(request.body);
      const errors = attributeErrors({ type: found.attribute.type, ...given });
      if (failed(errors))
        return problem(403, 'Could not edit Attribute', '/attributes/edit', { errors }, true);
      editFields(found.attribute, given);
      touch(found.event, found.attribute);
      const { Tag = [] } = found.attribute;
      const tags = Tag.map((tag) => without(tag, 'local', 'relationship_type'));
      const row = { ...plainRow(found.attribute), ...(tags.length > 0 ? { Tag: tags } : {}) };
      return { status: 200, body: { Attribute: row } };
    },
  },
  delete: { post: true, run: (request, misp) => setDeleted(request, misp, true) },
  restore: { post: true, run: restore },
  enrich: enrichAttribute,
  hoverEnrichment,
  addTag: {
    post: true,
    run: (request, misp) => {
      if (!request.user.Role.perm_tagger) return deny(NO_PERMISSION, request.url);
      if (request.args[0] === 'selected') return tagSelected(request, misp);
      return notFound('Invalid attribute', request.url);
    },
  },
  removeTag: { post: true, run: ({ url }) => notFound('Invalid attribute', url) },
  editSelected: { post: true, run: editSelected },
};

function seen({ args: [key = ''], user }: RestRequest, misp: StandIn): FoundAttribute | undefined {
  const found = misp.items.attribute(key);
  return found && maySee(user, found.event) ? found : undefined;
}

const fieldsOf = (body: unknown): Row => {
  const { Attribute, ...rest } = (body ?? {}) as Row & { Attribute?: Row };
  return Attribute ?? rest;
};

function add({ args: [id = ''], body, user, url }: RestRequest, misp: StandIn): RestAnswer {
  const event = misp.event(id);
  if (!event || !maySee(user, event)) return notFound('Invalid event', url);
  if (!user.Role.perm_add || !mayChange(user, event)) {
    return deny('You do not have permission to do that.', url);
  }
  const wanted = Array.isArray(body) ? body.map(fieldsOf) : [fieldsOf(body)];
  const errors: Row = {};
  const added: MispAttribute[] = [];
  const keyOf = ({ type, value, category }: Row) => JSON.stringify([type, value, category]);
  const known = new Set(event.Attribute.map(keyOf));
  wanted.forEach((given, index) => {
    const wrong = attributeErrors(given);
    if (known.has(keyOf(given))) wrong.value = ['A similar attribute already exists for this event.'];
    if (failed(wrong)) errors[`attribute_${index}`] = wrong;
    else {
      const attribute = newAttribute(event, misp.collections.nextId(), given);
      event.Attribute.push(attribute);
      known.add(keyOf(attribute));
      noteSaved(event, attribute);
      if (Array.isArray(given.Tag)) editTags(misp, user, attribute, given.Tag as Row[]);
      added.push(attribute);
    }
  });
  if (added.length === 0) {
    const all = wanted.length === 1 ? Object.values(errors)[0] : errors;
    return problem(403, 'Could not add Attribute', '/attributes/add', { errors: all }, true);
  }
  touch(event);
  const more = failed(errors as Record<string, string[]>) ? { errors } : {};
  return { status: 200, body: { ...addedRows(added), ...more } };
}

/** One with its tags beside it, of several each with its own. */
function addedRows(added: readonly MispAttribute[]): Row {
  const rows = added.map((one) => ({ ...plainRow(one), value1: one.value, value2: '' }));
  const tags = added.map(({ Tag = [] }) =>
    Tag.map(({ id, name, colour, numerical_value = null }) => ({ id, name, colour, numerical_value })),
  );
  if (added.length === 1) return { Attribute: rows[0], AttributeTag: tags[0].map((Tag) => ({ Tag })) };
  const Attribute = rows.map((row, index) => (tags[index].length > 0 ? { ...row, Tag: tags[index] } : row));
  return { Attribute };
}

/** It knows ids only, and sends even an API to the attribute when it has restored it. */
function restore(request: RestRequest, misp: StandIn): RestAnswer {
  const [id = ''] = request.args;
  if (!/^\d+$/.test(id)) return problem(405, 'Invalid Attribute', request.url);
  const answer = setDeleted(request, misp, false);
  if (answer.status !== 200) return answer;
  return { status: 302, body: '', headers: { Location: `/attributes/view/${id}` } };
}

function setDeleted(request: RestRequest, misp: StandIn, deleted: boolean): RestAnswer {
  const found = seen(request, misp);
  if (!found || !mayChange(request.user, found.event)) return notFound('Invalid attribute', request.url);
  found.attribute.deleted = deleted;
  touch(found.event, found.attribute);
  return { status: 200, body: { message: deleted ? 'Attribute deleted.' : 'Attribute restored.' } };
}
