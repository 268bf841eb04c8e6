import type { Plan, PublishEvent, UnpublishEvent } from './plan';
import { eventOf } from './targets';

/** How an event is published; MISP's module sends no mail and leaves the work to a background job. */
export interface PublishParams {
  mail?: boolean;
  queued?: boolean;
}

/** MISP's module `publish-event`. @throws {WorkflowError} if the data holds no event that MISP could find */
export function planPublish(
  { mail = false, queued = true }: PublishParams,
  data: unknown,
): Plan<PublishEvent> {
  return [{ do: 'publish', event: eventOf(data).ref, mail, queued }];
}

/** @throws {WorkflowError} if the data holds no event that MISP could find */
export function planUnpublish(data: unknown): Plan<UnpublishEvent> {
  return [{ do: 'unpublish', event: eventOf(data).ref }];
}
