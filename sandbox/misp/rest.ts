import type { Answer, Route, StandInMisp } from './server';

const answer = (status: number, name: string, url: string, more: object = {}): Answer => ({
  status,
  body: { ...(status === 200 ? { saved: true, success: true } : {}), name, message: name, url, ...more },
});

const done = (name: string, action: string, id: string): Answer =>
  answer(200, name, `/events/${action}/${id}`, { id });

/** REST calls by method, controller and action, answered as the recordings in test/fixtures/rest. */
export const restRoutes: Record<string, Route> = {
  'GET /servers/getVersion': () => ({
    status: 200,
    body: {
      version: '2.5.1',
      pymisp_recommended_version: '2.5.1',
      perm_sync: true,
      perm_sighting: true,
      perm_galaxy_editor: true,
      perm_analyst_data: true,
      uuid: '5d0f1c2a-7a3e-4c1f-9b7d-0a6f2f1c9e11',
      request_encoding: ['gzip'],
      filter_sightings: true,
    },
  }),
  'GET /events/view': (url, misp) => {
    const event = find(misp, url);
    return event ? { status: 200, body: { Event: event } } : answer(404, 'Invalid event', url);
  },
  'POST /events/publish': async (url, misp) => {
    const event = find(misp, url);
    if (!event) return answer(404, 'Invalid event.', url);
    if (!url.endsWith('/disable_background_processing:1')) {
      // Through the queue the caller never learns what came of it.
      void misp.publish(event);
      return done('Job queued', 'publish', event.id);
    }
    const { blocked } = await misp.publish(event);
    if (!blocked) return done('Event published without alerts', 'publish', event.id);
    const name = 'Could not publish Event';
    const body = { saved: false, name, message: name, url: `/events/publish/${event.id}` };
    return { status: 403, body: { ...body, errors: { Module: 'Module failure.' }, id: event.id } };
  },
  'POST /events/unpublish': (url, misp) => {
    const event = find(misp, url);
    if (!event) return answer(404, 'Invalid event.', url);
    event.published = false;
    return done('Event unpublished.', 'unpublish', event.id);
  },
};

/** The event that a path names by id or uuid. */
function find(misp: StandInMisp, url: string) {
  const id = url.split('/')[3];
  return misp.events.get(id) ?? [...misp.events.values()].find((event) => event.uuid === id);
}
