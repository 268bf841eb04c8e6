import { isRecord } from '../event/values';

/** What a run is about, as far as MISP said so: the event. */
export interface About {
  id?: string;
  uuid?: string;
  info?: string;
}

/** Longer texts are cut. */
const MOST_CHARACTERS = 300;

/** The event that MISP's data is about, for lists of runs. */
export function aboutOf(data: unknown): About | undefined {
  if (!isRecord(data) || !isRecord(data.Event)) return undefined;
  const about: About = {};
  for (const name of ['id', 'uuid', 'info'] as const) {
    const value = data.Event[name];
    if (typeof value === 'string' || typeof value === 'number')
      about[name] = String(value).slice(0, MOST_CHARACTERS);
  }
  return about;
}
