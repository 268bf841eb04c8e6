import type { StandIn } from '../stand-in';
import { matched, type Warninglist } from '../store/collections';
import { deny, notFound, problem, type RestAnswer } from './answers';
import { isTrue } from './attribute-rows';
import { texts } from './attribute-search';
import { limits } from './paging';
import { NO_PERMISSION } from './permissions';
import type { Resource, RestRequest } from './router';
import { textOf } from './values';

type Row = Record<string, unknown>;

/** `warninglists/...` (recordings: test/fixtures/rest/warninglists-*.json). */
export const warninglists: Resource = {
  index: {
    run: (request, misp) => {
      const { enabled, value } = limits(request);
      const part = typeof value === 'string' ? value.toLowerCase() : '';
      const lists = [...misp.collections.warninglists]
        .reverse()
        .filter((list) => enabled === undefined || list.enabled === isTrue(enabled))
        .filter(({ name }) => name.toLowerCase().includes(part));
      return {
        status: 200,
        body: { Warninglists: lists.map((list) => ({ Warninglist: indexRow(list) })) },
      };
    },
  },
  view: {
    run: ({ args: [id], url }, misp) => {
      const list = misp.collections.warninglists.find((entry) => entry.id === id);
      return list
        ? { status: 200, body: { Warninglist: viewOf(list) } }
        : notFound('Invalid Warninglist.', url);
    },
  },
  checkValue: {
    post: true,
    run: ({ body }, misp) => {
      const values = texts((body as Row)?.value ?? body);
      return { status: 200, body: check(misp, values) };
    },
  },
  add: { post: true, run: add },
  edit: { post: true, run: edit },
  toggleEnable: {
    post: true,
    run: ({ body, user, url }, misp) => {
      if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
      const { id, enabled, name } = (body ?? {}) as Row;
      const chosen = misp.collections.warninglists.filter(
        (list) => texts(id).includes(list.id) || texts(name).includes(list.name),
      );
      for (const list of chosen) list.enabled = enabled === undefined ? !list.enabled : isTrue(enabled);
      const what = isTrue(enabled) ? 'enabled' : 'disabled';
      return { status: 200, body: { saved: true, success: `${chosen.length} warninglist(s) ${what}` } };
    },
  },
};

function check(misp: StandIn, values: readonly string[]): Row | [] {
  const hits: Row = {};
  for (const value of values) {
    const found = misp.collections.warninglists
      .filter(({ enabled }) => enabled)
      .flatMap((list) => {
        const entry = matched(list, value);
        return entry === undefined ? [] : [{ id: list.id, name: list.name, matched: entry }];
      });
    if (found.length > 0) hits[value] = found;
  }
  // PHP writes an empty list and an empty object alike.
  return Object.keys(hits).length > 0 ? hits : [];
}

function plain({ id, name, type, description, version, enabled, default: own, category }: Warninglist): Row {
  return { id, name, type, description, version, enabled, default: own, category };
}

const indexRow = (list: Warninglist): Row => ({
  ...plain(list),
  warninglist_entry_count: String(list.entries.length),
  valid_attributes: list.types.length > 0 ? list.types.join(', ') : 'ALL',
});

const viewOf = (list: Warninglist): Row => ({
  ...plain(list),
  WarninglistEntry: list.entries.map((value, index) => ({
    id: `${list.id}${index + 1}`,
    value,
    warninglist_id: list.id,
    comment: null,
  })),
  WarninglistType: list.types.map((type, index) => ({
    id: `${list.id}${index + 1}`,
    type,
    warninglist_id: list.id,
  })),
});

/** Entries are one text, a line each; what is behind a `#` is a comment. */
const entriesOf = (text: unknown): string[] =>
  textOf(text)
    .split(/\r?\n/)
    .map((line) => line.split(' # ', 1)[0].trim())
    .filter(Boolean);

const fieldsOf = (body: unknown): Row =>
  ((body as { Warninglist?: Row } | undefined)?.Warninglist ?? body ?? {}) as Row;

function add({ body, user, url }: RestRequest, misp: StandIn): RestAnswer {
  if (!user.Role.perm_warninglist) return deny(NO_PERMISSION, url);
  const { name, type = 'string', description = '', category = 'false_positive', ...more } = fieldsOf(body);
  if (!name) {
    return problem(
      403,
      'Could not add Warninglist',
      url,
      { errors: { name: ['Name cannot be empty.'] } },
      true,
    );
  }
  const list: Warninglist = {
    id: String(Math.max(...misp.collections.warninglists.map(({ id }) => Number(id))) + 1),
    name: textOf(name),
    type: textOf(type),
    description: textOf(description),
    version: '1',
    enabled: isTrue(more.enabled),
    default: false,
    category: textOf(category),
    entries: entriesOf(more.entries),
    types: texts(more.matching_attributes),
  };
  misp.collections.warninglists.push(list);
  return { status: 200, body: { Warninglist: plain(list) } };
}

/** What is sent takes the place of what was there, all entries included. Lists of MISP's own stay as they are. */
function edit({ args: [id], body, user, url }: RestRequest, misp: StandIn): RestAnswer {
  if (!user.Role.perm_warninglist) return deny(NO_PERMISSION, url);
  const list = misp.collections.warninglists.find((entry) => entry.id === id && !entry.default);
  if (!list) return notFound('Invalid Warninglist.', url);
  const { name, type, description, category, entries, matching_attributes } = fieldsOf(body);
  if (name !== undefined) list.name = textOf(name);
  if (type !== undefined) list.type = textOf(type);
  if (description !== undefined) list.description = textOf(description);
  if (category !== undefined) list.category = textOf(category);
  if (entries !== undefined) list.entries = entriesOf(entries);
  if (matching_attributes !== undefined) list.types = texts(matching_attributes);
  list.version = String(Number(list.version) + 1);
  return { status: 200, body: { Warninglist: plain(list) } };
}
