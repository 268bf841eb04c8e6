import type { RestCall, SavedThing, TellSaved } from '../../actions/plan';
import { isList, isRecord } from '../../event/values';
import { TAKEN_OFF } from './edit-items';

/** Calls that save a thing and answer with it: `controller/action`, in lower case and without underscores. */
const SAVES: Readonly<Record<string, { frame: string; thing: SavedThing } | undefined>> = {
  attributes: { frame: 'Attribute', thing: 'attribute' },
  events: { frame: 'Event', thing: 'event' },
  objects: { frame: 'Object', thing: 'object' },
  eventreports: { frame: 'EventReport', thing: 'event-report' },
};

/** Tells what a call of the user's own has saved, where MISP's answer shows it. */
export function tellSaved({ path, body }: RestCall, answer: unknown, saved: TellSaved): void {
  const [controller = '', action = ''] = path
    .toLowerCase()
    .replace(/^\//, '')
    .replaceAll('_', '')
    .split(/[/?]/);
  const known = Object.hasOwn(SAVES, controller) ? SAVES[controller] : undefined;
  if (!known || (action !== 'add' && action !== 'edit') || !isRecord(answer)) return;
  const { frame, thing } = known;
  const found = answer[frame];
  const set = action === 'add' ? 'new' : [...fieldsIn(body, frame), ...(thing === 'event' ? TAKEN_OFF : [])];
  for (const row of isList(found) ? found : [found]) if (isRecord(row)) saved(thing, row, set);
}

function fieldsIn(body: unknown, frame: string): string[] {
  if (typeof body === 'string') return fieldsIn(parsed(body), frame);
  if (!isRecord(body)) return [];
  const own = body[frame];
  return Object.keys(isRecord(own) ? own : body);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON, no fields
  }
}
