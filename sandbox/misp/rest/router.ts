import type { StandIn } from '../stand-in';
import type { MispUser } from '../users';
import { deny, notFound, problem, type RestAnswer } from './answers';
import { analystData } from './analyst-data';
import { attributes } from './attributes';
import { eventBlocklists } from './event-blocklists';
import { eventReports } from './event-reports';
import { events } from './events';
import { galaxies, galaxyClusters } from './galaxies';
import { admin, decayingModels, jobs, organisations, sharingGroups } from './lists';
import { logs } from './logs';
import { modules } from './modules';
import { objectTemplates } from './object-templates';
import { objects } from './objects';
import { isRefused, NO_PERMISSION } from './permissions';
import { servers } from './servers';
import { shadowAttributes } from './shadow-attributes';
import { sightings } from './sightings';
import { tags } from './tags';
import { taxonomies } from './taxonomies';
import { users } from './users';
import { warninglists } from './warninglists';
import { workflowBlueprints } from './workflow-files';
import { workflows } from './workflows';

/** A REST call as an action sees it. */
export interface RestRequest {
  method: string;
  /** The path as it came, for the `url` of an answer. */
  url: string;
  /** What follows controller and action: `events/view/ARG`. */
  args: string[];
  /** CakePHP's named parameters (`limit:2`), and those of the query string. */
  named: Record<string, string>;
  /** What was posted, read as JSON. */
  body: unknown;
  user: MispUser;
}

/** What a controller can do, by action. */
export type Resource = Record<string, Action | undefined>;

export interface Action {
  /** Refuses all but POST and PUT. */
  post?: boolean;
  run(request: RestRequest, misp: StandIn): RestAnswer | Promise<RestAnswer>;
}

/** One file per controller of MISP. */
const resources: Record<string, Resource | undefined> = {
  admin,
  analyst_data: analystData,
  attributes,
  decaying_model: decayingModels,
  event_blocklists: eventBlocklists,
  event_reports: eventReports,
  events,
  galaxies,
  galaxy_clusters: galaxyClusters,
  jobs,
  logs,
  modules,
  object_templates: objectTemplates,
  objects,
  organisations,
  servers,
  shadow_attributes: shadowAttributes,
  sharing_groups: sharingGroups,
  sightings,
  tags,
  taxonomies,
  users,
  warninglists,
  workflow_blueprints: workflowBlueprints,
  workflows,
};

/** Answers a REST call of a known user. */
export async function route(
  misp: StandIn,
  request: Omit<RestRequest, 'args' | 'named' | 'body'> & { text: string },
): Promise<RestAnswer> {
  const [path, query] = request.url.split('?', 2);
  const parts = path
    .replace(/\.json$/, '')
    .split('/')
    .filter(Boolean)
    .map(decode);
  const [controller = '', name = '', ...rest] = parts;
  const action = find(find(resources, underscored(controller)), name || 'index');
  if (!action) return notFound('Not Found', request.url);
  const isPost = request.method === 'POST' || request.method === 'PUT';
  if (action.post && !isPost) {
    return problem(405, 'This method is only accessible via POST requests.', request.url);
  }
  if (isRefused(request.user, isPost, name || 'index')) return deny(NO_PERMISSION, request.url);
  const body = isPost ? readBody(request.text) : { value: undefined };
  if (!body) return problem(405, INVALID_JSON, request.url);
  const isNamed = (part: string) => /^\w+:/.test(part);
  const named = Object.fromEntries([
    ...new URLSearchParams(query),
    ...rest.filter(isNamed).map((part) => [part.split(':', 1)[0], part.slice(part.indexOf(':') + 1)]),
  ]) as Record<string, string>;
  const args = rest.filter((part) => !isNamed(part));
  const { method, url, user } = request;
  return action.run({ method, url, args, named, body: body.value, user }, misp);
}

const INVALID_JSON =
  'Invalid JSON input. Make sure that the JSON input is a correctly formatted JSON string. ' +
  'This request has been blocked to avoid an unfiltered request.';

function readBody(text: string): { value: unknown } | undefined {
  try {
    return { value: text.trim() === '' ? undefined : (JSON.parse(text) as unknown) };
  } catch {
    return undefined;
  }
}

/** MISP takes both, `sharingGroups` and `sharing_groups`. */
function underscored(controller: string): string {
  return controller.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function find<T>(table: Record<string, T | undefined> | undefined, name: string): T | undefined {
  return table && Object.hasOwn(table, name) ? table[name] : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
