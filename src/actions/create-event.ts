import type { Ref } from './plan';

/** A new event, without contents and not published. */
export interface CreateEvent {
  do: 'create-event';
  /** Its uuid, by which MISP knows it again if it is asked twice. */
  event: Required<Pick<Ref, 'uuid'>>;
  fields: {
    info: string;
    /** YYYY-MM-DD */
    date: string;
    /** `0` to `3`, or `4` with `sharing_group_id`. */
    distribution: string;
    sharing_group_id?: string;
    threat_level_id: string;
    analysis: string;
  };
  /** Names. */
  tags: readonly string[];
}
