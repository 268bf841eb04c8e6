import type { MispEvent } from './model';
import { deny, done, notFound, problem, type RestAnswer } from './rest/answers';
import type { StandIn } from './stand-in';
import { triggerData } from './trigger-data';
import { actorOf, ADMIN, type MispUser } from './users';
import { isSince } from './version';
import type { Outcome } from './workflows/outcome';

/** A call of `events/publish`: what the caller gets, and what came of it later if it went through the queue. */
export interface Publication {
  answer: RestAnswer;
  /** Undefined if there was nothing to publish. */
  outcome?: Promise<Outcome>;
}

/** A row of `jobs/index`. */
export interface Job {
  id: string;
  worker: 'prio';
  job_type: 'publish_event';
  job_input: string;
  status: '1' | '4';
  message: string;
  progress: '0' | '100';
}

/**
 * `events/publish/ID`. Through the queue the caller hears "Job queued" whatever happens; inline 403 if a workflow
 * stopped it, without the reason (test/fixtures/behaviour/blocking-event-publish.json).
 */
export async function publish(
  misp: StandIn,
  id: string,
  { inline = true, by = ADMIN }: { inline?: boolean; by?: MispUser } = {},
): Promise<Publication> {
  const event = misp.event(id);
  const url = `/events/publish/${id}`;
  if (!event) return { answer: notFound('Invalid event.', url) };
  if (!by.Role.perm_publish) {
    return { answer: deny('You do not have permission to use this functionality.', url) };
  }
  if (!inline && misp.settings.isOn('MISP.background_jobs')) {
    const outcome = publishInBackground(misp, event, by);
    return { answer: done('Job queued', 'publish', event.id), outcome };
  }
  const outcome = await publishNow(misp, event);
  if (outcome.crashed !== undefined) {
    const answer = problem(500, 'An Internal Error Has Occurred.', `/events/publish/${event.id}`);
    return { answer, outcome: Promise.resolve(outcome) };
  }
  if (outcome.blocked) {
    const errors = { Module: 'Module failure.' };
    const body = { errors, id: event.id };
    const answer = problem(403, 'Could not publish Event', `/events/publish/${event.id}`, body, true);
    return { answer, outcome: Promise.resolve(outcome) };
  }
  const change = `published () => (1), publish_timestamp (0) => (${event.publish_timestamp})`;
  logPublication(misp, event, by, event.info, change);
  return {
    answer: done('Event published without alerts', 'publish', event.id),
    outcome: Promise.resolve(outcome),
  };
}

/** `events/unpublish/ID`. No trigger is asked. */
export function unpublish(misp: StandIn, id: string, by: MispUser = ADMIN): RestAnswer {
  const event = misp.event(id);
  const url = `/events/unpublish/${id}`;
  if (!event) return notFound('Invalid event.', url);
  if (!by.Role.perm_publish) return deny('You do not have the permission to do that.', url);
  event.published = false;
  return done('Event unpublished.', 'unpublish', event.id);
}

async function publishNow(misp: StandIn, event: MispEvent): Promise<Outcome> {
  const data = triggerData(event);
  // These versions set the flag beforehand, and a block does not take it back.
  if (isSince(misp.version, '2.5.24') && !isSince(misp.version, '2.5.39')) event.published = true;
  const outcome = await misp.fire('event-publish', data);
  if (outcome.crashed !== undefined) return outcome;
  if (outcome.blocked) {
    const title = 'Publishing stopped by a blocking workflow.';
    const change = `Returned message: ${outcome.nodeError}`;
    misp.log.write({ title, action: 'publish', model: 'Event', model_id: event.id, change });
    outcome.log.push(title);
  } else {
    event.published = true;
    event.publish_timestamp = String(Math.floor(Date.now() / 1000));
  }
  return outcome;
}

/** The job and the log say that the event was published even if it was not. */
function publishInBackground(misp: StandIn, event: MispEvent, by: MispUser): Promise<Outcome> {
  const id = String(misp.jobs.length + 1);
  const job: Job = {
    ...{ id, worker: 'prio', job_type: 'publish_event', job_input: `Event ID: ${event.id}` },
    ...{ status: '1', message: 'Publishing.', progress: '0' },
  };
  misp.jobs.push(job);
  return misp.worker.run(async () => {
    const outcome = await publishNow(misp, event);
    // A worker that died leaves the job as it was.
    if (outcome.crashed !== undefined) return outcome;
    logPublication(misp, event, by, 'published.', 'published () => (1)');
    Object.assign(job, { status: '4', message: 'Event published.', progress: '100' });
    return outcome;
  });
}

function logPublication(misp: StandIn, event: MispEvent, by: MispUser, what: string, change: string): void {
  const title = `Event (${event.id}): ${what}`;
  misp.log.write({
    title,
    action: 'publish',
    model: 'Event',
    model_id: event.id,
    change,
    by: actorOf(by),
  });
}
