import type { StandIn } from '../stand-in';
import { publish, unpublish } from '../publish';
import { runOnEvent } from './ad-hoc';
import { extractIndicators, recommendTags, summariseEvent } from './ai';
import { deny, notFound, type RestAnswer } from './answers';
import { fits, searchAnswer, texts } from './attribute-search';
import { isTrue } from './attribute-rows';
import { addEvent, deleteEvent } from './event-add';
import { editEvent } from './event-edit';
import { indexRow, metadataOf, minimalRow, viewOf } from './event-views';
import { enrichEvent, exportModule, importModule, queryEnrichment } from './modules';
import { limits, page } from './paging';
import { mayChange, maySee, NO_PERMISSION } from './permissions';
import type { Resource, RestRequest } from './router';
import { addTag, hasTag } from './tag-objects';
import { isExcluded } from './taxonomies';
import { touch } from './touch';

/** `events/...` (recordings: test/fixtures/rest/events-*.json). */
export const events: Resource = {
  view: {
    run: ({ args: [id = ''], url, user }, misp) => {
      const event = misp.event(id);
      if (!event || !maySee(user, event)) return notFound('Invalid event', url);
      return { status: 200, body: { Event: viewOf(event, user) } };
    },
  },
  index: {
    run: (request, misp) => {
      const wanted = limits(request);
      const all = [...misp.events.values()].filter((event) => maySee(request.user, event));
      const list = page(all, wanted).map(wanted.minimal ? minimalRow : indexRow);
      return { status: 200, body: list, headers: { 'X-Result-Count': String(all.length) } };
    },
  },
  restSearch: { run: search },
  aiSummarize: summariseEvent,
  aiRecommendTags: recommendTags,
  aiExtractIndicators: extractIndicators,
  runWorkflow: { run: runOnEvent },
  enrichEvent,
  queryEnrichment,
  importModule,
  exportModule,
  add: { post: true, run: addEvent },
  edit: { post: true, run: editEvent },
  delete: { run: deleteEvent },
  publish: {
    post: true,
    run: async ({ args: [id = ''], named, user }, misp) => {
      const inline = named.disable_background_processing === '1';
      const { answer, outcome } = await publish(misp, id, { inline, by: user });
      if (!inline || !outcome) return answer;
      // Not MISP's: lets the web page of the stand-in find what came of its own call.
      return { ...answer, headers: { 'X-Sandbox-Outcome': String((await outcome).id) } };
    },
  },
  /** Publishes and mails. Its answer says that all went well even if a workflow stopped it. */
  alert: {
    post: true,
    run: async ({ args: [id = ''], named, user }, misp) => {
      const inline = named.disable_background_processing === '1';
      const { answer, outcome } = await publish(misp, id, { inline, by: user });
      if (answer.status === 404 || !user.Role.perm_publish) return answer;
      if (inline) await outcome;
      const message = inline ? 'Email sent to all participants.' : 'Job queued';
      const url = `/events/alert/${id}`;
      return { status: 200, body: { saved: true, success: true, name: message, message, url, id } };
    },
  },
  unpublish: {
    post: true,
    run: ({ args: [id = ''], user }, misp) => unpublish(misp, id, user),
  },
  addTag: { post: true, run: tagEvent },
  removeTag: {
    post: true,
    run: ({ args: [id = '', tagId], user, url }, misp) => {
      const event = misp.event(id);
      const tag = misp.tags.find(tagId);
      if (!event || !maySee(user, event)) return notFound('Invalid event', url);
      if (!mayChange(user, event)) return deny(NO_PERMISSION, url);
      if (!tag || !hasTag(event, tag))
        return { status: 200, body: { saved: false, errors: 'Invalid event - tag combination.' } };
      event.Tag = event.Tag.filter(({ name }) => name.toLowerCase() !== tag.name.toLowerCase());
      touch(event);
      return { status: 200, body: { saved: true, success: 'Tag removed.', check_publish: true } };
    },
  },
};

function search(request: RestRequest, misp: StandIn): RestAnswer {
  const wanted = (request.body ?? {}) as Record<string, unknown>;
  const keys = [...texts(wanted.eventid), ...texts(wanted.uuid)];
  const found =
    keys.length > 0
      ? [...new Set(keys.map((key) => misp.event(key)).filter((event) => event !== undefined))]
      : [...misp.events.values()];
  const all = found.filter(
    (event) =>
      maySee(request.user, event) &&
      (wanted.published === undefined || isTrue(wanted.published) === event.published) &&
      fits(wanted.eventinfo, [event.info]) &&
      fits(
        wanted.tags,
        event.Tag.map(({ name }) => name),
      ),
  );
  const rows = page(all, wanted).map((event) => ({
    Event: isTrue(wanted.metadata) ? metadataOf(event) : viewOf(event, request.user),
  }));
  return searchAnswer(rows, all.length);
}

function tagEvent({ args: [id = '', tagId], named, user, url }: RestRequest, misp: StandIn): RestAnswer {
  if (!user.Role.perm_tagger) return deny(NO_PERMISSION, url);
  const event = misp.event(id);
  const tag = misp.tags.find(tagId);
  const refuse = (errors: string) => ({ status: 200, body: { saved: false, errors } });
  if (!event || !maySee(user, event)) return notFound('Invalid event', url);
  if (!tag) return refuse('Invalid Tag.');
  if (!mayChange(user, event)) return refuse("You don't have permission to do that.");
  if (hasTag(event, tag)) return refuse('Tag is already attached to this event.');
  const local = named.local === '1';
  if (isExcluded(event.Tag, tag.name, local)) {
    return refuse('Tag is not allowed due to taxonomy exclusivity settings');
  }
  addTag(event, tag, local);
  if (!local) touch(event);
  return { status: 200, body: { saved: true, success: 'Tag added.', check_publish: true } };
}
